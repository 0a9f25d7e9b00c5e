"""What AWS calls: the jobs of the campaign queue, the chunks of the bulk queue, the schedule's time."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.campaigns import audience, control, exporting, jobs, preflight, prepare, settle, warming, waves, worker
from chalicelib.campaigns.desk import Desk, desk_of
from chalicelib.campaigns.trouble import CampaignMissing, FileLost
from chalicelib.cloud import batches
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.conversations.gate import gate
from chalicelib.conversations.outbound import Gate
from chalicelib.wiring import world

LAST_TRY = 5
"""As often SQS delivers a message of the campaign queue before it goes to the dead letters (infra/resources/queues.yaml)."""

bp = Blueprint(__name__)
log = Logger(service="campaigns")


@cache
def _desk() -> Desk:
    return desk_of(world())


@cache
def _gate() -> Gate:
    return gate(world())


@bp.on_sqs_message(queue="campaign", name="campaign", batch_size=1)
def campaign(event: Any) -> dict[str, Any]:
    """SQS campaign: a job of jobs.py."""
    left = _time_left(event)
    return batches.each(event.to_dict(), lambda record: do(record, _desk(), left))


@bp.on_sqs_message(queue="bulk", name="send", batch_size=1)
def send(event: Any) -> dict[str, Any]:
    """SQS bulk: {v, type: chunk, campaign_id, run_id, chunk, first, count}, or {v, type: warm, campaign_id, run_id}."""
    left = _time_left(event)
    return batches.each(event.to_dict(), lambda record: send_one(record, _desk(), _gate(), left))


@bp.lambda_function(name="launch")
def launch(event: dict[str, Any], context: Any) -> dict[str, str]:
    """EventBridge Scheduler: {v, campaign_id, token}."""
    state = control.fire(event["campaign_id"], event["token"], _desk())
    log.info("launch", campaign_id=event["campaign_id"], state=str(state))
    return {"state": str(state)}


def do(record: Record, desk: Desk, time_left: Any) -> None:
    """One job of the campaign queue."""
    job = jobs.parse(record.body)
    log.info("job", type=job.type, campaign_id=job.campaign_id, tries=record.tries)
    try:
        _do(job, record, desk, time_left)
    except CampaignMissing:
        log.info("campaign was deleted", campaign_id=job.campaign_id)


def _do(job: jobs.CampaignJob, record: Record, desk: Desk, time_left: Any) -> None:
    match job:
        case jobs.ReadFile():
            _or_give_up(record, lambda: audience.read(job, desk), lambda why: audience.give_up(job, why, desk))
        case jobs.Preflight():
            preflight.work(job, desk, time_left)
        case jobs.Prepare():
            _or_give_up(record, lambda: prepare.prepare(job, desk, time_left), lambda why: control.fail(job, why, desk))
        case jobs.Wave():
            waves.wave(job, desk)
        case jobs.Settle():
            settle.settle(job, desk)
        case jobs.Export():
            _or_give_up(record, lambda: exporting.work(job, desk), lambda why: exporting.give_up(job, why, desk))


def _or_give_up(record: Record, work: Callable[[], None], give_up: Callable[[str], None]) -> None:
    """What cannot be done is said where people look; what we do not understand goes to the dead letters besides."""
    try:
        work()
    except (BringAgain, CampaignMissing):
        raise
    except FileLost as lost:
        give_up(lost.message)
    except ObjectMissing:
        give_up("The recipients are kept no longer. Choose them again.")
    except Exception:
        if record.tries >= LAST_TRY:
            give_up("It failed several times for a reason of our own. Try again.")
        raise


def send_one(record: Record, desk: Desk, way_out: Gate, time_left: Any, threads: int = worker.THREADS) -> None:
    """One message of the bulk queue."""
    job = jobs.parse_bulk(record.body)
    if isinstance(job, jobs.Warm):
        warming.warm(job, desk, way_out.pacer.sleep)
        return
    changed = worker.send_chunk(job, desk, way_out, time_left, threads)
    log.info(
        "chunk", campaign_id=job.campaign_id, run_id=job.run_id, chunk=job.chunk, changed=changed, tries=record.tries
    )


def _time_left(event: Any) -> Any:
    """Seconds that Lambda gives this call yet."""
    return lambda: event.context.get_remaining_time_in_millis() / 1000
