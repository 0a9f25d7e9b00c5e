"""What those who look on are told: progress within a second, every change of state, who replied, and when what happened."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from pydantic import ValidationError

from chalicelib.campaigns import exporting, handlers, listing, preflight, prices, replies, report, statuses, store
from chalicelib.campaigns.model import State
from chalicelib.campaigns.prices import Market, OwnPriceCard
from chalicelib.campaigns.rows import RowState, StatusUpdate
from chalicelib.cloud.batches import Record
from chalicelib.conversations.model import Conversation
from tests.support.campaigns import START, Stage, people, refusal


def events(stage: Stage) -> list[dict[str, object]]:
    return sorted((i for i in stage.table.items() if i["SK"].startswith("EVENT")), key=lambda i: str(i["at"]))


def conversation(phone: str, channel_id: str = "main") -> Conversation:
    return Conversation(id=f"{channel_id}.1", channel_id=channel_id, contact_id="1", created_at=START, phone=phone)


def funnel(stage: Stage, campaign_id: str) -> dict[str, int]:
    found = report.report(stage.campaign(campaign_id), None, stage.desk)
    return {step.name: step.count for step in found.funnel}


def test_counters_and_an_event_follow_the_sending_within_two_seconds() -> None:
    stage = Stage(mps=5, threads=1)
    campaign = stage.launch(people(60))
    seen: list[tuple[datetime, int]] = []
    add = store.add_counts

    def watch(ledger, run_id, changes):  # type: ignore[no-untyped-def]
        seen.append((stage.clock(), sum(n for name, n in changes.items() if name == "accepted")))
        return add(ledger, run_id, changes)

    store.add_counts = watch  # type: ignore[assignment]
    try:
        stage.meta.statuses = ()
        stage.pump()
    finally:
        store.add_counts = add
    sending = [at for at, accepted in seen if accepted]
    assert max(b - a for a, b in pairwise(sending)) <= timedelta(seconds=2)
    told = [e for e in events(stage) if e["type"] == "campaign.progress"]
    assert len(told) >= 10
    assert {e["subject"] for e in told} == {campaign.id}


def test_an_answer_counts_once_for_the_last_campaign_on_that_number() -> None:
    stage = Stage()
    first = stage.launch(people(3))
    stage.pump()
    stage.clock.advance(60)
    second = stage.launch(people(3))
    stage.pump()
    at = stage.clock()
    for _ in range(2):
        replies.note(stage.table, stage.ledger, conversation("+6591000001"), at)
    replies.note(stage.table, stage.ledger, conversation("+6591000002", "other"), at)
    replies.note(stage.table, stage.ledger, conversation("+6598765432"), at)
    assert funnel(stage, second.id)["replied"] == 1
    assert funnel(stage, first.id)["replied"] == 0
    run = store.get_run(stage.ledger, stage.campaign(second.id).run_id)
    answered = [row for row in stage.rows(run.id).values() if row.get("replied_at")]
    assert [row["to"] for row in answered] == ["+6591000001"]
    assert sum(m.replied for m in report.timeline(run, "minute", stage.desk)) == 1


def test_what_a_customer_writes_days_later_is_no_answer() -> None:
    stage = Stage()
    campaign = stage.launch(people(1))
    stage.pump()
    late = stage.clock() + replies.REPLIES_WITHIN + timedelta(minutes=1)
    replies.note(stage.table, stage.ledger, conversation("+6591000000"), late)
    assert funnel(stage, campaign.id)["replied"] == 0


def test_an_answer_before_the_recount_is_in_the_sum_once() -> None:
    stage = Stage(threads=1)
    campaign = stage.launch(people(100))
    stage.pump(until=lambda: len(stage.meta.accepted) > 60)
    replies.note(stage.table, stage.ledger, conversation("+6591000000"), stage.clock())
    stage.pump()
    assert stage.campaign(campaign.id).state is State.COMPLETED
    replies.note(stage.table, stage.ledger, conversation("+6591000001"), stage.clock())
    assert funnel(stage, campaign.id)["replied"] == 2


@pytest.mark.parametrize("per", ["minute", "hour", "day"])
def test_the_timeline_sums_to_the_funnel_at_any_fineness(per: str) -> None:
    stage = Stage(mps=5, threads=1)
    stage.meta.answer = lambda m: refusal(131026) if m.to == "+6591000007" else None
    campaign = stage.launch(people(300))
    stage.pump()
    run = store.get_run(stage.ledger, stage.campaign(campaign.id).run_id)
    moments = report.timeline(run, per, stage.desk)  # type: ignore[arg-type]
    sums = {
        name: sum(getattr(m, name) for m in moments) for name in ("accepted", "sent", "delivered", "read", "failed")
    }
    assert sums == {"accepted": 299, "sent": 299, "delivered": 299, "read": 299, "failed": 1}
    assert [m.at for m in moments] == sorted(m.at for m in moments)
    assert (len(moments) > 1) is (per == "minute")


def test_statuses_that_come_hours_after_the_end_are_in_report_and_timeline_at_their_own_time() -> None:
    stage = Stage()
    stage.meta.statuses = (RowState.SENT,)
    campaign = stage.launch(people(20))
    stage.pump()
    assert stage.campaign(campaign.id).state is State.COMPLETED
    later = START + timedelta(hours=5)
    stage.clock.at_least(later)
    for state in (RowState.READ, RowState.DELIVERED):  # and in the wrong order
        heard = [
            StatusUpdate(str(m.callback_data), f"wamid.{n}", state, later) for n, m in enumerate(stage.meta.accepted)
        ]
        statuses.apply(heard[:15], stage.desk)
        statuses.apply(heard[:15], stage.desk)
    assert (funnel(stage, campaign.id)["sent"], funnel(stage, campaign.id)["read"]) == (20, 15)
    run = report.run_of(stage.campaign(campaign.id), None, stage.desk)
    moments = {moment.at: (moment.sent, moment.read) for moment in report.timeline(run, "hour", stage.desk)}
    assert moments == {START: (20, 0), later: (0, 15)}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (listing.Slice(), 12),
        (listing.Slice((RowState.FAILED, RowState.SKIPPED)), 3),
        (listing.Slice(reason="meta_131026"), 2),
        (listing.Slice((RowState.READ,), to="00000"), 8),
        (listing.Slice((RowState.QUEUED,)), 0),
    ],
)
def test_any_slice_of_the_recipients_can_be_exported(wanted: listing.Slice, expected: int) -> None:
    stage = Stage()
    stage.meta.answer = lambda m: refusal(131026) if m.to in {"+6591000001", "+6591000002"} else None
    campaign = stage.launch(people(11) + "12,Nobody\n")
    stage.pump()
    run = report.run_of(stage.campaign(campaign.id), None, stage.desk)
    lines = "".join(listing.export(run, wanted, stage.desk)).splitlines()
    assert len(lines) - 1 == expected


def test_an_export_while_a_run_sends_has_everybody_and_its_slices_add_up() -> None:
    stage = Stage(threads=1)
    campaign = stage.launch(people(600) + "12,Nobody\n")
    for sent in (1, 150, 400):
        stage.pump(until=lambda sent=sent: len(stage.meta.accepted) > sent)  # type: ignore[misc]
        run = report.run_of(stage.campaign(campaign.id), None, stage.desk)
        slices = [listing.Slice(), *(listing.Slice((state,)) for state in RowState)]
        sizes = [len("".join(listing.export(run, each, stage.desk)).splitlines()) - 1 for each in slices]
        assert (sizes[0], sum(sizes[1:])) == (601, 601)


def test_an_export_that_takes_longer_than_a_request_is_begun_and_read_later() -> None:
    stage = Stage()
    campaign = stage.launch(people(30))
    stage.pump()
    campaign = stage.campaign(campaign.id)
    run = report.run_of(campaign, None, stage.desk)
    with pytest.raises(listing.TooManyAtOnce):
        listing.export_link(run.model_copy(update={"audience": listing.AT_ONCE + 1}), listing.Slice(), stage.desk)
    begun = [
        exporting.begin(campaign, run, each, stage.desk)
        for each in (listing.Slice(), listing.Slice((RowState.READ,), to="+6591000001"))
    ]
    assert {exporting.get(campaign, each.id, stage.desk).state for each in begun} == {"running"}
    stage.pump()
    found = [exporting.get(campaign, each.id, stage.desk) for each in begun]
    assert [(each.state, bool(each.url)) for each in found] == [("ready", True)] * 2
    texts = [stage.media.get(f"exports/{campaign.id}/{each.id}.csv").decode() for each in begun]
    assert [len(each.splitlines()) for each in texts] == [31, 2]
    assert texts[0] == "".join(listing.export(run, listing.Slice(), stage.desk))
    with pytest.raises(exporting.ExportUnknown):
        exporting.get(stage.draft(people(1)), begun[0].id, stage.desk)


def test_an_export_that_cannot_be_written_says_so() -> None:
    stage = Stage()
    campaign = stage.launch(people(3))
    stage.pump()
    campaign = stage.campaign(campaign.id)
    begun = exporting.begin(campaign, report.run_of(campaign, None, stage.desk), listing.Slice(), stage.desk)
    stage.media.put_file = None  # type: ignore[method-assign, assignment]
    _, _, body = stage.queues.pop("campaign") or (None, None, "")
    with pytest.raises(TypeError):
        handlers.do(Record(json.loads(body), "receipt", "", handlers.LAST_TRY), stage.desk, lambda: 600.0)
    found = exporting.get(campaign, begun.id, stage.desk)
    assert (found.state, found.problem, found.url) == (
        "failed", "It failed several times for a reason of our own. Try again.", None,
    )  # fmt: skip


def test_rows_carry_what_whatsapp_charges_by() -> None:
    stage = Stage()
    campaign = stage.launch(people(1))
    stage.pump()
    run = report.run_of(stage.campaign(campaign.id), None, stage.desk)
    found, _ = listing.rows(run, state=None, reason="", to="", limit=10, token=None, desk=stage.desk)
    assert [(row.price_category, row.price_type) for row in found] == [("marketing", "regular")]


def test_costs_say_that_they_are_estimated_until_the_operator_has_a_card_of_their_own() -> None:
    stage = Stage()
    campaign = stage.draft(people(10))
    assert preflight.start(campaign, stage.desk).estimated
    rates = {"marketing": Decimal("0.05"), "utility": Decimal("0.01"), "authentication": Decimal("0.02")}
    markets = [Market(countries=["SG"], **rates), Market(countries=["*"], **rates)]
    prices.put(stage.table, OwnPriceCard(valid_from=date(2027, 1, 1), markets=markets))
    assert preflight.start(campaign, stage.desk).estimated
    prices.put(stage.table, OwnPriceCard(valid_from=date(2026, 10, 1), markets=markets))
    found = preflight.start(campaign, stage.desk)
    assert (found.estimated, found.total_cost, found.rates_valid_from) == (False, Decimal("0.50"), "2026-10-01")
    prices.remove(stage.table, date(2026, 10, 1))
    assert preflight.start(campaign, stage.desk).estimated


def test_a_card_without_a_market_for_the_rest_is_refused() -> None:
    with pytest.raises(ValidationError, match="no market for"):
        OwnPriceCard(
            valid_from=date(2026, 1, 1), markets=[Market(countries=["SG"], marketing=1, utility=1, authentication=1)]
        )
