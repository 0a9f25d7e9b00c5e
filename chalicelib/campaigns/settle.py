"""The end of a run: a recount from the ledger itself, not from the live counters, says whether it is complete.

A status that is moving its row meanwhile is counted by the ledger now and by the live counters a moment later: so after the end
the ledger is read again, with growing pauses, until two readings agree and nothing was counted between them.

It also finds what a crash left behind: rows still queued are released again; a row held by a worker that is gone becomes
unknown, and what WhatsApp never confirms becomes not_confirmed. Neither is ever sent again by itself.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import field
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns import audience, jobs, ledger, store
from chalicelib.campaigns import receipts as receipts_of
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, Run, State
from chalicelib.campaigns.rows import REPLIED, RowState, Tally, charged_name, counted
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.queues import QueueMessage
from chalicelib.cloud.table import ConditionFailed, Item, Update
from chalicelib.dataclass import dataclass

HELD_AT_MOST = timedelta(seconds=90)
"""Longer than the send worker's function may run: whoever holds a row longer is gone."""
_READERS = 8
_LONGEST_DELAY = 900
_FIRST_LOOK_AGAIN = 5
"""Seconds after the end; longer than a worker takes from moving rows to counting them."""
_MOST_LOOKS = 8
"""After that, some twenty minutes, only the few that read it later are still to come."""
_RELEASE_AGAIN_AFTER = timedelta(seconds=60)
_COLUMNS = (
    "SK",
    "state",
    "reason",
    "claimed_at",
    "retry_at",
    "replied_at",
    "charged",
    "country",
    "price_category",
    "price_type",
)


@dataclass
class Recount:
    """What the ledger says, and which rows need looking after."""

    counts: Counter[str] = field(default_factory=Counter)
    queued: set[int] = field(default_factory=set)
    """Chunks with queued rows."""
    sending: list[tuple[int, int]] = field(default_factory=list)
    """(shard, row) of rows that a worker holds, or of which no status has come yet."""
    held: list[tuple[int, int]] = field(default_factory=list)
    """Those of them whose worker is gone."""
    unheard: list[tuple[int, int]] = field(default_factory=list)
    """(shard, row) of rows that nobody confirmed in time."""
    waiting: int = 0
    """Rows that wait for a time: their hours of the day, the account's limit."""
    due_at: str = ""
    """When the first of those is due."""

    @property
    def is_open(self) -> int:
        """How many rows may still change by our own doing."""
        return sum(self.counts.get(state, 0) for state in RowState if state.is_open)


def recount(run: Run, desk: Desk, now: datetime, confirm_after: timedelta) -> Recount:
    """Reads every row of the run; what WhatsApp took and has not spoken of since gets its receipt."""
    with ThreadPoolExecutor(_READERS) as pool:
        parts = list(pool.map(lambda shard: _shard(run, shard, desk, now, confirm_after), ledger.all_shards()))
    whole = Recount()
    for part in parts:
        whole.counts.update(part.counts)
        whole.queued |= part.queued
        whole.sending += part.sending
        whole.held += part.held
        whole.unheard += part.unheard
        whole.waiting += part.waiting
        whole.due_at = min(filter(None, (whole.due_at, part.due_at)), default="")
    return _receipted(run, whole, desk)


