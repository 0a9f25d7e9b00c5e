"""Use cases of a campaign's life: launch, schedule, approve, pause, resume, cancel, retry.

What a crash must not leave standing is asked for twice: a job goes out with a delay before the state changes, and at once
after it. The first finds the old state and does nothing, unless the second never went.
"""

import math
from datetime import datetime, timedelta

from pydantic import Field

from chalicelib.campaigns import audience, breaker, chunks, drafts, foreseen, jobs, plan, settle, store, waves, wording
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import (
    CHUNK,
    EDITABLE,
    ENDED,
    Campaign,
    RecipientsState,
    Run,
    RunKind,
    Schedule,
    State,
)
from chalicelib.campaigns.plan import Plan
from chalicelib.campaigns.rows import to_retry
from chalicelib.campaigns.trouble import CampaignChanged, NothingToRetry, NotReady, OwnApproval, TooOld, WrongState
from chalicelib.campaigns.when import When, moment
from chalicelib.channels import store as channels
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.queues import QueueMessage
from chalicelib.problems import Conflict, FieldError, Invalid
from chalicelib.shape import Shape

LATE_AFTER = timedelta(minutes=15)
"""A schedule that fires later than this asks a person instead of sending: nobody wants an offer at two in the morning."""
_SAFETY_SECONDS = 10
_RELEASED_AGAIN_SECONDS = 12


class LaunchRequest(When):
    """When to send."""


class RetryRequest(Shape):
    """Whom to try again besides those whose failure may pass."""

    not_confirmed: bool = Field(
        default=False, description="Also those whose message may have arrived: they may get it twice."
    )


def launch(campaign: Campaign, request: LaunchRequest, user_id: str, desk: Desk) -> Campaign:
    """Sends now, or at a time. Raises NotReady with everything that is missing."""
    if campaign.state is State.PREPARING:
        _queue_prepare(campaign, desk)  # launched already: asking again repairs a launch that stopped half-way
        return campaign
    if campaign.state not in EDITABLE:
        raise WrongState(campaign.id, campaign.state, "launched")
    found = check(campaign, desk)
    campaign = campaign.model_copy(update={"predicted": foreseen.skips(campaign, desk.media)})
    at = moment(request, desk.clock())
    if store.rules_of(desk.table, campaign.subaccount_id).approval:
        return _ask(campaign, at, request.time_zone, user_id, desk)
    return _go(campaign, found, at, request.time_zone, user_id, desk)


def approve(campaign: Campaign, user_id: str, desk: Desk) -> Campaign:
    """A second person says yes: it is sent, or scheduled for the time that was asked for. A yes that comes too late for that
    time asks anew when it is to go out."""
    if campaign.state is not State.NEEDS_APPROVAL:
        raise WrongState(campaign.id, campaign.state, "approved")
    if campaign.launched_by == user_id:
        raise OwnApproval(campaign.id)
    found = check(campaign, desk)
    approved = campaign.model_copy(update={"approved_by": user_id})
    wish = campaign.wish
    if wish and desk.clock() > wish.at + LATE_AFTER:
        return _asks(
            approved, State.TOO_LATE, f"It was to start at {wish.at.isoformat()}, before it was approved.", desk
        )
    at = wish.at if wish and wish.at > desk.clock() else None
    return _go(approved, found, at, wish.time_zone if wish else "UTC", campaign.launched_by, desk)


def reject(campaign: Campaign, reason: str, desk: Desk) -> Campaign:
    """A second person says no: it is a draft again, with the reason."""
    if campaign.state is not State.NEEDS_APPROVAL:
        raise WrongState(campaign.id, campaign.state, "rejected")
    news = {"state": State.DRAFT, "state_reason": reason, "updated_at": desk.clock()}
    return store.save(desk.table, campaign, campaign.model_copy(update=news))


