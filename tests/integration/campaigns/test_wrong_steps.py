"""A campaign driven over the API by somebody who does everything wrong, at each step of its life: told, and nothing half done."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.wiring import World
from tests.integration.campaigns.test_api import message, pump, ready
from tests.integration.conftest import Clock
from tests.support.api import Caller

BOUND = {"header.1": {"value": "x"}, "body.1": {"value": "x"}, "body.2": {"value": "x"}}
TEMPLATE = {"type": "template", "name": "spring_offer", "language": "en"}

WRONG_REQUESTS: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"pace": {"messages": 0, "per": "minute"}}),
    ("PATCH", "", {"pace": {"messages": 5, "per": "year"}}),
    ("PATCH", "", {"name": ""}),
    ("PATCH", "", {"channelId": "nowhere"}),
    ("PATCH", "", {"confirmAfterSeconds": 1}),
    ("PATCH", "", {"delivery": {"start": "20:00", "end": "09:00"}}),
    ("PATCH", "", {"delivery": {"start": "09:00", "end": "20:00", "days": [0]}}),
    ("PATCH", "", {"delivery": {"start": "09:00", "end": "20:00", "timeZone": "Nowhere/Land"}}),
    ("PATCH", "", {"state": "completed"}),
    ("POST", "/recipients/upload", {"fileName": "people"}),
    ("POST", "/recipients/upload", {"fileName": "people.exe"}),
    ("POST", "/recipients/process", {"columns": ["FirstName"]}),
    ("POST", "/recipients/process", {"columns": ["Mobile", "Mobile"]}),
    ("POST", "/recipients/process", {"columns": ["Mobile", "{{7*7}}"]}),
    ("POST", "/recipients/process", {"forceCountry": True, "country": "sg"}),
    ("POST", "/recipients/typed", {"recipients": []}),
    ("POST", "/recipients/typed", {"recipients": [{"Mobile": " "}]}),
    ("POST", "/recipients/typed", {"recipients": [{"Mobile": "+6591000001", "a\x00b": "x"}]}),
    ("POST", "/recipients/typed", {"recipients": [{"Mobile": "+6591000001", "Name": "\ud83d"}]}),
    ("POST", "/recipients/contacts", {}),
    ("POST", "/recipients/contacts", {"groupIds": ["0"]}),
    ("POST", "/recipients/contacts", {"segmentIds": ["none"]}),
    ("PUT", "/message", {**TEMPLATE, "name": "no_such_template"}),
    ("PUT", "/message", {**TEMPLATE, "language": "xx"}),
    ("PUT", "/message", {**TEMPLATE, "name": "Not A Name"}),
    ("PUT", "/message", TEMPLATE),
    ("PUT", "/message", {**TEMPLATE, "parameters": {**BOUND, "body.3": {"value": "x"}}}),
    ("PUT", "/message", {**TEMPLATE, "parameters": {**BOUND, "body.2": {"field": "Nope"}}}),
    ("PUT", "/message", {**TEMPLATE, "parameters": {**BOUND, "body.2": {"field": "Code", "value": "x"}}}),
    ("PUT", "/message", {"type": "text", "body": ""}),
    ("PUT", "/message", {"type": "text", "body": "Hi {{Nope}}"}),
    ("PUT", "/message", {"type": "text", "body": "x" * 4097}),
    ("PUT", "/message", {"type": "fax"}),
    ("POST", "/test", {"to": "12"}),
    ("POST", "/test", {}),
    ("POST", "/launch", {"at": "2020-01-01T00:00:00"}),
    ("POST", "/launch", {"at": "2099-01-01T00:00:00"}),
    ("POST", "/launch", {"at": "2026-12-01T00:00:00", "timeZone": "Mars/Base"}),
    ("POST", "/launch", {"at": "0001-01-01T00:00:00", "timeZone": "Asia/Singapore"}),
    ("POST", "/launch", {"at": "9999-12-31T23:59:59", "timeZone": "America/New_York"}),
    ("GET", "/preview?row=-1", None),
    ("GET", "/preview?row=99999", None),
    ("GET", "/preview?row=x", None),
    ("GET", "/recipients?state=nonsense", None),
    ("GET", "/recipients?next=broken", None),
    ("GET", "/timeline?per=century", None),
    ("POST", "/export", {"state": "nonsense"}),
    ("POST", "/approve", None),
    ("POST", "/reject", {"reason": "no"}),
    ("POST", "/pause", None),
    ("POST", "/resume", None),
    ("POST", "/retry", {}),
]


@pytest.fixture
def drafted(api: Caller, world: World, clock: Clock) -> str:
    campaign = ready(api, world, clock)
    assert message(api, campaign).status == 200
    return campaign


def test_no_wrong_request_breaks_anything_or_changes_the_draft(
    api: Caller, world: World, clock: Clock, drafted: str
) -> None:
    before = api.get(drafted).json
    queues: Any = world.queues
    for method, path, body in WRONG_REQUESTS:
        answer = api.call(method, drafted + path, body)
        about = (method, path, body, answer.status, answer.text)
        assert 400 <= answer.status < 500, about
        assert answer.json["message"], about
        assert answer.status in {403, 404, 409} or answer.json["errors"], about
        assert (queues.depth("campaign"), queues.depth("bulk")) == (0, 0), about
    assert api.get(drafted).json == before
    assert api.post(f"{drafted}/launch").status == 202
    pump(world, clock)
    assert api.get(drafted).json["state"] == "completed"


EDITS: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"name": "Other"}),
    ("DELETE", "", None),
    ("POST", "/recipients/upload", {"fileName": "people.csv"}),
    ("POST", "/recipients/typed", {"recipients": [{"Mobile": "+6591000001"}]}),
    ("PUT", "/message", {**TEMPLATE, "parameters": {**BOUND, "button.0.payload": {"value": "x"}}}),
]


def sending(api: Caller, world: World, clock: Clock, campaign: str) -> None:
    api.post(f"{campaign}/launch")
    pump(world, clock, until=1)


def pausing(api: Caller, world: World, clock: Clock, campaign: str) -> None:
    sending(api, world, clock, campaign)
    assert api.post(f"{campaign}/pause").status == 200


def completed(api: Caller, world: World, clock: Clock, campaign: str) -> None:
    api.post(f"{campaign}/launch")
    pump(world, clock)


def cancelled(api: Caller, world: World, clock: Clock, campaign: str) -> None:
    sending(api, world, clock, campaign)
    assert api.post(f"{campaign}/cancel").status == 200


@pytest.mark.parametrize(
    ("reach", "state", "refused"),
    [
        (sending, "sending", {"resume", "retry"}),
        (pausing, "paused", {"launch", "pause", "retry"}),
        (completed, "completed", {"launch", "pause", "resume", "cancel", "retry"}),
        (cancelled, "cancelled", {"launch", "pause", "resume", "cancel"}),
    ],
)
def test_what_does_not_fit_a_campaigns_state_is_refused_and_leaves_it_as_it_is(
    reach: Callable[[Caller, World, Clock, str], None],
    state: str,
    refused: set[str],
    api: Caller,
    world: World,
    clock: Clock,
    drafted: str,
) -> None:
    reach(api, world, clock, drafted)
    assert api.get(drafted).json["state"] == state
    before = api.get(drafted).json
    for act in sorted(refused):
        answer = api.post(f"{drafted}/{act}")
        assert (act, answer.status, bool(answer.json["message"])) == (act, 409, True)
    for method, path, body in EDITS:
        answer = api.call(method, drafted + path, body)
        assert (method, path, answer.status) == (method, path, 409)
    assert api.get(drafted).json == before
    if state == "paused":
        assert api.post(f"{drafted}/resume").status == 200
    pump(world, clock)
    sent = [each["to"] for each in world.transport.accepted]  # type: ignore[attr-defined]
    assert len(sent) == len(set(sent)) == (0 if state == "cancelled" else 2)
