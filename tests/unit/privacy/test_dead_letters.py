"""Dead letters are looked through wherever a person may be named."""

import json

from chalicelib.health.model import LINES
from chalicelib.privacy.dead_letters import QUEUES
from infra.package import ROOT

POLICY = json.loads((ROOT / ".chalice" / "policies" / "privacy.json").read_text())


def test_every_queue_is_looked_through() -> None:
    assert set(QUEUES) == {line.name for line in LINES if line.is_queue}


def test_the_function_may_read_them_all() -> None:
    allowed = {
        one["Sid"]: {each["Fn::GetAtt"][0] for each in one["Resource"]}
        for one in POLICY["Statement"]
        if one["Sid"] in ("DeadLetters", "Lines")
    }

    assert allowed["DeadLetters"] == {f"{queue.capitalize()}DeadLetters" for queue in QUEUES}
    assert allowed["Lines"] == {f"{queue.capitalize()}Queue" for queue in QUEUES}
