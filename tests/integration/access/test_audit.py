"""What is changed over the API leaves a line: who, what, on which thing; what is refused leaves none."""

from app import app
from chalicelib.access.permissions import Role
from chalicelib.wiring import World
from tests.support.api import Caller


def _lines(api: Caller) -> list[tuple[str, str]]:
    items = api.get("/api/v1/audit").json["items"]
    return [(each["action"], each["target"]) for each in items if not each["action"].startswith("api-key")]


def test_a_setting_that_is_changed_leaves_who_and_what(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    rules = {"approval": True, "frequencyCap": None}
    assert api.put("/api/v1/campaign-rules/acme", rules).status == 200
    assert _lines(api) == [("set_campaign_rules", "acme")]
    assert api.get("/api/v1/audit").json["items"][0]["actorName"] == "test administrator"


def test_what_is_refused_or_only_read_leaves_nothing(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    assert api.put("/api/v1/campaign-rules/acme", {"height": 3}).status == 400
    assert api.post("/api/v1/segment-counts", {}).status == 200
    assert _lines(api) == []


def test_a_group_that_is_deleted_is_named_by_its_id(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    group = api.post("/api/v1/accounts/parley/groups", {"name": "VIP"}).json["id"]
    assert api.delete(f"/api/v1/accounts/parley/groups/{group}").status in {200, 204}
    assert _lines(api) == [("delete_group", str(group)), ("create_group", "")]
