"""Before the send: who will get it, who will not and why, how long it takes and what it costs.

The same function decides here and in the run (partition.py): on a world that does not change, the run does what this says.
It reads part by part with a checkpoint in the bucket, so a million recipients are no different from a thousand.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from chalicelib.campaigns import chunks, control, jobs, people, prices, store, tier, waves, wording
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import PART, Campaign
from chalicelib.campaigns.partition import reason_for
from chalicelib.campaigns.plan import Plan
from chalicelib.campaigns.rows import words
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.conversations.outbound import Purpose
from chalicelib.problems import NotFound
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
    _save(campaign.id, {"version": campaign.version, "next": 0, "reasons": {}, "countries": {}}, desk)
    job = jobs.Preflight(campaign_id=campaign.id, version=campaign.version)
    if total > AT_ONCE:
        desk.queues.send("campaign", jobs.body_of(job))
    else:
        _count(campaign, plan, desk, lambda: 600.0)
    return get(campaign, desk)


def get(campaign: Campaign, desk: Desk) -> Preflight:
    """The prediction for the campaign as it is now. Raises NoPreflight."""
    found = _load(campaign.id, desk)
    if found is None or found["version"] != campaign.version:
        raise NoPreflight(campaign.id)
    parts = campaign.recipients.parts if campaign.recipients else 0
    if found["next"] < parts:
        return Preflight(campaign_id=campaign.id, campaign_version=campaign.version, ready=False, as_of=desk.clock())
    return _view(campaign, Counter(found["reasons"]), Counter(found["countries"]), desk)


def work(job: jobs.Preflight, desk: Desk, time_left: Callable[[], float]) -> None:
    """The job: goes on counting where it was."""
    campaign = store.get(desk.table, job.campaign_id)
    if campaign.version != job.version:
        return
    if not _count(campaign, wording.plan_of(campaign, desk), desk, time_left):
        desk.queues.send("campaign", jobs.body_of(job))


def _count(campaign: Campaign, plan: Plan, desk: Desk, time_left: Callable[[], float]) -> bool:
    """Counts part by part; False when time ran out before the last one."""
    found = _load(campaign.id, desk)
    recipients = campaign.recipients
    assert recipients is not None
    rules = plan.rules(campaign.subaccount_id, desk.window_margin)
    cap = store.rules_of(desk.table, campaign.subaccount_id).frequency_cap
    capped = people.capped_by(desk.ledger, cap, desk.clock())
    while found is not None and found["version"] == campaign.version and found["next"] < recipients.parts:
        if time_left() < _ENOUGH_SECONDS:
            return False
        rows = chunks.get_part(desk.media, recipients.reading, found["next"])
        known = people.look_up(desk.table, campaign.channel_id, rows, windows=rules.free_form, capped=capped)
        reasons, countries = Counter(found["reasons"]), Counter(found["countries"])
        for row in rows:
            reason = reason_for(row, people.known(known, row), rules, desk.clock())
            reasons[reason] += 1
            if not reason:
                countries[row.country] += 1
        found |= {"next": found["next"] + 1, "reasons": dict(reasons), "countries": dict(countries)}
        _save(campaign.id, found, desk)
    return True


def _view(campaign: Campaign, reasons: Counter[str], countries: Counter[str], desk: Desk) -> Preflight:
    channel, now = channels.get(desk.table, campaign.channel_id), desk.clock()
    others = [each for each in store.sending_on(desk.table, channel.id) if each != campaign.id]
    speed = waves.rate_of(channel, len(others) + 1, campaign.pace)
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
    days = _days(plan, reasons[""], channel, desk)
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
        costs=costs,
        total_cost=sum((cost.amount for cost in costs), Decimal(0)),
        rates_valid_from=card.valid_from.isoformat(),
        estimated=card.estimated,
        warnings=_warnings(days, reasons[""], channel.tier, len(others)),
        as_of=now,
    )


def _days(plan: Plan, eligible: int, channel: Channel, desk: Desk) -> int:
    limit = tier.limit_of(channel.tier)
    if limit is None or plan.purpose is Purpose.SERVICE:
        return 1
    return tier.windows(eligible, tier.left(desk.table, channel.waba_id, limit, desk.clock()), limit)


def _warnings(days: int, eligible: int, tier_name: str, others: int) -> list[str]:
    found = []
    if days > 1:
        found.append(
            f"The account may start conversations with {tier.limit_of(tier_name):,} people in 24 hours, this campaign has "
            f"{eligible:,}: it goes out over {days} days."
        )
    if others:
        found.append(f"{others} other campaign(s) are sending on this number and share its speed.")
    return found


def _key(campaign_id: str) -> str:
    return f"campaigns/{campaign_id}/preflight.json"


def _save(campaign_id: str, found: dict[str, Any], desk: Desk) -> None:
    desk.media.put(_key(campaign_id), json.dumps(found).encode(), "application/json")


def _load(campaign_id: str, desk: Desk) -> dict[str, Any] | None:
    try:
        return dict(json.loads(desk.media.get(_key(campaign_id))))
    except ObjectMissing:
        return None
