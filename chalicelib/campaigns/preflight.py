"""Before the send: who will get it, who will not and why, how long it takes and what it costs.

The same function decides here and in the run (partition.py): on a world that does not change, the run does what this says.
It reads part by part with a checkpoint in the bucket, so a million recipients are no different from a thousand.
"""

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from pydantic import Field

from chalicelib.campaigns import (
    breaker,
    chunks,
    control,
    delivery,
    foreseen,
    jobs,
    people,
    prices,
    store,
    tier,
    waves,
    wording,
)
from chalicelib.campaigns.delivery import Delivery
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.foreseen import Counted
from chalicelib.campaigns.model import PART, Campaign
from chalicelib.campaigns.partition import reason_for
from chalicelib.campaigns.plan import Plan
from chalicelib.campaigns.rows import words
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud.clock import stamp
from chalicelib.conversations.outbound import Purpose
from chalicelib.problems import Conflict, Invalid, NotFound
from chalicelib.shape import Shape

AT_ONCE = PART
"""Up to so many recipients the answer comes with the request."""
_ENOUGH_SECONDS = 30.0


class Skip(Shape):
    """Recipients that will get nothing, and why."""

    reason: str
    explanation: str
    count: int


class Cost(Shape):
    """What one country's recipients cost, in US dollars."""

    country: str
    category: str
    messages: int
    rate: Decimal
    amount: Decimal


class Preflight(Shape):
    """The prediction. `ready` is false while a large list is still being looked through."""

    campaign_id: str
    campaign_version: int
    ready: bool
    audience: int = 0
    eligible: int = 0
    skipped: list[Skip] = Field(default_factory=list)
    speed: float = 0.0
    """Messages a second."""
    seconds: int = 0
    windows: int = 1
    """Over how many days the account's messaging limit spreads it."""
    over_tier: int = 0
    """Of those who get it, how many the account's messaging limit does not allow today."""
    waiting_for_hours: int = 0
    """Of those who get it, how many are outside the hours in which they may be written to now."""
    last_hours_begin: datetime | None = None
    """When the last of them may be written to."""
    costs: list[Cost] = Field(default_factory=list)
    total_cost: Decimal = Decimal(0)
    currency: str = "USD"
    rates_valid_from: str = ""
    estimated: bool = True
    """Whether the rates are the estimate that comes with the platform, and not the operator's own card."""
    warnings: list[str] = Field(default_factory=list)
    as_of: datetime


