"""Opting out, acknowledged only when nothing that was decided before it can still reach the person.

A sender claims first and reads the consent afterwards (outbound.py), so whoever did not see an opt-out had claimed before it was
written. Once it is written, those claims are all there is to wait for: a conversation carries its own, a campaign's are found by
the ledger's index of addresses.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, stamp
from chalicelib.cloud.table import Item, Key, Table
from chalicelib.contacts import consent
from chalicelib.contacts.model import ConsentCategory, Contact
from chalicelib.conversations import ownership, pacing
from chalicelib.conversations.model import MessageStatus, conversation_id
from chalicelib.wiring import World

_POLL_SECONDS = 0.1
_INDEX_FOLLOWS_SECONDS = 0.5
"""DynamoDB's indexes follow their tables within a fraction of a second. Waited for only while a number sends a campaign."""
_MOST = 20


def record(
    world: World,
    contact: Contact,
    category: ConsentCategory,
    *,
    allowed: bool,
    subaccount_id: str | None,
    source: str,
    text: str,
    at: datetime,
    entry_id: str,
) -> bool:
    """As `consent.record`; an opt-out is answered when no message claimed before it is still on its way to this person."""
    recorded = consent.record(
        world.table, contact, category,
        allowed=allowed, subaccount_id=subaccount_id, source=source, text=text, at=at, entry_id=entry_id,
    )  # fmt: skip
    if not allowed:
        s = world.settings
        lasts = ownership.claim_lasts(s.graph_connect_timeout_seconds, s.graph_read_timeout_seconds)
        wait_for_claims(world.table, world.ledger, contact, lasts, world.clock)
    return recorded


def wait_for_claims(
    table: Table,
    ledger: Table,
    contact: Contact,
    lasts: timedelta,
    clock: Clock,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Returns when whatever is claimed now is answered, or has outlived the time a claim `lasts`."""
    numbers = channels.channels(table)

    def claims() -> set[str]:
        since = clock() - lasts
        return _of_conversations(table, contact, numbers, since + lasts) | _of_campaigns(ledger, contact, since)

    first = claims()
    if _campaign_sent(table, numbers, clock() - lasts):
        sleep(_INDEX_FOLLOWS_SECONDS)
        first |= claims()
    while first & claims():
        sleep(_POLL_SECONDS)


def _of_conversations(table: Table, contact: Contact, numbers: Sequence[Channel], now: datetime) -> set[str]:
    people = (contact.id, *contact.merged_from)
    places = [keys.conversation(conversation_id(number.id, each)) for number in numbers for each in people]
    return {
        attempt
        for item in table.get_many(places).values()
        for attempt, ends in item.get("claims", {}).items()
        if datetime.fromisoformat(ends) > now
    }


def _of_campaigns(ledger: Table, contact: Contact, since: datetime) -> set[str]:
    rows: list[Key] = []
    for kind, address in contact.identities.pairs():
        if kind in {"phone", "bsuid"}:
            first, last = keys.ledger_address(address, since, "", 0), keys.ledger_address(address, "~", "", 0)
            page = ledger.query(first.pk, index="GSI1", between=(first.sk, last.sk), forward=False, limit=_MOST)
            rows += [Key(item["PK"], item["SK"]) for item in page.items]
    return {
        str(row["attempt"])
        for row in ledger.get_many(rows).values()
        if row["state"] == MessageStatus.SENDING and row["claimed_at"] > stamp(since) and not _receipted(ledger, row)
    }


def _receipted(ledger: Table, row: Item) -> bool:
    """Has WhatsApp answered, though the row does not say so yet? A campaign's worker keeps what was taken by the second."""
    if "chunk" not in row:
        return False  # a test send, or claimed by an older deployment: their rows are told at once
    run_id, chunk = str(row["PK"]).split("#")[1], int(row["chunk"])
    first, last = keys.receipts(run_id, chunk, ""), keys.receipts(run_id, chunk, "~")
    kept = ledger.query_all(first.pk, between=(first.sk, last.sk), consistent=True)
    return any(str(int(row["SK"])) in item["rows"] for item in kept)


def _campaign_sent(table: Table, numbers: Sequence[Channel], since: datetime) -> bool:
    """Has a campaign taken slots so lately that a claim of its may be in flight? Whoever claims has a slot already."""
    lanes = [
        keys.rate_lane(number.phone_number_id, pacing.Lane.CAMPAIGN) for number in numbers if number.phone_number_id
    ]
    return any(item["next"] > since.timestamp() * 1_000_000 for item in table.get_many(lanes).values())
