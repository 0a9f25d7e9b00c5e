"""Who fits a filter: contacts are read in pages by the narrowest list there is (a campaign, a group, a country, or all), never the
whole table, and each page's conversations in one batch."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.cloud.pages import read_page
from chalicelib.cloud.table import Table
from chalicelib.contacts import groups
from chalicelib.contacts.model import Contact
from chalicelib.conversations.model import conversation_id
from chalicelib.dataclass import dataclass
from chalicelib.segments import outcomes
from chalicelib.segments.model import Filter

A_PAGE = 100
MOST_LOOKED_AT = 50_000
"""By one count: beyond it the answer says that there are at least so many."""


@dataclass(frozen=True)
class Found:
    """Some who fit; `looked_at` is how many were read for it."""

    contacts: list[Contact]
    looked_at: int
    next: str | None


@dataclass(frozen=True)
class Count:
    """How many fit; not `complete`: at least so many."""

    count: int
    looked_at: int
    complete: bool


def page(
    table: Table, ledger: Table, wanted: Filter, now: datetime, *, token: str | None = None, limit: int = A_PAGE
) -> Found:
    """Looks at the next contacts: a page may hold fewer than there are further on. Raises BadPageToken."""
    people, looked_at, following = _next(table, ledger, wanted, token, limit)
    wrote = _last_inbound(table, people) if wanted.asks_for_messages else {}
    fitting = [each for each in people if wanted.matches(each, wrote.get(each.id), now)]
    return Found(fitting, looked_at, following)


def _next(
    table: Table, ledger: Table, wanted: Filter, token: str | None, limit: int
) -> tuple[list[Contact], int, str | None]:
    """The next contacts of the narrowest list, how many rows that took, and the token of the following."""
    if wanted.campaign:
        asked = wanted.campaign
        found = outcomes.page(table, ledger, asked.campaign_id, asked.outcome, token=token, limit=limit)
        return found.contacts, found.looked_at, found.next
    if len(wanted.groups) == 1:
        members = read_page(table, keys.membership(wanted.groups[0], "").pk, token=token, limit=limit)
        people = groups.load(table, [str(int(item["SK"])) for item in members.items])
        return people, len(people), members.next
    index, pk = ("GSI2", f"COUNTRY#{wanted.countries[0]}") if len(wanted.countries) == 1 else ("GSI1", "CONTACTS")
    listed = read_page(table, pk, token=token, limit=limit, index=index)
    return [Contact.model_validate(item) for item in listed.items], len(listed.items), listed.next


def members(table: Table, ledger: Table, wanted: Filter, now: datetime) -> Iterator[Contact]:
    """Everybody who fits, page after page."""
    token: str | None = None
    while True:
        found = page(table, ledger, wanted, now, token=token)
        yield from found.contacts
        token = found.next
        if token is None:
            return


def count(table: Table, ledger: Table, wanted: Filter, now: datetime) -> Count:
    """How many fit, as far as MOST_LOOKED_AT."""
    token, fitting, looked_at = None, 0, 0
    while looked_at < MOST_LOOKED_AT:
        found = page(table, ledger, wanted, now, token=token, limit=500)
        fitting, looked_at, token = fitting + len(found.contacts), looked_at + found.looked_at, found.next
        if token is None:
            return Count(fitting, looked_at, complete=True)
    return Count(fitting, looked_at, complete=False)


def _last_inbound(table: Table, people: list[Contact]) -> dict[str, datetime]:
    """When each of them last wrote, on any channel."""
    ours = [channel.id for channel in channels.channels(table)]
    wanted = {keys.conversation(conversation_id(channel, each.id)): each.id for each in people for channel in ours}
    latest: dict[str, datetime] = {}
    for key, item in table.get_many(wanted, consistent=False).items():
        if at := item.get("last_inbound_at"):
            moment = datetime.fromisoformat(at)
            latest[wanted[key]] = max(moment, latest.get(wanted[key], moment))
    return latest
