"""The reply worker: sends what agents and workflows have submitted, in order within a conversation."""

import math
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.channels import store as channels
from chalicelib.cloud import batches
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.conversations import ownership, store, unconfirmed
from chalicelib.conversations.entry import MessageEntry, callback
from chalicelib.conversations.gate import gate
from chalicelib.conversations.model import Message, MessageStatus
from chalicelib.conversations.outbound import Declined, Gate, NotOurs, Postponed, Purpose, SendRequest, Verdict, send
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
    return batches.each(event.to_dict(), lambda record: work(record, here, way_out), fifo=True, at_once=10)


def work(record: Record, here: World, way_out: Gate) -> None:
    """Sends one message. Raises BringAgain when it must wait; its conversation's later messages wait with it."""
    message = store.get_message(here.table, record.body["conversation_id"], record.body["position"])
    send_message(message, record, here, way_out, Lane.REPLY, "replies")


def send_message(message: Message, record: Record, here: World, way_out: Gate, lane: Lane, queue: str) -> None:
    """Sends one message on a lane. Raises BringAgain when it must wait: `queue` is the SQS queue that brings it."""
    verdict = _send(message, here, way_out, lane)
    log.info("reply", verdict=type(verdict).__name__, conversation_id=message.conversation_id, message_id=message.id)
    if isinstance(verdict, NotOurs):
        _look_after(message, record, here, queue)
    if isinstance(verdict, Postponed):
        here.queues.return_after(queue, record.receipt, int(verdict.after.total_seconds()))
        raise BringAgain


def _look_after(message: Message, record: Record, here: World, queue: str) -> None:
    """A message that is claimed already: by a worker that is still at it, or by one that was killed."""
    if message.status is not MessageStatus.SENDING or message.claimed_at is None:
        return
    left = message.claimed_at + _claim_lasts(here) - here.clock()
    if left > timedelta():
        here.queues.return_after(queue, record.receipt, math.ceil(left.total_seconds()))
        raise BringAgain
    unconfirmed.abandoned(here.table, message, here.clock())


def _claim_lasts(here: World) -> timedelta:
    s = here.settings
    return ownership.claim_lasts(s.graph_connect_timeout_seconds, s.graph_read_timeout_seconds)


def _send(message: Message, here: World, way_out: Gate, lane: Lane) -> Verdict:
    entry = MessageEntry(here.table, message, _claim_lasts(here))
    if message.wanted_until and here.clock() >= message.wanted_until and not entry.settled():
        expired = Declined("expired", "nobody wanted it any more when it could be sent")
        entry.record(None, expired, here.clock())
        return expired
    conversation = store.get(here.table, message.conversation_id)
    channel = channels.get(here.table, conversation.channel_id)
    request = SendRequest(
        channel=channel,
        to=conversation.to,
        message=parse_message({"type": message.type, message.type: message.content}),
        purpose=Purpose(message.category or "service"),
        lane=lane,
        callback=callback(message),
        conversation_id=conversation.id,
        reply_to=message.context_wamid,
    )
    return send(request, entry, way_out)
