"""A campaign from draft to its last recount, in process."""

from chalicelib.campaigns import report, store
from chalicelib.campaigns.model import State
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
    assert sum(count for name, count in totals.items() if not name.startswith("reason:")) == 6
