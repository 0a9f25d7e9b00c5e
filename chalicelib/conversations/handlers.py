"""The reply worker: sends what agents and workflows have submitted, in order within a conversation."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.channels import store as channels
from chalicelib.cloud import batches
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.conversations import ownership, store
from chalicelib.conversations.entry import MessageEntry, callback
from chalicelib.conversations.gate import gate
from chalicelib.conversations.model import Message
from chalicelib.conversations.outbound import Gate, Postponed, Purpose, SendRequest, Verdict, send
from chalicelib.conversations.pacing import Lane
from chalicelib.whatsapp.messages import parse_message
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="reply")


@cache
def _gate() -> Gate:
    return gate(world())


@bp.on_sqs_message(queue="replies.fifo", name="reply", batch_size=10)
def reply(event: Any) -> dict[str, Any]:
    """SQS replies.fifo: {v, conversation_id, position}."""
    here, way_out = world(), _gate()
    return batches.each(event.to_dict(), lambda record: work(record, here, way_out), fifo=True)


def work(record: Record, here: World, way_out: Gate) -> None:
    """Sends one message. Raises BringAgain when it must wait; its conversation's later messages wait with it."""
    message = store.get_message(here.table, record.body["conversation_id"], record.body["position"])
    verdict = _send(message, here, way_out)
    log.info("reply", verdict=type(verdict).__name__, conversation_id=message.conversation_id, message_id=message.id)
    if isinstance(verdict, Postponed):
        here.queues.return_after("replies", record.receipt, int(verdict.after.total_seconds()))
        raise BringAgain


def _send(message: Message, here: World, way_out: Gate) -> Verdict:
    conversation = store.get(here.table, message.conversation_id)
    channel = channels.get(here.table, conversation.channel_id)
    request = SendRequest(
        channel=channel,
        to=conversation.to,
        message=parse_message({"type": message.type, message.type: message.content}),
        purpose=Purpose(message.category or "service"),
        lane=Lane.REPLY,
        callback=callback(message),
        conversation_id=conversation.id,
        reply_to=message.context_wamid,
    )
    s = here.settings
    lasts = ownership.claim_lasts(s.graph_connect_timeout_seconds, s.graph_read_timeout_seconds)
    return send(request, MessageEntry(here.table, message, lasts), way_out)
