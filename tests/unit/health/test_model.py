"""What is watched is what is deployed."""

import json
from pathlib import Path

import yaml

from chalicelib.health.model import FUNCTIONS, LINES, reason_of

ROOT = Path(__file__).parents[3]


def test_every_queue_of_the_template_is_watched() -> None:
    resources = yaml.safe_load((ROOT / "infra/resources/queues.yaml").read_text())["Resources"]
    dead = {name.removesuffix("DeadLetters").lower() for name in resources if name.endswith("DeadLetters")}
    assert {each.name for each in LINES} == dead
    assert {each.name for each in LINES if each.is_queue} == {
        name.removesuffix("Queue").lower() for name in resources if name.endswith("Queue")
    }


def test_every_function_is_watched() -> None:
    configured = json.loads((ROOT / ".chalice/config.json").read_text())["lambda_functions"]
    assert set(FUNCTIONS) == {name.removesuffix("_handler") for name in configured}
    assert {each.function for each in LINES} <= set(FUNCTIONS)


def test_a_reason_is_the_last_line_of_the_exception() -> None:
    assert reason_of({"exception": "Traceback …\nValueError: no such campaign"}) == "ValueError: no such campaign"
    assert reason_of({"message": "record failed"}) == "record failed"
    assert reason_of({}) == ""
