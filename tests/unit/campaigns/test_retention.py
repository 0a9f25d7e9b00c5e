"""Recipients of a campaign go by themselves where the deployment says so."""

from datetime import timedelta

import pytest

from chalicelib.campaigns import trial
from chalicelib.cloud import retention
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.retention import Retention
from tests.support.campaigns import START, Stage, people


def _ends(kept: Retention) -> set[int | None]:
    stage = Stage()
    stage.table.put(retention.item_of(kept))
    campaign = stage.launch(people(300) + "not a number,Ann\n")
    stage.pump()
    rows = stage.rows(stage.campaign(campaign.id).run_id)
    assert len(rows) == 301
    return {row.get("expires_at") for row in rows.values()}


def test_each_row_has_the_end_that_is_set_and_keeps_it_through_its_sends_and_statuses() -> None:
    assert _ends(Retention(recipients=400)) == {epoch(START + timedelta(days=400))}


def test_rows_are_kept_where_nothing_is_set() -> None:
    assert _ends(Retention(messages=90)) == {None}


@pytest.mark.parametrize("kept", [Retention(), Retention(recipients=400)])
def test_the_rows_of_a_test_message_go_when_its_statuses_have_come(kept: Retention) -> None:
    stage = Stage()
    stage.table.put(retention.item_of(kept))
    campaign = stage.draft(people(3))
    trial.send_test(campaign, trial.TestRequest(to=["9199 9999", "9199 9998"]), stage.desk, stage.gate)
    stage.pump()
    rows = [item for item in stage.ledger.items() if item["PK"].startswith("RUN#TEST")]
    assert {(row["state"], row["expires_at"]) for row in rows if "to" in row} == {
        ("read", epoch(START + timedelta(days=30)))
    }
