"""The prediction: every reason in it, who has to wait, and what the report says when it came otherwise."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.campaigns import control, drafts, listing, preflight, prices, report, store
from chalicelib.campaigns.delivery import Delivery
from chalicelib.campaigns.model import AccountRules, FrequencyCap, TextMessage
from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities
from chalicelib.problems import Invalid
from tests.support.campaigns import START, Stage, offer, people, refusal

NOW = control.LaunchRequest()


def opt_out(stage: Stage, phone: str) -> None:
    person = identity.resolve(stage.desk.table, Identities(phone=phone), now=stage.clock(), new_id=stage.new_id)
    consent.record(
        stage.desk.table, person, ConsentCategory.MARKETING, allowed=False, subaccount_id=None, source="keyword",
        text="STOP", at=stage.clock(), entry_id=f"stop{phone}",
    )  # fmt: skip


def launched(stage: Stage, campaign: Any) -> report.Report:
    control.launch(campaign, NOW, "ann", stage.desk)
    stage.pump()
    return report.report(stage.campaign(campaign.id), None, stage.desk)


def test_on_a_world_that_stands_still_the_run_is_what_the_preflight_said_for_every_reason() -> None:
    stage = Stage()
    before = stage.launch(people(1))
    stage.pump()
    assert before
    store.put_rules(stage.desk.table, "shop", AccountRules(frequency_cap=FrequencyCap(messages=1, days=7)))
    opt_out(stage, "+6591000005")
    lines = ["+6591000000,Capped", "+6591000005,Out", "+14155550100,American", "+6591000007,Good", "91000007,Again"]
    lines += ["12,Short", ",None", "6.59E+09,Shortened", "+6591000008,", "US.123456,Bsuid", "+6591000009,Good"]
    campaign = stage.draft(
        "Mobile,FirstName\n" + "\n".join(lines), offer(**{"body.1": {"field": "FirstName"}}), country="SG"
    )
    foreseen = preflight.start(campaign, stage.desk)
    skips = {each.reason: each.count for each in foreseen.skipped}
    assert skips == {
        "frequency_cap": 1, "opted_out": 1, "us_marketing": 2, "duplicate": 1, "invalid_number": 1, "no_number": 1,
        "scientific_notation": 1, "missing_value": 1,
    }  # fmt: skip
    found = launched(stage, campaign)
    assert {each.reason: each.count for each in found.skipped} == skips
    assert (found.counts.sent, foreseen.eligible, found.differences) == (2, 2, [])


def test_free_text_and_authentication_have_their_own_reasons() -> None:
    stage = Stage()
    text = stage.draft(people(3), TextMessage(body="Hi {{FirstName}}"))
    foreseen = preflight.start(text, stage.desk)
    assert foreseen.total_cost == 0
    assert {each.reason for each in foreseen.skipped} == {"window_closed"}
    stage.add_template(category="AUTHENTICATION")
    codes = stage.draft("Mobile,FirstName\nSG.123456,A\n+6591000001,B\n", country="SG")
    foreseen = preflight.start(codes, stage.desk)
    assert {each.reason: each.count for each in foreseen.skipped} == {"bsuid_authentication": 1}
    found = launched(stage, codes)
    assert (found.counts.sent, found.differences) == (1, [])


def test_in_a_world_that_moves_each_difference_is_named() -> None:
    stage = Stage()
    campaign = stage.draft(people(50) + "12,Nobody\n")
    assert preflight.start(campaign, stage.desk).eligible == 50
    opt_out(stage, "+6591000003")
    stage.meta.answer = lambda message: refusal(131026) if str(message.to).endswith("7") else None
    found = launched(stage, campaign)
    assert found.differences is not None
    assert [(each.reason, each.predicted, each.actual) for each in found.differences] == [
        ("meta_131026", 0, 5),
        ("opted_out", 0, 1),
    ]
    assert "opted out" in found.differences[1].explanation
    assert found.counts.sent == 44


def test_without_a_preflight_of_what_was_launched_nothing_is_compared() -> None:
    stage = Stage()
    campaign = stage.draft(people(3))
    preflight.start(campaign, stage.desk)
    changed = drafts.change(campaign, drafts.Change(name="Other"), stage.desk, enter=lambda _: None)
    assert launched(stage, changed).differences is None


def test_a_prediction_survives_schedule_and_approval() -> None:
    stage = Stage()
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    campaign = stage.draft(people(3))
    preflight.start(campaign, stage.desk)
    at = START + timedelta(hours=1)
    control.launch(campaign, control.LaunchRequest(at=at), "ann", stage.desk)
    planned = control.approve(stage.campaign(campaign.id), "bob", stage.desk)
    opt_out(stage, "+6591000001")
    assert planned.schedule
    stage.clock.at_least(at)
    control.fire(campaign.id, planned.schedule.token, stage.desk)
    stage.pump()
    found = report.report(stage.campaign(campaign.id), None, stage.desk).differences
    assert found is not None
    assert [(each.reason, each.predicted, each.actual) for each in found] == [("opted_out", 0, 1)]


def test_who_must_wait_for_their_hours_is_counted_beforehand() -> None:
    stage = Stage()
    numbers = ["+6591000000", "+6591000001", "+4915112345678"]  # 20:00 in Singapore, 13:00 in Berlin
    csv = "Mobile,FirstName\n" + "".join(f"{each},A\n" for each in numbers)
    hours = Delivery(start=time(9), end=time(18))
    campaign = drafts.change(stage.draft(csv), drafts.Change(delivery=hours), stage.desk, enter=lambda _: None)
    found = preflight.start(campaign, stage.desk)
    assert (found.eligible, found.waiting_for_hours) == (3, 2)
    assert found.last_hours_begin == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert any("2 recipients are outside their hours" in each for each in found.warnings)


def test_who_is_over_the_accounts_limit_today_is_counted_beforehand() -> None:
    stage = Stage()
    channels.change(stage.desk.table, "main", tier="TIER_250")
    found = preflight.start(stage.draft(people(600)), stage.desk)
    assert (found.eligible, found.over_tier, found.windows) == (600, 350, 3)


def test_what_a_run_costs_is_told_while_it_goes_and_after_by_country_and_category() -> None:
    stage = Stage()
    campaign = stage.launch(people(600) + "+4915112345678,Eva\n")
    stage.pump(until=lambda: len(stage.meta.accepted) > 400)
    running = report.progress(stage.campaign(campaign.id), stage.desk).cost
    stage.pump()
    done = report.report(stage.campaign(campaign.id), None, stage.desk)
    card = prices.card_at(stage.desk.table, START)
    each = {line.country: (line.category, line.messages, line.amount) for line in done.cost.lines}
    sg, de = (card.cost(country, "marketing", "regular", 1) for country in ("SG", "DE"))
    assert sg
    assert de
    assert each == {"SG": ("marketing", 600, 600 * sg), "DE": ("marketing", 1, de)}
    assert done.cost.amount == 600 * sg + de
    assert Decimal(0) < running.amount < done.cost.amount
    assert (done.cost.estimated, done.cost.rates_valid_from) == (card.estimated, card.valid_from.isoformat())


@pytest.mark.parametrize(("column", "expected"), [("", "spring-26"), ("own-1", "own-1")])
def test_a_recipient_without_a_reference_carries_the_campaigns(column: str, expected: str) -> None:
    stage = Stage()
    campaign = stage.draft(f"Mobile,FirstName,ClientMessageId\n+6591000000,A,{column}\n")
    campaign = drafts.change(campaign, drafts.Change(client_message_id="spring-26"), stage.desk, enter=lambda _: None)
    control.launch(campaign, NOW, "ann", stage.desk)
    stage.pump()
    run = report.run_of(stage.campaign(campaign.id), None, stage.desk)
    [row], _ = listing.rows(run, state=(), reason="", to="", limit=10, token=None, desk=stage.desk)
    assert row.client_message_id == expected


def test_a_template_that_goes_while_a_long_list_is_looked_through_is_told_to_who_asks() -> None:
    stage = Stage()
    campaign = stage.draft(people(5001))
    assert not preflight.start(campaign, stage.desk).ready
    stage.table.delete(keys.template("200", "spring_offer", "en"))
    stage.pump()
    with pytest.raises(Invalid, match="spring_offer"):
        preflight.get(campaign, stage.desk)
