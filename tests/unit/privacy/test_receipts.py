"""What WhatsApp took is kept for many people at once: one of them is forgotten, the others are not touched."""

import base64

from chalicelib.privacy import items
from chalicelib.privacy.model import GONE, Person

MEI = Person(contact_ids=frozenset({"01M"}), addresses=frozenset({"6591234567"}))


def wamid(phone: str) -> str:
    return "wamid." + base64.b64encode(b"\x1d\x0a\x0a" + phone.encode() + b"\x15\x02").decode().rstrip("=")


def test_the_id_of_the_persons_message_goes_and_the_others_stay() -> None:
    kept = [wamid("6598765432"), "2026-11-22T12:00:00.000Z", True]
    item = {
        "PK": "RECEIPTS#r1",
        "SK": "000000#1",
        "rows": {"1": [wamid("6591234567"), "2026-11-22T12:00:00.000Z"], "2": kept, "3": ["wamid.é", "x"]},
    }
    rows = {"1": [GONE, "2026-11-22T12:00:00.000Z"], "2": kept, "3": ["wamid.é", "x"]}
    assert items.ledger_row(item, MEI) == {**item, "rows": rows}
    assert items.is_receipts(item)
