"""Who has a ticket on their screen, and who is writing."""

from chalicelib.access.permissions import Role
from tests.integration.converse.conftest import Shop
from tests.integration.converse.test_live import Studio, studio

__all__ = ["studio"]


def _changes(studio: Studio, person: str, cursor: str) -> list[tuple[str, str]]:
    studio.stream()
    found = studio.shop.as_(person).get(f"/api/v1/changes?since={cursor}").json["changes"]
    return [(change["topic"], change["id"]) for change in found if change["topic"] == "ticket_presence"]


def test_two_people_on_one_ticket_see_each_other_and_who_writes(shop: Shop) -> None:
    ana, boss = shop.hire("ana"), shop.hire("boss", Role.SUPERVISOR)
    shop.at_work("ana")
    path = f"/api/v1/tickets/{shop.writes().ticket_id}/presence"
    assert ana.post(path, {"state": "viewing"}).json == {"people": []}
    (seen,) = boss.post(path, {"state": "typing"}).json["people"]
    assert (seen["id"], seen["name"], seen["state"]) == ("ana", "Ana", "viewing")
    assert [(each["id"], each["state"]) for each in ana.get(path).json["people"]] == [("boss", "typing")]
    boss.post(path, {"state": "gone"})
    assert ana.get(path).json == {"people": []}


def test_who_says_nothing_more_fades_out(shop: Shop) -> None:
    ana, boss = shop.hire("ana"), shop.hire("boss", Role.SUPERVISOR)
    shop.at_work("ana")
    path = f"/api/v1/tickets/{shop.writes().ticket_id}/presence"
    boss.post(path, {"state": "viewing"})
    shop.clock.advance(seconds=44)
    assert len(ana.get(path).json["people"]) == 1
    shop.clock.advance(seconds=1)
    assert ana.get(path).json == {"people": []}


def test_who_closes_one_of_two_windows_is_still_there_by_the_other(studio: Studio) -> None:
    shop = studio.shop
    ana, boss = shop.hire("ana"), shop.hire("boss", Role.SUPERVISOR)
    shop.at_work("ana")
    path = f"/api/v1/tickets/{shop.writes().ticket_id}/presence"
    studio.stream()
    cursor = ana.get("/api/v1/changes").json["cursor"]
    seen = []
    for window, state in (
        ("one", "viewing"), ("two", "viewing"), ("two", "typing"), ("one", "viewing"), ("two", "gone"), ("one", "gone"),
    ):  # fmt: skip
        boss.post(path, {"state": state, "window": window})
        listed = ana.get("/api/v1/tickets/presence").json["items"]
        people = ana.get(path).json["people"]
        assert [each["people"] for each in listed] == ([people] if people else [])
        seen.append([(each["id"], each["state"]) for each in people])
    viewing, typing = [("boss", "viewing")], [("boss", "typing")]
    assert seen == [viewing, viewing, typing, typing, viewing, []]
    assert len(_changes(studio, "ana", cursor)) == 4


def test_who_is_only_in_the_window_that_fell_silent_fades_out_with_it(shop: Shop) -> None:
    ana, boss = shop.hire("ana"), shop.hire("boss", Role.SUPERVISOR)
    shop.at_work("ana")
    path = f"/api/v1/tickets/{shop.writes().ticket_id}/presence"
    boss.post(path, {"state": "typing", "window": "one"})
    shop.clock.advance(seconds=30)
    boss.post(path, {"state": "viewing", "window": "two"})
    assert [each["state"] for each in ana.get(path).json["people"]] == ["typing"]
    shop.clock.advance(seconds=20)
    assert [each["state"] for each in ana.get(path).json["people"]] == ["viewing"]
    shop.clock.advance(seconds=25)
    assert ana.get(path).json == {"people": []}


def test_a_change_is_told_once_and_only_to_those_who_see_the_ticket(studio: Studio) -> None:
    shop = studio.shop
    shop.hire("ana"), shop.hire("ben"), shop.hire("boss", Role.SUPERVISOR)
    shop.at_work("ana")
    ticket_id = shop.writes().ticket_id
    studio.stream()
    cursor = shop.as_("ana").get("/api/v1/changes").json["cursor"]
    for state in ("viewing", "viewing", "typing", "gone", "gone"):
        shop.as_("boss").post(f"/api/v1/tickets/{ticket_id}/presence", {"state": state})
    assert _changes(studio, "ana", cursor) == [("ticket_presence", ticket_id)] * 3
    assert _changes(studio, "ben", cursor) == []


def test_a_ticket_that_somebody_may_not_see_has_no_onlookers_for_them(shop: Shop) -> None:
    shop.hire("ana"), shop.hire("ben")
    shop.at_work("ana")
    path = f"/api/v1/tickets/{shop.writes().ticket_id}/presence"
    assert shop.as_("ben").get(path).status == 404
    assert shop.as_("ben").post(path, {"state": "viewing"}).status == 404
    wrong = shop.as_("ana").post(path, {"state": "asleep"})
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (400, "state")


def test_a_list_shows_who_is_on_which_ticket_among_those_one_sees(shop: Shop) -> None:
    ana, ben, boss = shop.hire("ana"), shop.hire("ben"), shop.hire("boss", Role.SUPERVISOR)
    shop.at_work("ana")
    ticket_id = shop.writes().ticket_id
    boss.post(f"/api/v1/tickets/{ticket_id}/presence", {"state": "typing"})
    (found,) = ana.get("/api/v1/tickets/presence").json["items"]
    assert (found["ticketId"], [(each["id"], each["state"]) for each in found["people"]]) == (
        ticket_id,
        [("boss", "typing")],
    )
    assert ben.get("/api/v1/tickets/presence").json == {"items": []}
    assert boss.get("/api/v1/tickets/presence").json == {"items": []}
    shop.clock.advance(seconds=45)
    assert ana.get("/api/v1/tickets/presence").json == {"items": []}