def check(campaign: Campaign, desk: Desk) -> Plan:
    """Is everything there that a run needs? Raises NotReady."""
    errors = []
    recipients = campaign.recipients
    if recipients is None or recipients.state is not RecipientsState.READY:
        errors.append(FieldError("recipients", "The recipients have not been read."))
    elif recipients.summary is None or recipients.summary.valid == 0:
        errors.append(FieldError("recipients", "Not one recipient can be sent to."))
    elif not chunks.are_kept(desk.media, recipients.reading, recipients.parts):
        errors.append(FieldError("recipients", "The list was deleted when its time was over. Upload it again."))
    if campaign.message is None:
        errors.append(FieldError("message", "The campaign has no message."))
    else:
        errors += [
            FieldError(f"message.{e.field}", e.message) for e in wording.problems(campaign, campaign.message, desk)
        ]
    channel = channels.get(desk.table, campaign.channel_id)
    if channel.stopped:
        errors.append(FieldError("channelId", f"Nothing can leave this number: {channel.stopped}"))
    if errors:
        raise NotReady(errors)
    if lost := wording.unreachable(campaign, campaign.message, desk):
        raise NotReady([FieldError(f"message.{e.field}", e.message) for e in lost])
    return wording.plan_of(campaign, desk)


def start(campaign: Campaign, user_id: str, desk: Desk) -> Campaign:
    """Begins the first run, if everything is still there. Raises NotReady."""
    return _first_run(campaign, check(campaign, desk), user_id, desk)


def _first_run(campaign: Campaign, found: Plan, user_id: str, desk: Desk) -> Campaign:
    run = Run(
        id=desk.new_id(),
        campaign_id=campaign.id,
        number=len(campaign.runs) + 1,
        chunk=CHUNK,
        created_at=desk.clock(),
        started_by=user_id,
        predicted=campaign.predicted,
    )
    return _begin(campaign, run, found.with_media(desk.new_id), user_id, desk)


def retry(campaign: Campaign, request: RetryRequest, user_id: str, desk: Desk) -> Campaign:
    """Begins a new run with those of the last one who failed for a reason that may pass."""
    if campaign.state not in {State.COMPLETED, State.CANCELLED}:
        raise WrongState(campaign.id, campaign.state, "retried")
    last = store.get_run(desk.ledger, campaign.run_id)
    if last.ended_at is None:
        raise Conflict(
            "The campaign's last messages are still being settled. Try again in a minute.", code="not_settled"
        )
    recipients = campaign.recipients
    broke_off = recipients is not None and last.prepared_parts < recipients.parts
    if not broke_off and not to_retry(last.totals, not_confirmed=request.not_confirmed):
        raise NothingToRetry(campaign.id)
    if recipients is None or not chunks.are_kept(desk.media, recipients.reading, recipients.parts):
        raise TooOld(campaign.id)
    run = Run(
        id=desk.new_id(),
        campaign_id=campaign.id,
        number=last.number + 1,
        chunk=CHUNK,
        kind=RunKind.RETRY,
        of_run=last.id,
        of_part=last.prepared_parts if broke_off else None,
        came_from=campaign.state,
        with_not_confirmed=request.not_confirmed,
        created_at=desk.clock(),
        started_by=user_id,
    )
    try:
        found = plan.get(desk.media, campaign.id, last.id)
    except ObjectMissing as missing:
        raise TooOld(campaign.id) from missing
    return _begin(campaign, run, found, user_id, desk)


def fire(campaign_id: str, token: str, desk: Desk) -> State:
    """The schedule's time has come. Answers the state it led to; a schedule that was replaced or repeated does nothing."""
    campaign = store.get(desk.table, campaign_id)
    if campaign.schedule is None or campaign.schedule.token != token:
        return campaign.state
    if campaign.state is State.PREPARING:
        _queue_prepare(campaign, desk)
    if campaign.state is not State.SCHEDULED:
        return campaign.state
    if desk.clock() > campaign.schedule.at + LATE_AFTER:
        why = f"It should have started at {campaign.schedule.at.isoformat()}."
        return _asks(campaign, State.TOO_LATE, why, desk).state
    try:
        return start(campaign, campaign.launched_by, desk).state
    except Invalid as wrong:
        return _asks(campaign, State.DRAFT, wrong.message, desk).state


def fail(job: jobs.Prepare, reason: str, desk: Desk) -> None:
    """The run could not be prepared, so nothing of it was sent.

    After a first run a person mends what is wrong and launches again, or cancels. After a retry that would send to everybody
    once more: so the campaign stands where it stood before it, and can be retried again.
    """
    run = store.get_run(desk.ledger, job.run_id)
    if run.kind is RunKind.RETRY:
        store.change(desk.table, job.campaign_id, lambda campaign: _without(campaign, run, reason, desk))
        return
    store.move(desk.table, job.campaign_id, State.FAILED, [State.PREPARING], job.run_id, reason)
    campaign = store.get(desk.table, job.campaign_id)
    if campaign.run_id == run.id and campaign.state in {State.FAILED, State.CANCELLED}:
        settle.close(campaign, run, desk)


