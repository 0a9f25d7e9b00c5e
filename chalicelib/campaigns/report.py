"""What has become of a run: progress while it goes, the report after it. Its recipients one by one: listing.py."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from chalicelib.campaigns import prices, store, tier, waves
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, Run, State, TemplateMessage
from chalicelib.campaigns.reasons import REASONS
from chalicelib.campaigns.rows import CHARGED, REACHED, REPLIED, RowState, equation, retryable, to_retry, words
from chalicelib.campaigns.trouble import WrongState
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.shape import Shape


class Equation(Shape):
    """audience = queued + sent + skipped + failed + unknown + cancelled."""

    audience: int
    queued: int
    sent: int
    skipped: int
    failed: int
    unknown: int
    cancelled: int


class CostLine(Shape):
    """Messages that WhatsApp charges alike, by the prices it sent with their statuses."""

    country: str
    category: str
    type: str
    messages: int
    amount: Decimal | None
    """US dollars; null where the rate card has no such category."""


class Cost(Shape):
    """What the delivered messages cost so far, by the rate card of the day on which the run began."""

    amount: Decimal
    currency: str = "USD"
    rates_valid_from: str
    estimated: bool
    """Whether the rates are the estimate that comes with the platform, and not the operator's own card."""
    lines: list[CostLine]


class Difference(Shape):
    """What came otherwise than the preflight had it: so many were foreseen for this reason, so many there are."""

    reason: str
    explanation: str
    predicted: int
    actual: int


class Progress(Shape):
    """How far a run is, from counters that are written once per batch."""

    campaign_id: str
    run_id: str
    state: State
    state_reason: str
    counts: Equation
    done: float
    """Share of the audience that is settled, 0 to 1."""
    speed: float
    """Messages a second this campaign may send now."""
    rate: float
    """Messages a second since it began."""
    seconds_left: int | None
    cost: Cost
    as_of: datetime


class FunnelStep(Shape):
    """One step and how many came that far."""

    name: str
    count: int


class ReasonCount(Shape):
    """One reason why recipients got no message."""

    reason: str
    explanation: str
    count: int
    retryable: bool


class Report(Shape):
    """What has become of a run."""

    campaign_id: str
    run_id: str
    run: int
    state: State
    counts: Equation
    funnel: list[FunnelStep]
    skipped: list[ReasonCount]
    failed: list[ReasonCount]
    retryable: int
    differences: list[Difference] | None
    """From the preflight of what was launched; null when there was none. Empty: it came as foreseen."""
    cost: Cost
    started_at: datetime | None
    ended_at: datetime | None
    final: bool
    """Whether the sum was recounted from the ledger itself after the last message was settled."""
    as_of: datetime


class Moment(Shape):
    """What happened in a minute, an hour or a day that began at `at` (UTC)."""

    at: datetime
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    replied: int = 0


def run_of(campaign: Campaign, number: int | None, desk: Desk) -> Run:
    """The campaign's last run, or the one with this number. Raises WrongState when it has none."""
    if not campaign.runs:
        raise WrongState(campaign.id, campaign.state, "reported on: it has not been launched")
    index = len(campaign.runs) if number is None else number
    if not 1 <= index <= len(campaign.runs):
        raise WrongState(campaign.id, campaign.state, f"reported on for run {number}: it has {len(campaign.runs)}")
    return store.get_run(desk.ledger, campaign.runs[index - 1])


def counts_of(run: Run, desk: Desk) -> dict[str, int]:
    """The recount, if there was one, and what the live counters have seen since; before it the live counters alone."""
    live = store.counts(desk.ledger, run.id)
    if run.counted_at is None:
        return live or run.totals
    names = {*run.totals, *live, *run.live_then}
    return {name: run.totals.get(name, 0) + live.get(name, 0) - run.live_then.get(name, 0) for name in names}


def progress(campaign: Campaign, desk: Desk) -> Progress:
    """How far the last run is: a handful of reads."""
    run, now = run_of(campaign, None, desk), desk.clock()
    counts = counts_of(run, desk)
    sums = Equation(**equation(counts, cancelled=campaign.state is State.CANCELLED))
    channel = channels.get(desk.table, campaign.channel_id)
    speed = waves.speed_of(campaign, channel, desk)
    tried = sums.sent + sums.failed + sums.unknown
    began = run.prepared_at or now
    seconds = max(((run.ended_at or now) - began).total_seconds(), 1.0)
    settled = sums.audience - sums.queued - sums.unknown
    return Progress(
        campaign_id=campaign.id,
        run_id=run.id,
        state=campaign.state,
        state_reason=campaign.state_reason,
        counts=sums,
        done=round(settled / sums.audience, 4) if sums.audience else 0.0,
        speed=round(speed, 4),
        rate=round(tried / seconds, 2),
        seconds_left=_seconds_left(campaign, run, channel, sums.queued, speed, desk)
        if campaign.state is State.SENDING
        else None,
        cost=_cost(counts, run, desk),
        as_of=now,
    )


