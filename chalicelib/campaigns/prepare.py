"""Prepares a run: part by part, ledger rows for everybody and chunks for those who are sent to.

A checkpoint after each part; a part done twice gives the same rows and chunks. Ledger rows are written in batches, which know
no conditions, so a preparer that was held up must not write over rows that are being sent: it holds a lease, looks at the
clock before each part, and sending begins only after its last part.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import groupby

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns import addresses, breaker, chunks, jobs, ledger, people, plan, store, warming
from chalicelib.campaigns.chunks import Chunk, Recipient
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import PART, Campaign, Run, RunKind, State
from chalicelib.campaigns.partition import Rules, reason_for
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.campaigns.rows import RowState, retryable
from chalicelib.channels import store as channels
from chalicelib.cloud import keys, retention
from chalicelib.cloud.batches import BringAgain
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item

_FETCH_SECONDS = 3
"""How long a file has to come from its address before it is looked for again."""
LEASE = timedelta(minutes=5)
_LONGEST_WRITE = timedelta(minutes=2)
"""Rows are written only while the lease has this long to go: more than ten batch writes take with all their retries."""
_WRITERS = 8
_PREPARED = frozenset({State.PREPARING, State.CANCELLED})
"""A run that is cancelled meanwhile gets its whole ledger too: its recipients are counted as cancelled."""
_ENOUGH_SECONDS = 30.0
"""With less time than this left to the function, the next message goes on."""


def prepare(job: jobs.Prepare, desk: Desk, time_left: Callable[[], float]) -> None:
    """Goes on where the run's checkpoint is; the last part starts the sending. Raises BringAgain while another holds the lease,
    FileLost when a file that everybody is to get cannot be had."""
    campaign, run = store.get(desk.table, job.campaign_id), store.get_run(desk.ledger, job.run_id)
    if campaign.run_id != run.id:
        return
    if run.prepared_at:
        _open(campaign, run, desk)  # it came again because it stopped just here
        return
    if campaign.state not in _PREPARED:
        return
    run_plan = plan.get(desk.media, campaign.id, run.id)
    if run.prepared_parts == 0 and campaign.state is State.PREPARING and not addresses.fetched(run_plan, desk):
        desk.queues.send("campaign", jobs.body_of(job), delay_seconds=_FETCH_SECONDS)
        return
    run = _leased(run, desk)
    rules = run_plan.rules(campaign.subaccount_id, desk.window_margin)
    parts = campaign.recipients.parts if campaign.recipients else 0
    while run.prepared_parts < parts:
        if time_left() < _ENOUGH_SECONDS:
            _release(run, desk)
            desk.queues.send("campaign", jobs.body_of(job))
            return
        if store.get(desk.table, campaign.id).state not in _PREPARED:
            _release(run, desk)
            return
        if run.prepared_parts == parts - 1:
            warming.ask(campaign, run, desk)
        run = _part(campaign, run, rules, desk)
    _finish(campaign, run, desk)


def _leased(run: Run, desk: Desk) -> Run:
    now, lease = desk.clock(), desk.new_id()
    free = Attr("lease_until").not_exists() | Attr("lease_until").lt(stamp(now))
    leased = store.advance(desk.ledger, run.id, free, lease=lease, lease_until=now + LEASE)
    if leased is None:
        raise BringAgain
    return leased


def _release(run: Run, desk: Desk) -> None:
    store.advance(desk.ledger, run.id, Attr("lease").eq(run.lease), lease_until=desk.clock() - LEASE)


def _part(campaign: Campaign, run: Run, rules: Rules, desk: Desk) -> Run:
    """Prepares one part and moves the checkpoint past it. Raises BringAgain when the lease has run out meanwhile."""
    assert campaign.recipients is not None
    number, now = run.prepared_parts, desk.clock()
    part = chunks.get_part(desk.media, campaign.recipients.reading, number)
    rows = _again(part, run, desk) if run.kind is RunKind.RETRY else part
    cap = store.rules_of(desk.table, campaign.subaccount_id).frequency_cap
    capped = people.capped_by(desk.ledger, cap, now)
    found = people.look_up(desk.table, campaign.channel_id, rows, windows=rules.free_form, capped=capped)
    decided = [(row, reason_for(row, people.known(found, row), rules, now)) for row in rows]
    _write(campaign, run, number, decided, rules, desk)
    tally = Counter(run.totals)
    for _, reason in decided:
        tally[str(RowState.SKIPPED if reason else RowState.QUEUED)] += 1
        if reason:
            tally[f"reason:{reason}"] += 1
    moved = store.advance(
        desk.ledger,
        run.id,
        Attr("lease").eq(run.lease) & Attr("prepared_parts").eq(number),
        prepared_parts=number + 1,
        totals=dict(tally),
        audience=run.audience + len(decided),
        eligible=tally[RowState.QUEUED],
        lease_until=desk.clock() + LEASE,
    )
    if moved is None:
        raise BringAgain
    return moved


def _again(part: Sequence[Row], run: Run, desk: Desk) -> list[Row]:
    """Of a part, the rows that a retry takes up: failed for a reason that may pass, or as a person decided.

    Also those that the run before never had, if its preparation broke off.
    """
    before = ledger.rows_between(desk.ledger, run.of_run, part[0].number, part[-1].number) if part else {}
    new = run.of_part is not None and run.prepared_parts >= run.of_part
    return [row for row in part if (_may_retry(before[row.number], run) if row.number in before else new)]


def _may_retry(item: Item, run: Run) -> bool:
    match RowState(item["state"]):
        case RowState.NOT_CONFIRMED:
            return run.with_not_confirmed
        case RowState.QUEUED:
            return True  # a cancelled run never came to it
        case RowState.FAILED:
            return retryable(str(item.get("reason", "")))
        case _:
            return False


def _write(
    campaign: Campaign, run: Run, number: int, decided: Sequence[tuple[Row, str]], rules: Rules, desk: Desk
) -> None:
    now, client_id = desk.clock(), _client_id_of(rules.fields, campaign.client_message_id)
    ends = retention.until(retention.current(desk.table).recipients, now)
    items = [
        ledger.new_row(
            run.id, row.number, line=row.line, to=row.to or row.written, country=row.country, reason=reason,
            client_id=client_id(row), at=now,
        )
        | ends
        for row, reason in decided
    ]  # fmt: skip
    contents = dict(_chunks(decided, rules.fields, run.chunk))
    first, last = number * PART // run.chunk, (number + 1) * PART // run.chunk
    with ThreadPoolExecutor(_WRITERS) as pool:
        done = list(
            pool.map(lambda start: _write_rows(items[start : start + 250], run, desk), range(0, len(items), 250))
        )
        done += pool.map(lambda n: chunks.put_chunk(desk.media, campaign.id, run.id, n, contents[n]), contents)
    sizes = [len(contents[n].recipients) if n in contents else 0 for n in range(first, last)]
    chunks.put_sizes(desk.media, campaign.id, run.id, number, sizes)


def _write_rows(items: Sequence[Item], run: Run, desk: Desk) -> None:
    if run.lease_until is None or desk.clock() > run.lease_until - _LONGEST_WRITE:
        raise BringAgain
    desk.ledger.write_many(items)


def _chunks(decided: Sequence[tuple[Row, str]], fields: Sequence[str], size: int) -> Iterator[tuple[int, Chunk]]:
    eligible = (row for row, reason in decided if not reason)
    for number, rows in groupby(eligible, key=lambda row: row.number // size):
        yield number, Chunk(fields, [Recipient(row.number, row.to, row.is_bsuid, row.values) for row in rows])


def _client_id_of(fields: Sequence[str], campaigns: str) -> Callable[[Row], str]:
    """A recipient's own reference, else the campaign's."""
    if "ClientMessageId" not in fields:
        return lambda row: campaigns
    column = list(fields).index("ClientMessageId")
    return lambda row: (row.values[column][:50] if column < len(row.values) else "") or campaigns


def _finish(campaign: Campaign, run: Run, desk: Desk) -> None:
    key = keys.run_counts(run.id)
    # Already there: written before a crash, and nothing has been sent since.
    with suppress(ConditionFailed):
        desk.ledger.put({"PK": key.pk, "SK": key.sk, **run.totals}, condition=Attr("PK").not_exists())
    prepared = store.advance(desk.ledger, run.id, Attr("lease").eq(run.lease), prepared_at=desk.clock())
    if prepared is None:
        raise BringAgain
    _open(campaign, prepared, desk)


def _open(campaign: Campaign, run: Run, desk: Desk) -> None:
    """Begins to send, unless that is done: each step is harmless when it comes again."""
    if store.get(desk.table, campaign.id).state is State.PREPARING:
        store.note_sending(desk.table, campaign)
        store.move(desk.table, campaign.id, State.SENDING, [State.PREPARING], run.id)
    found = store.get(desk.table, campaign.id)
    if found.state is State.SENDING and run.wave == 0:
        _start(found, run, desk)
    elif found.state is not State.SENDING:
        store.forget_sending(desk.table, campaign.channel_id, campaign.id)
    if found.state is State.CANCELLED:
        settle = jobs.Settle(campaign_id=campaign.id, run_id=run.id, number=run.recounts)
        desk.queues.send("campaign", jobs.body_of(settle))


def _start(campaign: Campaign, run: Run, desk: Desk) -> None:
    """The first wave. News that came while the run was prepared found nothing to pause: they are looked for here."""
    store.note_sending(desk.table, campaign)
    if not breaker.look_at(campaign, channels.get(desk.table, campaign.channel_id), desk):
        desk.queues.send("campaign", jobs.body_of(jobs.Wave(campaign_id=campaign.id, run_id=run.id, number=run.wave)))
