"""Notes about a customer follow the person, through tickets and merged contacts."""

from chalicelib.access.permissions import Role
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from tests.integration.converse.conftest import Shop


def test_notes_are_listed_newest_first_page_by_page(shop: Shop) -> None:
    ana = shop.hire("ana")
    url = f"/api/v1/contacts/{shop.conversation(shop.writes()).contact_id}/notes"
    for n in range(5):
        assert ana.post(url, {"text": f"Note {n}"}).status == 201
    texts, following = [], ""
    for _ in range(3):
        page = ana.get(f"{url}?limit=2{following}").json
        texts += [note["text"] for note in page["items"]]
        following = f"&next={page['next']}"
    assert (texts, page["next"]) == ([f"Note {n}" for n in (4, 3, 2, 1, 0)], None)


def test_a_note_is_changed_by_its_author_or_a_supervisor(shop: Shop) -> None:
    ana, ben, boss = shop.hire("ana"), shop.hire("ben"), shop.hire("boss", Role.SUPERVISOR)
    url = f"/api/v1/contacts/{shop.conversation(shop.writes()).contact_id}/notes"
    note = ana.post(url, {"text": "Prefers calls"}).json
    assert ben.put(f"{url}/{note['id']}", {"text": "No"}).json["code"] == "not_the_author"
    changed = ana.put(f"{url}/{note['id']}", {"text": "Prefers chat"}).json
    assert (changed["text"], changed["authorName"], changed["version"]) == ("Prefers chat", "Ana", 2)
    assert boss.delete(f"{url}/{note['id']}").status == 204
    assert ana.delete(f"{url}/{note['id']}").json["code"] == "note_missing"
    assert ana.get(url).json["items"] == []


def test_a_merged_contact_brings_its_notes_along(shop: Shop) -> None:
    ana = shop.hire("ana")
    ids = []
    for wa_id in ("6591234501", "6591234502"):
        ids.append(shop.conversation(shop.writes(wa_id=wa_id)).contact_id)
        ana.post(f"/api/v1/contacts/{ids[-1]}/notes", {"text": f"Knows {wa_id}"})
    kept, gone = (identity.get(shop.world.table, each) for each in ids)
    assert kept is not None
    assert gone is not None
    identity.absorb(shop.world.table, kept, gone, shop.clock())
    notes = ana.get(f"/api/v1/contacts/{ids[0]}/notes").json["items"]
    assert [note["text"] for note in notes] == ["Knows 6591234502", "Knows 6591234501"]
    assert ana.delete(f"/api/v1/contacts/{ids[0]}/notes/{notes[0]['id']}").status == 204
    found = identity.find(shop.world.table, Identities(phone="+6591234502"))
    assert found is not None
    assert found.id == ids[0]


def test_a_customer_nobody_knows_has_no_notes(shop: Shop) -> None:
    assert shop.hire("ana").get("/api/v1/contacts/1/notes").json["code"] == "customer_unknown"
