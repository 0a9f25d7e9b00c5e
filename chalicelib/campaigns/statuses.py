"""WhatsApp's statuses of campaign messages: one conditional update per row and batch, counters once per run and batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns import breaker, ledger, progress, store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import parse_callback
from chalicelib.campaigns.rows import RowState, StatusUpdate, Tally, meta_reason
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item, Key, Table, Update
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities
from chalicelib.conversations.usage import Bill, charges
from chalicelib.whatsapp import webhook
from chalicelib.whatsapp.errors import RULES, Action

_TIMES = {
    RowState.ACCEPTED: "accepted_at",
    RowState.SENT: "sent_at",
    RowState.DELIVERED: "delivered_at",
    RowState.READ: "read_at",
    RowState.PLAYED: "played_at",
    RowState.FAILED: "failed_at",
}


WRITERS = 8
"""Rows of one batch that are written at once."""
PREFIX = "c:"
"""What the callback data of a campaign's message begins with."""


def of_webhook(update: webhook.StatusUpdate) -> StatusUpdate | None:
    """A status of Meta's as ours, or None when it is about no campaign's message."""
    if not update.callback_data or not update.callback_data.startswith(PREFIX):
        return None
    return StatusUpdate(
        callback=update.callback_data,
        wamid=update.wamid,
        status=RowState(update.status),
        at=datetime.fromtimestamp(update.timestamp, UTC),
        code=update.errors[0].code if update.errors else None,
        price_category=update.pricing.category or "" if update.pricing else "",
        price_type=update.pricing.type or "" if update.pricing else "",
        phone_number_id=update.source.phone_number_id or "",
    )


def apply(updates: Iterable[StatusUpdate], desk: Desk, bill: Bill | None = None) -> int:
    """Applies a batch, in any order and any number of times, and charges it to the bill; answers how many rows moved."""
    by_row: dict[tuple[str, int, int], list[StatusUpdate]] = defaultdict(list)
    for update in updates:
        by_row[parse_callback(update.callback)].append(update)
    tallies: dict[str, Tally] = defaultdict(Tally)
    stopping: dict[str, int] = {}
    moved = 0
    for ((run_id, _, _), about), before in zip(by_row.items(), _moves(desk.ledger, by_row, bill), strict=True):
        if before is None:
            continue
        moved += 1
        last = _last(about)
        reason = meta_reason(last.code) if last.status is RowState.FAILED else ""
        for each in about:
            if f"{each.status}_at" not in before:
                tallies[run_id].happened(str(each.status), each.at)
        charging = next((each for each in about if charges(each.status, each.price_category)), None)
        if charging and "charged" not in before:
            tallies[run_id].charged(str(before.get("country", "")), charging.price_category, charging.price_type)
        tallies[run_id].moved(ledger.known_state(before), last.status, was=str(before.get("reason", "")), now=reason)
        if last.status is RowState.FAILED and last.code is not None:
            _consequence(before, last.code, last, run_id, stopping, desk)
    for run_id, tally in tallies.items():
        counts = _told(run_id, tally, desk)
        if stopping.get(run_id) or tally.changes[RowState.FAILED] > 0:
            _break(run_id, counts, stopping.get(run_id), desk)
    return moved


def _told(run_id: str, tally: Tally, desk: Desk) -> dict[str, int]:
    counts = store.add_counts(desk.ledger, run_id, tally.nonzero())
    store.add_minutes(desk.ledger, run_id, tally.minutes)
    campaign_id = progress.campaign_of(desk.ledger, run_id)
    if campaign_id:
        progress.tell(desk.table, campaign_id, run_id, desk.clock())
    return counts


def _last(about: Sequence[StatusUpdate]) -> StatusUpdate:
    return max(about, key=lambda each: each.status.rank)