def _without(campaign: Campaign, run: Run, reason: str, desk: Desk) -> Campaign | None:
    """The campaign as it was before this retry; a cancelled one stays cancelled."""
    if campaign.run_id != run.id or campaign.state not in {State.PREPARING, State.CANCELLED}:
        return None
    news = {
        "state": run.came_from if campaign.state is State.PREPARING else State.CANCELLED,
        "state_reason": f"The retry could not be prepared: {reason}",
        "run_id": run.of_run,
        "runs": campaign.runs[:-1],
        "updated_at": desk.clock(),
    }
    return campaign.model_copy(update=news)


def pause(campaign: Campaign, desk: Desk) -> Campaign:
    """Stops within seconds; nothing is lost."""
    _moved(campaign, State.PAUSED, {State.SENDING, State.PREPARING}, "paused", desk)
    store.forget_sending(desk.table, campaign.channel_id, campaign.id)
    return store.get(desk.table, campaign.id)


def resume(campaign: Campaign, desk: Desk) -> Campaign:
    """Goes on where it stopped."""
    run = store.get_run(desk.ledger, campaign.run_id) if campaign.run_id else None
    if campaign.state is not State.PAUSED or run is None:
        raise WrongState(campaign.id, campaign.state, "resumed")
    if run.prepared_at is None:
        _queue_prepare(campaign, desk, delay_seconds=_SAFETY_SECONDS)
        _moved(campaign, State.PREPARING, {State.PAUSED}, "resumed", desk)
        _queue_prepare(campaign, desk)
        return store.get(desk.table, campaign.id)
    try:
        chunks.get_sizes(desk.media, campaign.id, run.id, 0)
    except ObjectMissing as missing:
        raise TooOld(campaign.id) from missing
    # A new number: a wave or recount from before the pause that is still under way finds its own number gone.
    run = _renumbered(run, desk)
    going_on = _next_job(campaign, run)
    desk.queues.send("campaign", jobs.body_of(going_on), delay_seconds=_SAFETY_SECONDS)
    store.note_sending(desk.table, campaign)
    store.set_counts(desk.ledger, run.id, breaker.seen(store.counts(desk.ledger, run.id)))
    _moved(campaign, State.SENDING, {State.PAUSED}, "resumed", desk)
    _release_dropped(campaign, run, desk)
    desk.queues.send("campaign", jobs.body_of(going_on))
    return store.get(desk.table, campaign.id)


def cancel(campaign: Campaign, desk: Desk) -> Campaign:
    """Ends it for good: who is not sent to yet will not be. What is on its way is still counted."""
    cancellable = {
        State.NEEDS_APPROVAL,
        State.SCHEDULED,
        State.TOO_LATE,
        State.PREPARING,
        State.SENDING,
        State.PAUSED,
        State.FAILED,
    }
    run = store.get_run(desk.ledger, campaign.run_id) if campaign.run_id else None
    if run and campaign.state in cancellable:
        _settle_or_prepare(campaign, run, desk, _SAFETY_SECONDS)
    _moved(campaign, State.CANCELLED, cancellable, "cancelled", desk)
    drafts.forget_schedule(campaign, desk)
    audience.release(campaign, desk)
    store.forget_sending(desk.table, campaign.channel_id, campaign.id)
    if run:
        _settle_or_prepare(campaign, run, desk, 2)
    return store.get(desk.table, campaign.id)


def _begin(campaign: Campaign, run: Run, found: Plan, user_id: str, desk: Desk) -> Campaign:
    plan.put(desk.media, campaign.id, run.id, found)
    store.put_run(desk.ledger, run)
    begun = campaign.model_copy(
        update={
            "state": State.PREPARING,
            "state_reason": "",
            "run_id": run.id,
            "runs": (*campaign.runs, run.id),
            "launched_by": user_id,
            "updated_at": desk.clock(),
        }
    )
    _queue_prepare(begun, desk, delay_seconds=_SAFETY_SECONDS)
    saved = store.save(desk.table, campaign, begun)
    _queue_prepare(saved, desk)
    return saved


