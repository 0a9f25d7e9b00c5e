"""How long things are kept is a setting by class: what is written from then on has its end. (What was there: test_keeping.py.)"""

from datetime import timedelta

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.cloud import keys, retention
from chalicelib.cloud.clock import epoch
from chalicelib.conversations.entry import MessageEntry
from chalicelib.conversations.outbound import Taken
from tests.integration.conversations.conftest import Scene
from tests.support.api import Caller

WHERE = "/api/v1/retention"


@pytest.fixture
def api(scene: Scene) -> Caller:
    return Caller(app, scene.world).as_(Role.ADMINISTRATOR)


def _ends(scene: Scene) -> dict[str, int | None]:
    """When each item of the conversation goes, by the beginning of its sort key."""
    items = scene.world.table.scan(limit=200).items
    names = ("MESSAGE", "DRAFT", "STATE")
    of_line = [item for item in items if item["PK"].startswith(("CONVERSATION#", "WAMID#"))]
    return {name: item.get("expires_at") for item in of_line for name in names if item["SK"].startswith(name)}


def days(api: Caller) -> dict[str, int | None]:
    """What is set, by class."""
    return {each["name"]: each["days"] for each in api.get(WHERE).json["classes"]}


def test_everything_is_kept_until_somebody_says_otherwise(scene: Scene, api: Caller) -> None:
    assert days(api)["messages"] is None
    scene.submit()
    assert _ends(scene) == {"MESSAGE": None, "DRAFT": None, "STATE": None}


def test_new_messages_and_what_points_to_them_end_together_and_the_conversation_stays(
    scene: Scene, api: Caller
) -> None:
    assert api.put(WHERE, {"messages": 90, "recipients": 400}).status == 200
    message = scene.submit()
    entry = MessageEntry(scene.world.table, message, timedelta(seconds=60))
    assert entry.claim("a1", scene.world.clock())
    entry.record("a1", Taken("wamid.x"), scene.world.clock())
    end = epoch(scene.world.clock() + timedelta(days=90))
    assert _ends(scene) == {"MESSAGE": end, "DRAFT": end, "STATE": None}
    assert scene.world.table.get(keys.wamid("wamid.x"))["expires_at"] == end  # type: ignore[index]


def test_a_process_reads_the_setting_once_in_five_minutes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(retention, "stored", lambda table: asked.append(table) or retention.Retention())
    for number in range(3):
        scene.submit(f"d{number}")
    assert len(asked) == 1


def test_the_bounds_are_told_and_the_change_is_in_the_audit_log(api: Caller) -> None:
    for wrong in (29, 3651):
        assert api.put(WHERE, {"messages": wrong}).json["errors"][0]["field"] == "messages"
    api.put(WHERE, {"messages": 365})
    entry = api.get("/api/v1/audit").json["items"][0]
    assert (entry["action"], entry["detail"]["messages"]) == ("retention.set", "365")
    assert days(api) == {**days(api), "messages": 365, "recipients": None, "events": 7}
    assert api.as_(Role.AGENT).put(WHERE, {}).status == 403


def test_each_class_says_what_it_is_and_within_what_it_may_be_set(api: Caller) -> None:
    told = {each.pop("name"): each for each in api.get(WHERE).json["classes"]}
    assert {
        name: (each["days"], each["minimum"], each["maximum"], each["mayBeKeptForGood"]) for name, each in told.items()
    } == {
        "messages": (None, 30, 3650, True),
        "files": (None, 30, 3650, True),
        "tickets": (None, 30, 3650, True),
        "recipients": (None, 30, 3650, True),
        "lists": (None, 30, 3650, True),
        "workflows": (90, 7, 3650, False),
        "webhookDeliveries": (30, 2, 400, False),
        "rawWebhooks": (400, 7, 3650, False),
        "events": (7, 2, 90, False),
        "exports": (7, 1, 90, False),
        "audit": (None, 365, 3650, True),
    }
    assert all(each["description"] and each["days"] == each["default"] for each in told.values())
    for name, each in told.items():
        for wrong in (each["minimum"] - 1, each["maximum"] + 1, *([] if each["mayBeKeptForGood"] else [None])):
            assert api.put(WHERE, {name: wrong}).json["errors"][0]["field"] == name


def test_a_class_that_is_not_named_goes_back_to_its_default(api: Caller) -> None:
    api.put(WHERE, {"events": 3, "audit": 400})
    assert (days(api)["events"], days(api)["audit"]) == (3, 400)
    api.put(WHERE, {})
    assert (days(api)["events"], days(api)["audit"]) == (7, None)
