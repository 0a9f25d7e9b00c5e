"""Two people at one campaign, each with what they last saw of it; and one whose request stops half-way."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.campaigns import control, drafts, store
from chalicelib.campaigns.control import LaunchRequest
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import AccountRules, Campaign, State
from chalicelib.problems import Conflict, NotFound
from tests.support.campaigns import START, Crash, Stage, people

TOMORROW = LaunchRequest(at=START + timedelta(days=1))
Act = Callable[[Campaign, Desk], object]


def launch(campaign: Campaign, desk: Desk) -> object:
    return control.launch(campaign, LaunchRequest(), "ann", desk)


def schedule(campaign: Campaign, desk: Desk) -> object:
    return control.launch(campaign, TOMORROW, "ann", desk)


def rename(campaign: Campaign, desk: Desk) -> object:
    return drafts.change(campaign, drafts.Change(name="Other"), desk, enter=lambda _: None)


def approve(campaign: Campaign, desk: Desk) -> object:
    return control.approve(campaign, "bob", desk)


def reject(campaign: Campaign, desk: Desk) -> object:
    return control.reject(campaign, "no", desk)


def drafted(stage: Stage) -> Campaign:
    return stage.draft(people(60))


def waiting(stage: Stage) -> Campaign:
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    return control.launch(drafted(stage), LaunchRequest(), "ann", stage.desk)


def scheduled(stage: Stage) -> Campaign:
    return control.launch(drafted(stage), TOMORROW, "ann", stage.desk)


def sending(stage: Stage) -> Campaign:
    campaign = control.launch(drafted(stage), LaunchRequest(), "ann", stage.desk)
    stage.pump(until=lambda: stage.campaign(campaign.id).state is State.SENDING)
    return stage.campaign(campaign.id)


def paused(stage: Stage) -> Campaign:
    return control.pause(sending(stage), stage.desk)


@pytest.mark.parametrize(
    ("before", "first", "second", "state", "sent"),
    [
        (drafted, launch, launch, State.COMPLETED, 60),
        (drafted, launch, rename, State.COMPLETED, 60),
        (drafted, rename, launch, State.DRAFT, 0),
        (drafted, launch, schedule, State.COMPLETED, 60),
        (drafted, drafts.delete, launch, None, 0),
        (waiting, approve, approve, State.COMPLETED, 60),
        (waiting, approve, reject, State.COMPLETED, 60),
        (waiting, reject, approve, State.DRAFT, 0),
        (waiting, control.cancel, approve, State.CANCELLED, 0),
        (scheduled, control.cancel, launch, State.CANCELLED, 0),
        (scheduled, launch, control.cancel, State.COMPLETED, 60),
        (scheduled, rename, control.cancel, State.DRAFT, 0),
        (sending, control.pause, control.pause, State.PAUSED, 0),
        (sending, control.cancel, control.pause, State.CANCELLED, 0),
        (sending, control.pause, control.cancel, State.PAUSED, 0),
        (paused, control.resume, control.resume, State.COMPLETED, 60),
        (paused, control.cancel, control.resume, State.CANCELLED, 0),
        (paused, control.resume, control.cancel, State.COMPLETED, 60),
    ],
)
def test_of_two_who_act_at_once_one_is_refused_and_nothing_is_half_done(
    before: Callable[[Stage], Campaign], first: Act, second: Act, state: State | None, sent: int
) -> None:
    stage = Stage()
    seen = before(stage)
    first(seen, stage.desk)
    with pytest.raises((Conflict, NotFound)):
        second(seen, stage.desk)
    stage.pump()
    assert (len(stage.meta.accepted), stage.meta.twice()) == (sent, [])
    if state is not None:
        assert stage.campaign(seen.id).state is state


@pytest.mark.parametrize("act", [schedule, rename, control.cancel, launch], ids=lambda act: act.__name__)
def test_a_request_about_a_scheduled_campaign_that_stops_half_way_never_leaves_it_waiting_for_a_schedule_that_is_gone(
    act: Act,
) -> None:
    rehearsed = Stage()
    campaign = scheduled(rehearsed)
    rehearsed.power.calls.clear()
    act(campaign, rehearsed.desk)
    for site, calls in sorted(rehearsed.power.calls.items()):
        for number in range(calls):
            for after in (False, True):
                stage = Stage()
                campaign = scheduled(stage)
                stage.power.calls.clear()
                stage.power.strike, stage.power.after = (site, number), after
                with pytest.raises(Crash):
                    act(campaign, stage.desk)
                stage.restart()
                found = stage.campaign(campaign.id)
                if found.state is State.SCHEDULED:
                    assert found.schedule
                    assert drafts.schedule_name(found.schedule.token) in stage.schedules.waiting, (site, number, after)