def _go(campaign: Campaign, found: Plan, at: datetime | None, time_zone: str, user_id: str, desk: Desk) -> Campaign:
    if at is None:
        return _first_run(campaign, found, user_id, desk)
    return _schedule(campaign, at, time_zone, user_id, desk)


def _ask(campaign: Campaign, at: datetime | None, time_zone: str, user_id: str, desk: Desk) -> Campaign:
    news = {
        "state": State.NEEDS_APPROVAL,
        "state_reason": "",
        "schedule": None,
        "wish": Schedule(at=at, time_zone=time_zone) if at else None,
        "launched_by": user_id,
        "approved_by": "",
        "updated_at": desk.clock(),
    }
    saved = store.save(desk.table, campaign, campaign.model_copy(update=news))
    drafts.forget_schedule(campaign, desk)
    return saved


def _schedule(campaign: Campaign, at: datetime, time_zone: str, user_id: str, desk: Desk) -> Campaign:
    token = desk.new_id()
    # First the schedule, last the old one's end: one that fires for a campaign that does not know its token does nothing.
    desk.schedules.at(drafts.schedule_name(token), at, {"v": 1, "campaign_id": campaign.id, "token": token})
    news = {
        "state": State.SCHEDULED,
        "state_reason": "",
        "schedule": Schedule(at=at, time_zone=time_zone, token=token),
        "launched_by": user_id,
        "updated_at": desk.clock(),
    }
    saved = store.save(desk.table, campaign, campaign.model_copy(update=news))
    drafts.forget_schedule(campaign, desk)
    return saved


def _asks(campaign: Campaign, state: State, reason: str, desk: Desk) -> Campaign:
    news = {"state": state, "state_reason": reason, "updated_at": desk.clock()}
    return store.save(desk.table, campaign, campaign.model_copy(update=news))


def _moved(campaign: Campaign, to: State, come_from: set[State], what: str, desk: Desk) -> None:
    if campaign.state not in come_from or campaign.state in ENDED - {State.FAILED}:
        raise WrongState(campaign.id, campaign.state, what)
    if not store.move(desk.table, campaign.id, to, [campaign.state], campaign.run_id):
        raise CampaignChanged(campaign.id)


def _queue_prepare(campaign: Campaign, desk: Desk, *, delay_seconds: int = 0) -> None:
    job = jobs.Prepare(campaign_id=campaign.id, run_id=campaign.run_id)
    desk.queues.send("campaign", jobs.body_of(job), delay_seconds=delay_seconds)


def _settle_or_prepare(campaign: Campaign, run: Run, desk: Desk, delay_seconds: int) -> None:
    """A cancelled run is counted too: if need be its ledger is first completed."""
    if run.prepared_at is None:
        _queue_prepare(campaign, desk, delay_seconds=delay_seconds)
        return
    job = jobs.Settle(campaign_id=campaign.id, run_id=run.id, number=run.recounts)
    desk.queues.send("campaign", jobs.body_of(job), delay_seconds=delay_seconds)


def _renumbered(run: Run, desk: Desk) -> Run:
    return store.renumber(desk.ledger, run) or store.get_run(desk.ledger, run.id)


def _next_job(campaign: Campaign, run: Run) -> jobs.Wave | jobs.Settle:
    if run.cursor >= waves.chunks_of(campaign, run):
        return jobs.Settle(campaign_id=campaign.id, run_id=run.id, number=run.recounts)
    return jobs.Wave(campaign_id=campaign.id, run_id=run.id, number=run.wave)


def _release_dropped(campaign: Campaign, run: Run, desk: Desk) -> None:
    """The chunks that lay on the bulk queue at the pause were dropped there: the last ones go out again."""
    channel = channels.get(desk.table, campaign.channel_id)
    recent = math.ceil(waves.rate_of(channel, 1, campaign.pace) * _RELEASED_AGAIN_SECONDS / run.chunk) + 1
    numbers = range(max(0, run.cursor - recent), run.cursor + (1 if run.offset else 0))
    with_content = [n for n in numbers if chunks.size_of(desk.media, run, n)]
    desk.queues.send_all(
        "bulk",
        [
            QueueMessage(
                jobs.SendChunk(
                    campaign_id=campaign.id, run_id=run.id, chunk=n, count=run.offset if n == run.cursor else None
                ).model_dump_json()
            )
            for n in with_content
        ],
    )