def _seconds_left(campaign: Campaign, run: Run, channel: Channel, queued: int, speed: float, desk: Desk) -> int:
    """At this speed, not before the hours of the first who waits for them, and as the account's messaging limit allows it.

    Free text opens nothing, so it is free of the limit.
    """
    now, limit = desk.clock(), tier.limit_of(channel.tier)
    waits = max((run.waits_until or now) - now, timedelta())
    if queued and limit is not None and isinstance(campaign.message, TemplateMessage):
        waits = max(waits, tier.wait(desk.table, channel.waba_id, queued, limit, now))
    return round(max(queued / speed, waits.total_seconds()))


def report(campaign: Campaign, number: int | None, desk: Desk) -> Report:
    """What has become of a run."""
    run = run_of(campaign, number, desk)
    counts = counts_of(run, desk)
    # Nobody is sent to after a run's end: who is still queued then was cancelled, whatever the campaign has done since.
    cancelled = run.ended_at is not None or (campaign.state is State.CANCELLED and run.id == campaign.run_id)
    reasons = {name.removeprefix("reason:"): n for name, n in counts.items() if name.startswith("reason:") and n > 0}
    skips = {reason: n for reason, n in reasons.items() if _is_skip(reason)}
    fails = {reason: n for reason, n in reasons.items() if reason not in skips}
    return Report(
        campaign_id=campaign.id,
        run_id=run.id,
        run=run.number,
        state=campaign.state,
        counts=Equation(**equation(counts, cancelled=cancelled)),
        funnel=_funnel(counts, run),
        skipped=_by_reason(skips),
        failed=_by_reason(fails),
        retryable=to_retry(counts, not_confirmed=False) - (0 if cancelled else counts.get(RowState.QUEUED, 0)),
        differences=None if run.predicted is None else _differences(run.predicted, reasons),
        cost=_cost(counts, run, desk),
        started_at=run.prepared_at,
        ended_at=run.ended_at,
        final=run.ended_at is not None,
        as_of=desk.clock(),
    )


def timeline(run: Run, per: Literal["minute", "hour", "day"], desk: Desk) -> list[Moment]:
    """When what happened, by WhatsApp's own times, from the live counters. Times in which nothing happened are left out."""
    length = {"minute": 16, "hour": 13, "day": 10}[per]
    found: dict[str, Counter[str]] = {}
    for minute, changes in store.minutes(desk.ledger, run.id):
        found.setdefault(minute[:length], Counter()).update(changes)
    return [
        Moment(at=_start_of(text), **{name: n for name, n in sums.items() if name in Moment.model_fields})
        for text, sums in found.items()
    ]


def _start_of(text: str) -> datetime:
    return datetime.fromisoformat(text + "2026-01-01T00:00"[len(text) :]).replace(tzinfo=UTC)


def reached(counts: Mapping[str, int]) -> dict[str, int]:
    """How many messages came at least so far: sent, delivered, read, and how many were answered."""
    sent = {str(state): sum(counts.get(each, 0) for each in REACHED[i:]) for i, state in enumerate(REACHED)}
    return {name: sent[name] for name in ("sent", "delivered", "read")} | {"replied": counts.get("replied", 0)}


def failures(counts: Mapping[str, int]) -> list[ReasonCount]:
    """Why messages failed, the most frequent reason first."""
    reasons = {name.removeprefix("reason:"): n for name, n in counts.items() if name.startswith("reason:") and n > 0}
    return _by_reason({reason: n for reason, n in reasons.items() if not _is_skip(reason)})


def _differences(predicted: Mapping[str, int], actual: Mapping[str, int]) -> list[Difference]:
    return [
        Difference(reason=each, explanation=words(each), predicted=predicted.get(each, 0), actual=actual.get(each, 0))
        for each in sorted({*predicted, *actual})
        if predicted.get(each, 0) != actual.get(each, 0)
    ]


def _cost(counts: Mapping[str, int], run: Run, desk: Desk) -> Cost:
    card = prices.card_at(desk.table, run.created_at)
    lines = []
    for name, count in sorted(counts.items()):
        if name.startswith(CHARGED) and count > 0:
            country, category, kind = name.removeprefix(CHARGED).split("|")
            amount = card.cost(country, category, kind, count)
            lines.append(CostLine(country=country, category=category, type=kind, messages=count, amount=amount))
    return Cost(
        amount=sum((line.amount for line in lines if line.amount), Decimal(0)),
        rates_valid_from=card.valid_from.isoformat(),
        estimated=card.estimated,
        lines=lines,
    )


def _is_skip(reason: str) -> bool:
    return reason in REASONS and REASONS[reason].is_skip


def _funnel(counts: Mapping[str, int], run: Run) -> list[FunnelStep]:
    reached = [sum(counts.get(state, 0) for state in REACHED[i:]) for i in range(len(REACHED))]
    steps = [
        ("audience", run.audience),
        ("eligible", run.eligible),
        ("accepted", reached[0]),
        ("sent", reached[1]),
        ("delivered", reached[2]),
        ("read", reached[3]),
        ("replied", counts.get(REPLIED, 0)),
    ]
    return [FunnelStep(name=name, count=count) for name, count in steps]


def _by_reason(counts: Mapping[str, int]) -> list[ReasonCount]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [ReasonCount(reason=r, explanation=words(r), count=n, retryable=retryable(r)) for r, n in ordered]
