"""What WhatsApp took: kept by the second and not row by row, and nothing is lost or counted twice for that."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.campaigns import listing, report, statuses, store
from chalicelib.campaigns.model import BLOCK, CHUNK, State
from chalicelib.campaigns.receipts import Receipt, Receipts, kept
from chalicelib.campaigns.rows import RowState, StatusUpdate, Tally
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import TransactionContended
from chalicelib.whatsapp import outcome as whatsapp
from chalicelib.whatsapp.messages import Outbound
from tests.support.campaigns import START, Stage, agree, people
from tests.support.memory import MemoryTable


def live(stage: Stage, run_id: str) -> dict[str, int]:
    """The live counters of states, those at nought left out."""
    found = store.counts(stage.desk.ledger, run_id)
    return {name: n for name, n in found.items() if n and name in set(RowState)}


def writes_of_rows(stage: Stage) -> int:
    return sum(n for site, n in stage.power.calls.items() if site.startswith("ledger.update at campaigns/ledger.py"))


def test_an_accepted_message_costs_the_write_of_its_claim_and_no_other() -> None:
    stage = Stage(threads=1)  # several would each move the clock while they wait: to the statuses, on a busy machine
    stage.meta.status_delay = 5
    campaign = stage.launch(people(200))
    stage.pump(until=lambda: len(stage.meta.accepted) == 200)
    run_id = stage.campaign(campaign.id).run_id
    assert (writes_of_rows(stage), stage.states(run_id)) == (200, {"sending": 200})
    assert live(stage, run_id) == {"accepted": 200}
    stage.pump()
    assert (writes_of_rows(stage), stage.states(run_id)) == (200, {"read": 200})


def test_who_nobody_speaks_of_again_stands_at_accepted_with_id_and_time() -> None:
    stage = Stage()
    stage.meta.statuses = ()
    campaign = stage.launch(people(60))
    stage.pump()
    done = stage.campaign(campaign.id)
    agree(stage, done)
    assert live(stage, done.run_id) == {"accepted": 60}
    rows = stage.rows(done.run_id).values()
    assert {row["state"] for row in rows} == {"accepted"}
    assert len({row["wamid"] for row in rows}) == 60
    assert all(row["claimed_at"] <= row["accepted_at"] for row in rows)


def test_a_row_that_went_straight_to_its_first_status_is_listed_with_the_time_it_was_handed_over() -> None:
    stage = Stage()
    campaign = stage.launch(people(1))
    stage.pump()
    run = store.get_run(stage.desk.ledger, stage.campaign(campaign.id).run_id)
    [row], _ = listing.rows(run, state=(), reason="", to="", limit=5, token=None, desk=stage.desk)
    assert stamp(START) <= row.accepted_at <= row.sent_at < row.delivered_at < row.read_at


def test_a_status_that_is_faster_than_a_lost_answer_counts_its_message_once() -> None:
    stage = Stage()

    def status_first(message: Outbound) -> whatsapp.Outcome:
        assert message.callback_data
        sent = StatusUpdate(message.callback_data, f"wamid.{message.to}", RowState.SENT, stage.clock())
        statuses.apply([sent], stage.desk)
        return whatsapp.Ambiguous("the connection was cut")

    stage.meta.answer = status_first
    campaign = stage.launch(people(20))
    stage.pump()
    done = stage.campaign(campaign.id)
    assert (done.state, stage.states(done.run_id), live(stage, done.run_id)) == (
        State.COMPLETED, {"sent": 20}, {"sent": 20},
    )  # fmt: skip


def test_a_worker_that_dies_with_its_receipts_leaves_rows_that_a_status_settles() -> None:
    stage = Stage()
    stage.meta.status_delay = 100
    campaign = stage.launch(people(40))
    stage.pump(until=lambda: stage.queues.depth("bulk") > 0)
    stage.power.chance = lambda site: site.startswith("ledger.put at campaigns/receipts.py")
    stage.pump(until=lambda: stage.power.struck == 1)
    stage.power.chance = lambda site: False
    taken = len(stage.meta.accepted)
    assert taken > 0
    assert stage.states(campaign.run_id) == Counter(sending=taken, queued=40 - taken)
    stage.pump()
    done = stage.campaign(campaign.id)
    agree(stage, done)
    assert (stage.states(done.run_id), len(stage.meta.accepted)) == ({"read": 40}, 40)


def test_receipts_that_could_not_be_written_are_written_the_next_time() -> None:
    ledger, tally = Refusing(), Tally()
    receipts = Receipts(ledger, "r1", 0, tally, lambda: "1", lambda: START)  # type: ignore[arg-type]
    receipts.add(7, Receipt("wamid.7", START))
    with pytest.raises(TransactionContended):
        receipts.keep()
    ledger.refuses = False
    receipts.add(8, Receipt("wamid.8", START, held=True))
    receipts.keep()
    receipts.keep()
    found = kept(ledger, "r1", {0})  # type: ignore[arg-type]
    assert found == {7: Receipt("wamid.7", START), 8: Receipt("wamid.8", START, held=True)}
    assert tally.nonzero() == {"accepted": 2, "queued": -2}


class Refusing(MemoryTable):
    """A table that is too busy, for a while."""

    refuses = True

    def put(self, item: Any, *, condition: Any = None) -> None:
        if self.refuses:
            raise TransactionContended("busy")
        super().put(item, condition=condition)


def test_a_run_that_was_begun_with_small_chunks_goes_on_with_them() -> None:
    stage = Stage()
    campaign = stage.launch(people(CHUNK + 30))
    key = keys.run(campaign.run_id)
    run = stage.ledger.get(key) or {}
    del run["chunk"]  # as it was stored before runs kept it
    stage.ledger.put(run)
    stage.pump()
    done = stage.campaign(campaign.id)
    agree(stage, done)
    named = [name for name in stage.media.content if name.startswith(f"chunks/{campaign.id}/{campaign.run_id}/0")]
    assert len(named) == -(-(CHUNK + 30) // BLOCK)
    assert report.report(done, None, stage.desk).counts.sent == CHUNK + 30
    assert stage.clock() - START < timedelta(minutes=5)