class NoPreflight(NotFound):
    """Nobody has asked for one since the campaign was last changed."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__("There is no preflight of the campaign as it is now. Ask for one first.")
        self.campaign_id = campaign_id


def start(campaign: Campaign, desk: Desk) -> Preflight:
    """The prediction at once for a short list; for a long one it is counted and read later. Raises NotReady."""
    plan = control.check(campaign, desk)
    total = campaign.recipients.summary.total if campaign.recipients and campaign.recipients.summary else 0
    foreseen.save(desk.media, campaign.id, Counted(version=campaign.version))
    job = jobs.Preflight(campaign_id=campaign.id, version=campaign.version)
    if total > AT_ONCE:
        desk.queues.send("campaign", jobs.body_of(job))
    else:
        _count(campaign, plan, desk, lambda: 600.0)
    return get(campaign, desk)


def get(campaign: Campaign, desk: Desk) -> Preflight:
    """The prediction for the campaign as it is now. Raises NoPreflight, and NotReady when its template has gone meanwhile."""
    found = foreseen.load(desk.media, campaign)
    if found is None:
        raise NoPreflight(campaign.id)
    parts = campaign.recipients.parts if campaign.recipients else 0
    if found.next < parts:
        wording.plan_of(campaign, desk)
        return Preflight(campaign_id=campaign.id, campaign_version=campaign.version, ready=False, as_of=desk.clock())
    return _view(campaign, found, desk)


def skipped_link(campaign: Campaign, desk: Desk) -> str:
    """A link to the list of those who will get nothing, with line and reason. Raises NoPreflight, Conflict."""
    if not get(campaign, desk).ready:
        raise Conflict(
            "The recipients are still being looked through. Try again in a minute.", code="preflight_not_ready"
        )
    assert campaign.recipients is not None
    name = f"skipped-{campaign.id}-{desk.new_id()}.csv"
    with tempfile.TemporaryFile() as file:
        for piece in foreseen.skipped(desk.media, campaign, campaign.recipients.parts):
            file.write(piece)
        file.seek(0)
        desk.media.put_file(f"exports/{name}", file, "text/csv; charset=utf-8")
    return desk.media.download_link(f"exports/{name}", filename="skipped.csv")


def work(job: jobs.Preflight, desk: Desk, time_left: Callable[[], float]) -> None:
    """The job: goes on counting where it was."""
    campaign = store.get(desk.table, job.campaign_id)
    if campaign.version != job.version:
        return
    try:
        plan = wording.plan_of(campaign, desk)
    except Invalid:
        return  # the template has gone meanwhile: whoever asks for the answer is told
    if not _count(campaign, plan, desk, time_left):
        desk.queues.send("campaign", jobs.body_of(job))


def _count(campaign: Campaign, plan: Plan, desk: Desk, time_left: Callable[[], float]) -> bool:
    """Counts part by part; False when time ran out before the last one."""
    found, recipients = foreseen.load(desk.media, campaign), campaign.recipients
    assert recipients is not None
    rules = plan.rules(campaign.subaccount_id, desk.window_margin)
    cap = store.rules_of(desk.table, campaign.subaccount_id).frequency_cap
    capped = people.capped_by(desk.ledger, cap, desk.clock())
    while found is not None and found.next < recipients.parts:
        if time_left() < _ENOUGH_SECONDS:
            return False
        rows = chunks.get_part(desk.media, recipients.reading, found.next)
        known = people.look_up(desk.table, campaign.channel_id, rows, windows=rules.free_form, capped=capped)
        now = desk.clock()
        decided = [(row, reason_for(row, people.known(known, row), rules, now)) for row in rows]
        foreseen.put_skipped(desk.media, campaign, found.next, decided)
        eligible = [row for row, reason in decided if not reason]
        begins = _begins([row.to for row in eligible], campaign.delivery, now)
        found = found.with_part(
            Counter(reason for _, reason in decided),
            Counter(row.country for row in eligible),
            len(begins),
            max(begins, default=""),
        )
        foreseen.save(desk.media, campaign.id, found)
    return True


def _begins(addresses: list[str], wanted: Delivery | None, now: datetime) -> list[str]:
    """When those begin their hours who are outside them now."""
    if wanted is None:
        return []
    return [stamp(opening) for to in addresses if (opening := delivery.opens_at(to, wanted, now))]


def _view(campaign: Campaign, found: Counted, desk: Desk) -> Preflight:
    reasons, countries = Counter(found.reasons), Counter(found.countries)
    channel, now = channels.get(desk.table, campaign.channel_id), desk.clock()
    others = [each for each in store.sending_on(desk.table, channel.id) if each != campaign.id]
    speed = waves.speed_of(campaign, channel, desk)
    plan = wording.plan_of(campaign, desk)
    card = prices.card_at(desk.table, now)
    costs = [
        Cost(
            country=country or "unknown",
            category=str(plan.purpose),
            messages=count,
            rate=card.of(country, plan.purpose),
            amount=card.of(country, plan.purpose) * count,
        )
        for country, count in countries.most_common()
    ]
    today, days = _tier(plan, reasons[""], channel, desk)
    skips = [(reason, count) for reason, count in reasons.most_common() if reason]
    return Preflight(
        campaign_id=campaign.id,
        campaign_version=campaign.version,
        ready=True,
        audience=reasons.total(),
        eligible=reasons[""],
        skipped=[Skip(reason=reason, explanation=words(reason), count=count) for reason, count in skips],
        speed=round(speed, 4),
        seconds=round(reasons[""] / speed) if days == 1 else round((days - 1) * tier.DAY.total_seconds()),
        windows=days,
        over_tier=reasons[""] - today,
        waiting_for_hours=found.waiting,
        last_hours_begin=datetime.fromisoformat(found.last_begins) if found.last_begins else None,
        costs=costs,
        total_cost=sum((cost.amount for cost in costs), Decimal(0)),
        rates_valid_from=card.valid_from.isoformat(),
        estimated=card.estimated,
        warnings=_warnings(days, found, len(others), campaign, channel, desk),
        as_of=now,
    )


def _tier(plan: Plan, eligible: int, channel: Channel, desk: Desk) -> tuple[int, int]:
    """(how many of them the account's messaging limit allows today; over how many days it spreads them)."""
    limit = tier.limit_of(channel.tier)
    if limit is None or plan.purpose is Purpose.SERVICE:
        return eligible, 1
    left = tier.left(desk.table, channel.waba_id, limit, desk.clock())
    return min(eligible, left), tier.windows(eligible, left, limit)


def _warnings(days: int, counted: Counted, others: int, campaign: Campaign, channel: Channel, desk: Desk) -> list[str]:
    found, eligible = [], counted.reasons.get("", 0)
    if stops := breaker.why_not(campaign, channel, desk):
        found.append(f"As things are, it pauses as soon as it begins, until a person resumes it ({stops}).")
    if days > 1:
        found.append(
            f"The account may start conversations with {tier.limit_of(channel.tier):,} people in 24 hours, this campaign has "
            f"{eligible:,}: it goes out over {days} days."
        )
    if counted.waiting:
        found.append(
            f"{counted.waiting:,} recipients are outside their hours now and wait until those begin, the last of them until "
            f"{counted.last_begins}."
        )
    if others:
        found.append(f"{others} other campaign(s) are sending on this number and share its speed.")
    return found
