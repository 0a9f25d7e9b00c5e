"""Opt-out and opt-in: one flag wherever it came from, in force with the write, with its source, text and time."""

from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Operation, Put, Table, TransactionRefused, Update
from chalicelib.contacts.model import ConsentCategory, Contact, consent_mark
from chalicelib.events import model as events
from chalicelib.events.model import Event


def record(
    table: Table,
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
    """Records one decision of one person. `entry_id` names what caused it (a wamid, a request): the same one counts once.

    `source` is keyword | preference | error_131050 | agent | api | import. Answers False when this entry was there already.
    """
    mark = frozenset({consent_mark(category, subaccount_id)})
    history = keys.consent(contact.id, at, entry_id)
    joins, leaves = ({}, {"opted_out": mark}) if allowed else ({"opted_out": mark}, {})
    operations: list[Operation] = [
        Put(
            {
                "PK": history.pk,
                "SK": history.sk,
                "category": str(category),
                "subaccount_id": subaccount_id or "",
                "allowed": allowed,
                "source": source,
                "text": text,
                "at": stamp(at),
            },
            Attr("PK").not_exists(),
        ),
        events.stored(_event(contact, entry_id, category, allowed, subaccount_id, source, at)),
        Update(keys.contact(contact.id), add=joins, discard=leaves, condition=Attr("PK").exists()),
    ]
    # What a person says after they were erased and came again is said by the address (contacts/forgotten.py).
    joins, leaves = ({"opted_in": mark}, leaves) if allowed else (joins, {"opted_in": mark})
    operations += [
        Update(keys.identity(*pair), add=joins, discard=leaves, condition=Attr("contact_id").eq(contact.id))
        for pair in contact.identities.pairs()
    ]
    try:
        table.transact(operations)
    except TransactionRefused as refused:
        if 0 in refused.failed:
            return False
        raise
    return True


def _event(
    contact: Contact,
    entry_id: str,
    category: ConsentCategory,
    allowed: bool,
    subaccount_id: str | None,
    source: str,
    at: datetime,
) -> Event:
    return Event(
        id=f"{contact.id}.{entry_id}.{category}.{subaccount_id or ''}",
        type="contact.opted_in" if allowed else "contact.opted_out",
        at=at,
        topic="contact",
        subject=contact.id,
        data={"category": str(category), "subaccount_id": subaccount_id or "", "source": source},
    )
