"""The recipient's own hours and days, how often they may be written to, and the account's limit a day."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from chalicelib.campaigns import control, delivery, drafts, preflight, report, store, tier
from chalicelib.campaigns.delivery import Delivery
from chalicelib.campaigns.model import AccountRules, Campaign, FrequencyCap, State
from chalicelib.channels import store as channels
from tests.support.campaigns import START, Stage, agree, people, refusal

HOURS = Delivery(start=time(9), end=time(20))
BY_ZONE = {
    "Asia/Singapore": "+6591{:06d}", "Europe/Berlin": "+4915112{:06d}", "Asia/Shanghai": "+86139123{:05d}",
    "America/Sao_Paulo": "+551198765{:04d}", "Asia/Calcutta": "+9198123{:05d}", "Africa/Johannesburg": "+27821{:06d}",
    "America/Los_Angeles": "+1415555{:04d}", "America/New_York": "+1212555{:04d}", "Asia/Dubai": "+97150123{:04d}",
    "Africa/Lagos": "+234803123{:04d}", "America/Bogota": "+57300123{:04d}", "Asia/Karachi": "+92300123{:04d}",
}  # fmt: skip


def numbers(each: int) -> str:
    rows = [form.format(2000 + n) for n in range(each) for form in BY_ZONE.values()]
    return "Mobile,FirstName\n" + "".join(f"{number},Ann\n" for number in rows)


def test_twelve_zones_get_their_messages_between_nine_and_eight_of_their_own_day_and_nobody_outside() -> None:
    stage = Stage(threads=1)
    stage.add_template(category="UTILITY")
    campaign = stage.draft(numbers(3))
    drafts.change(campaign, drafts.Change(delivery=HOURS), stage.desk, enter=lambda _: None)
    control.launch(stage.campaign(campaign.id), control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    agree(stage, done)
    assert len(stage.meta.accepted) == 3 * len(BY_ZONE)
    zones: Counter[str] = Counter()
    for message, at in zip(stage.meta.accepted, stage.meta.times, strict=True):
        (zone,) = delivery.zones_of(str(message.to))
        zones[zone] += 1
        assert time(9) <= at.astimezone(ZoneInfo(zone)).time() < time(20), zone
    assert len(zones) == 12
    assert stage.meta.times[-1] - START < timedelta(hours=24)


def test_on_days_left_out_nobody_gets_anything() -> None:
    weekdays = Delivery(start=time(9), end=time(20), days=(1, 2, 3, 4, 5))
    sunday = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert delivery.opens_at("+6591234567", weekdays, sunday) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert delivery.opens_at("+6591234567", HOURS, sunday) is None


def test_a_number_of_several_zones_waits_until_it_is_day_in_all_of_them() -> None:
    assert len(delivery.zones_of("+61412345678")) > 3
    opening = delivery.opens_at("+61412345678", HOURS, START)
    assert opening
    assert all(
        time(9) <= opening.astimezone(ZoneInfo(zone)).time() < time(20) for zone in delivery.zones_of("+61412345678")
    )
    toll_free = delivery.opens_at("+18005551234", HOURS, START)
    assert toll_free is None or toll_free - START < timedelta(hours=24)


def test_a_number_without_a_zone_goes_by_the_one_that_was_given() -> None:
    assert delivery.zones_of("+81901234567") == ()
    tokyo = HOURS.model_copy(update={"time_zone": "Asia/Tokyo"})
    assert delivery.opens_at("+81901234567", HOURS, START) is None
    assert delivery.opens_at("+81901234567", tokyo, START) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "20:00", "end": "09:00"},
        {"start": "09:00", "end": "09:10"},
        {"start": "09:00", "end": "20:00", "days": []},
        {"start": "09:00", "end": "20:00", "days": [0]},
        {"start": "09:00", "end": "20:00", "time_zone": "Moon/Sea"},
        {"start": "09:00+01:00", "end": "20:00"},
    ],
)
def test_hours_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Delivery.model_validate(wrong)


# --- the tier ---


def tiered(stage: Stage, name: str) -> None:
    channels.change(stage.table, "main", tier=name)  # type: ignore[arg-type]


def most_within_a_day(stage: Stage) -> int:
    times = sorted(stage.meta.times)
    return max(sum(at <= other < at + timedelta(hours=24) for other in times[n:]) for n, at in enumerate(times[::20]))


def some(count: int, first: int = 91000000) -> str:
    return "Mobile,FirstName\n" + "".join(f"+65{first + n},Ann\n" for n in range(count))


def test_a_list_longer_than_the_tier_goes_out_over_as_many_days_as_it_takes() -> None:
    stage = Stage(threads=1)
    stage.meta.statuses = ()
    tiered(stage, "TIER_200")
    campaign = stage.draft(some(500))
    predicted = preflight.start(campaign, stage.desk)
    assert predicted.windows == 3
    assert "over 3 days" in predicted.warnings[0]
    control.launch(stage.campaign(campaign.id), control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    agree(stage, done)
    days = Counter((at - START) // timedelta(hours=24, minutes=5) for at in stage.meta.times)
    assert sorted(days.values()) == [100, 200, 200]
    first = sorted(stage.meta.times)
    assert all(first[n + 200] - first[n] >= timedelta(hours=24) for n in range(300))


def test_two_campaigns_share_one_budget() -> None:
    stage = Stage(threads=1)
    stage.meta.statuses = ()
    tiered(stage, "TIER_100")
    one, two = stage.launch(some(80)), stage.launch(some(80, 92000000))
    stage.pump()
    assert [stage.campaign(c.id).state for c in (one, two)] == [State.COMPLETED, State.COMPLETED]
    first = sorted(stage.meta.times)
    assert len(first) == 160
    assert all(first[n + 100] - first[n] >= timedelta(hours=24) for n in range(60))


def test_the_time_left_knows_of_the_hours_that_all_who_are_left_wait_for() -> None:
    stage = Stage(threads=1)
    at_nine = drafts.Change(delivery=HOURS)  # it is eight in the evening in Singapore
    campaign = drafts.change(stage.draft(people(50)), at_nine, stage.desk, enter=lambda _: None)
    control.launch(campaign, control.LaunchRequest(), "ann", stage.desk)
    stage.pump(until=lambda: stage.clock() > START + timedelta(hours=3))
    left = report.progress(stage.campaign(campaign.id), stage.desk).seconds_left
    assert left == pytest.approx((START + timedelta(hours=13) - stage.clock()).total_seconds(), abs=1)
    stage.pump(until=lambda: len(stage.meta.accepted) > 10)
    left = report.progress(stage.campaign(campaign.id), stage.desk).seconds_left
    assert left is not None
    assert left < 5


def test_what_a_pause_keeps_from_being_sent_is_not_taken_from_the_day() -> None:
    stage = Stage(mps=20, threads=1)
    channels.change(stage.desk.table, "main", tier="TIER_250")
    campaign = stage.launch(people(250))
    for sent in (20, 60, 100):
        stage.meta.answer = lambda message, sent=sent: pauses(stage, campaign, sent)  # type: ignore[misc]
        stage.pump()
        control.resume(stage.campaign(campaign.id), stage.desk)
    stage.meta.answer = lambda message: (
        refusal(131016) if message.to == "+6591000200" and stage.clock() < later else None
    )
    later = stage.clock() + timedelta(seconds=30)
    stage.pump()
    assert stage.states(stage.campaign(campaign.id).run_id) == {"read": 250}
    assert max(stage.meta.times) - START < timedelta(hours=1)
    assert tier.left(stage.desk.table, "200", 250, stage.clock()) == 0


def pauses(stage: Stage, campaign: Campaign, sent: int) -> None:
    if len(stage.meta.accepted) == sent:
        control.pause(stage.campaign(campaign.id), stage.desk)


def test_the_time_left_knows_of_the_days_that_the_tier_takes() -> None:
    stage = Stage(threads=1)
    channels.change(stage.desk.table, "main", tier="TIER_250")
    campaign = stage.launch(people(600))
    stage.pump(until=lambda: len(stage.meta.accepted) == 250 and stage.clock() > START + timedelta(hours=2))
    day = timedelta(days=1).total_seconds()
    left = report.progress(stage.campaign(campaign.id), stage.desk).seconds_left
    assert left
    assert day + 22 * 3600 < left < 2 * day
    stage.pump(until=lambda: len(stage.meta.accepted) > 550)
    left = report.progress(stage.campaign(campaign.id), stage.desk).seconds_left
    assert left is not None
    assert left < 60


@pytest.mark.parametrize(
    ("name", "limit"), [("TIER_250", 250), ("TIER_2K", 2000), ("TIER_100K", 100_000), ("UNLIMITED", None), ("", None)]
)
def test_a_tier_says_its_limit(name: str, limit: int | None) -> None:
    assert tier.limit_of(name) == limit


def test_the_days_that_a_tier_takes() -> None:
    assert [tier.windows(n, 2000, 2000) for n in (1, 2000, 2001, 5000)] == [1, 1, 2, 3]
    assert tier.windows(5000, 500, 2000) == 4


# --- the frequency cap ---


def test_who_has_had_enough_is_skipped_and_predicted() -> None:
    stage = Stage()
    store.put_rules(stage.table, "shop", AccountRules(frequency_cap=FrequencyCap(messages=1, days=7)))  # type: ignore[arg-type]
    stage.launch(some(3))
    stage.pump()
    again = stage.draft(some(5))
    predicted = preflight.start(again, stage.desk)
    assert (predicted.eligible, [(s.reason, s.count) for s in predicted.skipped]) == (2, [("frequency_cap", 3)])
    stage.clock.advance(8 * 86400)
    assert preflight.start(again, stage.desk).eligible == 5


def test_a_message_that_failed_does_not_count_towards_the_cap() -> None:
    stage = Stage()
    store.put_rules(stage.table, "shop", AccountRules(frequency_cap=FrequencyCap(messages=1, days=7)))  # type: ignore[arg-type]
    stage.meta.answer = lambda m: refusal(131026) if m.to == "+6591000001" else None
    stage.launch(some(2))
    stage.pump()
    assert preflight.start(stage.draft(some(2)), stage.desk).eligible == 1
