"""A campaign from draft to its last recount, in process."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.campaigns import jobs, report, settle, statuses, store, warming, waves
from chalicelib.campaigns.model import State
from chalicelib.campaigns.rows import RowState
from tests.support.campaigns import Stage, agree, people


def test_a_campaign_reaches_everybody_once_and_completes() -> None:
    stage = Stage()
    campaign = stage.launch(people(200))
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    assert len(stage.meta.accepted) == 200
    agree(stage, done)
    assert stage.states(done.run_id) == {"read": 200}


def test_the_final_report_adds_up() -> None:
    stage = Stage()
    campaign = stage.launch("Mobile,FirstName\n+6591000000,A\n91000000,B\n12,C\n+6591000001,\n,D\n\n+14155550100,E\n")
    stage.pump()
    done = stage.campaign(campaign.id)
    found = report.report(done, None, stage.desk)
    assert found.final
    assert found.counts.audience == 6
    assert (found.counts.sent, found.counts.skipped) == (2, 4)
    assert {r.reason: r.count for r in found.skipped} == {
        "duplicate": 1, "invalid_number": 1, "no_number": 1, "us_marketing": 1,
    }  # fmt: skip
    assert {step.name: step.count for step in found.funnel}["read"] == 2
    totals = store.get_run(stage.desk.ledger, done.run_id).totals
    assert sum(count for name, count in totals.items() if name in set(RowState)) == 6


def test_statuses_that_are_counted_just_after_the_last_recount_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, held = Stage(), list[tuple[Any, ...]]()
    tell, complete = statuses._told, settle._complete

    def slow(*told: Any) -> dict[str, int]:
        """The rows have moved; the worker takes its time to count them."""
        held.append(told)
        return {}

    def ended(*about: Any) -> None:
        complete(*about)
        while held:
            tell(*held.pop())

    monkeypatch.setattr(statuses, "_told", slow)
    monkeypatch.setattr(settle, "_complete", ended)
    campaign = stage.launch(people(200))
    stage.pump()
    found = report.report(stage.campaign(campaign.id), None, stage.desk)
    assert {step.name: step.count for step in found.funnel} == {
        "audience": 200, "eligible": 200, "accepted": 200, "sent": 200, "delivered": 200, "read": 200, "replied": 0,
    }  # fmt: skip


def test_a_recount_of_a_campaign_that_was_deleted_does_nothing() -> None:
    stage = Stage()
    settle.settle(jobs.Settle(campaign_id="gone", run_id="gone", number=3), stage.desk)
    assert stage.queues.depth("campaign") == 0


@pytest.mark.parametrize(
    ("pieces", "ahead", "count", "expected"),
    [
        ([(0, 0, 50), (1, 0, 50)], 4, 288, [0, 0]),  # the first wave: at once
        ([(6, 0, 50), (7, 0, 50), (8, 0, 44)], 4, 144, [1, 1, 2]),  # the next ones' slots begin in two seconds
        ([(0, 0, 1)], 900, 1, [898]),
    ],
)
def test_a_chunk_comes_a_second_before_its_slots_since_waiting_workers_are_paid_for(
    pieces: list[tuple[int, int, int]], ahead: int, count: int, expected: list[int]
) -> None:
    assert waves.delays(pieces, timedelta(seconds=ahead), count, 72) == expected


@pytest.mark.parametrize(("speed", "workers"), [(0.1, 2), (16, 2), (64, 2), (800, 7), (80_000, 20)])
def test_as_many_workers_are_called_as_the_speed_needs(speed: float, workers: int) -> None:
    assert warming.workers_for(speed) == workers


def test_the_send_workers_are_ready_before_the_first_wave() -> None:
    stage = Stage()
    campaign = stage.launch(people(200))
    stage.pump(until=lambda: stage.handled["wave"] > 0)
    assert stage.campaign(campaign.id).state is State.SENDING
    assert (stage.handled["warm"], stage.handled["chunk"]) == (2, 0)


def test_a_worker_that_is_called_for_a_campaign_deleted_since_does_nothing() -> None:
    stage = Stage()
    warming.warm(jobs.Warm(campaign_id="gone", run_id="gone"), stage.desk, stage.clock.advance)
    assert stage.meta.accepted == []