def _receipted(run: Run, found: Recount, desk: Desk) -> Recount:
    """Writes `accepted` into rows in hand that have a receipt. One that moves meanwhile has had its status: that is as well."""
    receipts = receipts_of.kept(desk.ledger, run.id, {row // run.chunk for _, row in found.sending})
    for place in [each for each in found.sending if each[1] in receipts]:
        values = {name: stamp(v) if isinstance(v, datetime) else v for name, v in receipts[place[1]].values.items()}
        state = {"state": str(RowState.ACCEPTED), "rank": RowState.ACCEPTED.rank}
        in_hand = Attr("state").eq(str(RowState.SENDING))
        with suppress(ConditionFailed):
            desk.ledger.update(Update(keys.ledger_row(run.id, *place), set=state | values, condition=in_hand))
            found.counts.update({RowState.SENDING: -1, RowState.ACCEPTED: 1})
        found.held = [each for each in found.held if each != place]
    return found


def _shard(run: Run, shard: int, desk: Desk, now: datetime, confirm_after: timedelta) -> Recount:
    found = Recount()
    gone, late = stamp(now - HELD_AT_MOST), stamp(now - confirm_after)
    for item in ledger.rows(desk.ledger, run.id, shard, only=_COLUMNS):
        state, row = RowState(item["state"]), int(item["SK"])
        found.counts[state] += 1
        if item.get("reason"):
            found.counts[f"reason:{item['reason']}"] += 1
        if item.get("replied_at"):
            found.counts[REPLIED] += 1
        if item.get("charged"):
            price = (str(item.get(name, "")) for name in ("country", "price_category", "price_type"))
            found.counts[charged_name(*price)] += 1
        due = str(item.get("retry_at", ""))
        if state is RowState.QUEUED and due <= stamp(now):
            found.queued.add(row // run.chunk)
        elif state is RowState.QUEUED:
            found.waiting, found.due_at = found.waiting + 1, min(filter(None, (found.due_at, due)))
        elif state is RowState.SENDING:
            found.sending.append((shard, row))
            found.held += [(shard, row)] if item["claimed_at"] < gone else []
        elif state is RowState.UNKNOWN and item["claimed_at"] < late:
            found.unheard.append((shard, row))
    return found


def settle(job: jobs.Settle, desk: Desk) -> None:
    """One recount: ends the run, or looks after what is open and comes back."""
    try:
        campaign, run = store.get(desk.table, job.campaign_id), store.get_run(desk.ledger, job.run_id)
    except CampaignMissing:
        return  # deleted since it ended
    if run.ended_at:
        if campaign.run_id == run.id:
            _complete(campaign, run, desk)  # it came again because it stopped just here
        if run.recounts == job.number:
            _look_again(campaign, run, desk)
        return
    if campaign.run_id != run.id or run.recounts != job.number:
        return
    if campaign.state not in {State.SENDING, State.CANCELLED}:
        return  # paused: resuming starts the recounts again
    now = desk.clock()
    if campaign.state is State.SENDING and _still_going(run, now, desk):
        _again(campaign, run, desk)
        return
    live = store.counts(desk.ledger, run.id)
    found = recount(run, desk, now, timedelta(seconds=campaign.confirm_after_seconds))
    cancelled = campaign.state is State.CANCELLED
    waiting = found.is_open - (found.counts.get(RowState.QUEUED, 0) if cancelled else 0)
    if waiting == 0:
        _end(campaign, run, found, live, desk)
        return
    _look_after(run, found, desk)
    if not cancelled:
        _release_again(campaign, run, sorted(found.queued), desk)
    _again(campaign, run, desk, found)


def _still_going(run: Run, now: datetime, desk: Desk) -> bool:
    """Do the live counters show work in hand? They may be off, so after a while the ledger is read all the same."""
    counts = store.counts(desk.ledger, run.id)
    in_hand = any(counts.get(state, 0) > 0 for state in RowState if state.is_open)
    return in_hand and (run.wave_at is None or now < run.wave_at + _RELEASE_AGAIN_AFTER) and run.recounts % 8 != 7


def _look_after(run: Run, found: Recount, desk: Desk) -> None:
    tally = Tally()
    for shard, row in found.held:
        _give_up(run.id, shard, row, RowState.SENDING, RowState.UNKNOWN, tally, desk)
    for shard, row in found.unheard:
        _give_up(run.id, shard, row, RowState.UNKNOWN, RowState.NOT_CONFIRMED, tally, desk)
    store.add_counts(desk.ledger, run.id, tally.nonzero())


def _give_up(run_id: str, shard: int, row: int, was: RowState, now: RowState, tally: Tally, desk: Desk) -> None:
    values: Item = {"state": str(now), "rank": now.rank}
    reason = ""
    if now is RowState.NOT_CONFIRMED:
        reason = "not_confirmed"
        values["reason"] = reason
    try:
        desk.ledger.update(
            Update(keys.ledger_row(run_id, shard, row), set=values, condition=Attr("state").eq(str(was)))
        )
    except ConditionFailed:
        return  # a status came just now
    tally.moved(counted(was), now, now=reason)


def _release_again(campaign: Campaign, run: Run, numbers: Sequence[int], desk: Desk) -> None:
    desk.queues.send_all(
        "bulk",
        [
            QueueMessage(jobs.SendChunk(campaign_id=campaign.id, run_id=run.id, chunk=number).model_dump_json())
            for number in numbers
        ],
    )


def _again(campaign: Campaign, run: Run, desk: Desk, found: Recount | None = None) -> None:
    """The next recount, after a growing pause. It is sent first: a repeated settle finds its number gone."""
    delay = min(60, 2 ** min(run.recounts + 1, 6))
    waits_until = datetime.fromisoformat(found.due_at) if found and found.waiting == found.is_open else None
    if waits_until:
        # Nothing can happen before the first of them is due: reading the ledger every minute until then would be waste.
        until_due = (waits_until - desk.clock()).total_seconds()
        delay = int(min(max(delay, until_due + 1), _LONGEST_DELAY))
    following = jobs.Settle(campaign_id=campaign.id, run_id=run.id, number=run.recounts + 1)
    desk.queues.send("campaign", jobs.body_of(following), delay_seconds=delay)
    unchanged = Attr("recounts").eq(run.recounts)
    store.advance(desk.ledger, run.id, unchanged, recounts=run.recounts + 1, waits_until=waits_until)


def close(campaign: Campaign, run: Run, desk: Desk) -> None:
    """Ends a run that could not be prepared with the rows it has: nobody was sent to, and nobody will be.

    It takes the lease: a preparer that is still at it stops at its next checkpoint; what it wrote, the looks after the end find.
    """
    now = desk.clock()
    found = recount(run, desk, now, timedelta(seconds=campaign.confirm_after_seconds))
    closed = store.advance(
        desk.ledger,
        run.id,
        Attr("prepared_at").not_exists(),
        prepared_at=now,
        lease=desk.new_id(),
        audience=sum(found.counts[state] for state in RowState),
        eligible=found.counts[RowState.QUEUED],
    )
    if closed:
        _end(campaign, closed, found, {}, desk)


def _end(campaign: Campaign, run: Run, found: Recount, live: dict[str, int], desk: Desk) -> None:
    _note(campaign, run, found, live, desk, _FIRST_LOOK_AGAIN, ended_at=desk.clock(), looks=0)
    _complete(campaign, run, desk)


def _look_again(campaign: Campaign, run: Run, desk: Desk) -> None:
    """A recount after the end. The live counters are read before the rows: what is counted between shows the next time."""
    live = store.counts(desk.ledger, run.id)
    found = recount(run, desk, desk.clock(), timedelta(seconds=campaign.confirm_after_seconds))
    settled = live == run.live_then and +found.counts == Counter(run.totals)
    if settled or run.looks == _MOST_LOOKS:
        return
    _note(campaign, run, found, live, desk, _FIRST_LOOK_AGAIN * 2 ** (run.looks + 1), looks=run.looks + 1)


def _note(
    campaign: Campaign, run: Run, found: Recount, live: dict[str, int], desk: Desk, delay: int, **more: object
) -> None:
    """Keeps a recount, and has another made. It is sent first: a repeated settle finds its number gone."""
    following = jobs.Settle(campaign_id=campaign.id, run_id=run.id, number=run.recounts + 1)
    desk.queues.send("campaign", jobs.body_of(following), delay_seconds=min(delay, _LONGEST_DELAY))
    store.advance(
        desk.ledger,
        run.id,
        Attr("recounts").eq(run.recounts),
        recounts=run.recounts + 1,
        totals=dict(found.counts),
        live_then=live,
        counted_at=desk.clock(),
        **more,
    )


def _complete(campaign: Campaign, run: Run, desk: Desk) -> None:
    store.move(desk.table, campaign.id, State.COMPLETED, [State.SENDING], run.id)
    store.forget_sending(desk.table, campaign.channel_id, campaign.id)
    audience.release(campaign, desk)