def _moves(
    table: Table, by_row: Mapping[tuple[str, int, int], Sequence[StatusUpdate]], bill: Bill | None
) -> list[Item | None]:
    """Each row as it was before, side by side: a batch one after the other would mostly be waiting."""

    def move(place: tuple[str, int, int]) -> Item | None:
        return _move(table, *place, by_row[place], bill)

    if len(by_row) == 1:
        return [move(place) for place in by_row]
    with ThreadPoolExecutor(min(WRITERS, len(by_row))) as pool:
        return list(pool.map(move, by_row))


def _move(
    table: Table, run_id: str, shard: int, row: int, about: Sequence[StatusUpdate], bill: Bill | None
) -> Item | None:
    """One update for all statuses of one row; the row as it was before, or None when it was further already."""
    last = _last(about)
    charging = next((each for each in about if bill and charges(each.status, each.price_category)), None)
    charge: Item = {"billed_by": bill.batch} if bill and charging else {}
    values: Item = {"state": str(last.status), "rank": last.status.rank, "wamid": last.wamid}
    values |= {_TIMES[each.status]: stamp(each.at) for each in about if each.status in _TIMES}
    if any(charges(each.status, each.price_category) for each in about):
        values["charged"] = True
    priced = next((each for each in about if each.price_category), None)
    if priced:
        values |= {"price_category": priced.price_category, "price_type": priced.price_type}
    failed = last.status is RowState.FAILED
    if failed:
        values["reason"] = meta_reason(last.code)
    change = Update(
        keys.ledger_row(run_id, shard, row),
        set=values,
        set_if_absent=charge,
        remove=() if failed else ("reason",),
        # A row that is not there is of a run that was deleted: never made anew by a late status.
        condition=Attr("PK").exists() & Attr("rank").lt(last.status.rank),
    )
    try:
        before = table.replace(change)
    except ConditionFailed:
        if bill and charging:
            _charge_late(table, change.key, charging, charge, bill)
        return None
    if bill and charging and bill.is_due(before):
        _billed(charging, before, bill)
    return before


def _charge_late(table: Table, row: Key, status: StatusUpdate, charge: Item, bill: Bill) -> None:
    """The price came after a higher status without one, or comes again."""
    priced = {"price_category": status.price_category, "price_type": status.price_type, "charged": True}
    try:
        before = table.replace(Update(row, set_if_absent={**priced, **charge}, condition=Attr("PK").exists()))
    except ConditionFailed:
        return  # of a run that was deleted
    if bill.is_due(before):
        _billed(status, before, bill)


def _billed(status: StatusUpdate, row: Item, bill: Bill) -> None:
    country = str(row.get("country", ""))
    bill.add(status.wamid, status.at, status.phone_number_id, country, status.price_category, status.price_type)


def _consequence(
    before: Item, code: int, last: StatusUpdate, run_id: str, stopping: dict[str, int], desk: Desk
) -> None:
    rule = RULES.get(code)
    if rule is None:
        return
    if rule.action is Action.OPT_OUT:
        _opt_out(before, last, rule.meaning, desk)
    elif rule.action in {Action.PAUSE_CAMPAIGN, Action.PAUSE_NUMBER_CAMPAIGNS, Action.STOP_NUMBER}:
        stopping[run_id] = code


def _opt_out(before: Item, last: StatusUpdate, text: str, desk: Desk) -> None:
    to = str(before["to"])
    who = Identities(phone=to) if to.startswith("+") else Identities(bsuid=to)
    person = identity.resolve(desk.table, who, now=last.at, new_id=desk.new_id)
    consent.record(
        desk.table,
        person,
        ConsentCategory.MARKETING,
        allowed=False,
        subaccount_id=None,
        source="error_131050",
        text=text,
        at=last.at,
        entry_id=last.wamid,
    )


def _break(run_id: str, counts: dict[str, int], code: int | None, desk: Desk) -> None:
    try:
        campaign = store.get(desk.table, store.get_run(desk.ledger, run_id).campaign_id)
    except CampaignMissing:
        return  # a test send, or a campaign that was deleted since
    if code is not None:
        breaker.pause(campaign, f"error_{code}: {RULES[code].meaning}", desk)
    else:
        breaker.look(campaign, counts, desk)
