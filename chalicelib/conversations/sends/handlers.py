"""The sends function: scheduled messages and batches, from SQS."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.cloud.batches import Record
from chalicelib.conversations import handlers
from chalicelib.conversations.gate import gate
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.pacing import Lane
from chalicelib.conversations.sends import store, submitting
from chalicelib.problems import Problem, Unavailable
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="sends")


@cache
def _gate() -> Gate:
    return gate(world())


@bp.on_sqs_message(queue="sends", name="sends", batch_size=10)
def sends(event: Any) -> dict[str, Any]:
    """SQS sends: {v, send_id}."""
    here, way_out = world(), _gate()
    return batches.each(event.to_dict(), lambda record: work(record, here, way_out))


def work(record: Record, here: World, way_out: Gate) -> None:
    """Makes one wish a message. A batch's goes out from here, on the campaigns' lane; a single one by the reply worker."""
    send = store.find(here.table, record.body["send_id"])
    if send is None:
        return  # kept for 90 days, and nobody waits that long
    try:
        message = submitting.submit(here, send)
    except Unavailable:
        raise
    except Problem as problem:
        log.info("rejected", send_id=send.id, code=problem.problem_code)
        return
    if message is not None and send.bulk:
        handlers.send_message(message, record, here, way_out, Lane.CAMPAIGN, "sends")
