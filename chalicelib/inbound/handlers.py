"""The workers behind the webhook: inbound messages, statuses and account updates, each in its own lane."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.campaigns import breaker
from chalicelib.campaigns import statuses as campaigns
from chalicelib.campaigns.desk import desk_of
from chalicelib.cloud import batches
from chalicelib.conversations import statuses as messages
from chalicelib.inbound import account, archive
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import FrontDoor, receive
from chalicelib.inbound.unpack import updates_of
from chalicelib.whatsapp.webhook import (
    AccountUpdate,
    ChannelErrors,
    Echo,
    InboundMessage,
    StatusUpdate,
    Unreadable,
    Update,
)
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="inbound")


@bp.on_sqs_message(queue="inbound.fifo", name="inbound", batch_size=10)
def inbound(event: Any) -> dict[str, Any]:
    """SQS inbound.fifo: one message of one customer, in the order of the conversation."""
    here = world()
    door = front_door(here)
    return _batch(event, "inbound", here, lambda update: take_message(update, door), fifo=True)


@bp.on_sqs_message(queue="statuses", name="statuses", batch_size=10)
def statuses(event: Any) -> dict[str, Any]:
    """SQS statuses: many statuses a message, each message one retry unit."""
    here = world()
    whole = event.to_dict()
    _keep(whole, "statuses", here)
    return batches.each(whole, lambda record: take_statuses(list(updates_of(record.body, here.archive.get)), here))


@bp.on_sqs_message(queue="account", name="account", batch_size=10)
def account_updates(event: Any) -> dict[str, Any]:
    """SQS account: templates, numbers, accounts, preferences."""
    here = world()
    return _batch(event, "account", here, lambda update: take_account(update, here))


def take_message(update: Update, door: FrontDoor) -> None:
    """One update of the inbound lane."""
    match update:
        case InboundMessage():
            message = receive(update, door)
            log.info("inbound", message_id=message.id, conversation_id=message.conversation_id, type=message.type)
        case Unreadable(reason=reason):
            log.warning("unreadable", lane="inbound", reason=reason)  # archived with its batch
        case Echo():
            log.info("echo", type=update.type)
        case _:
            raise ValueError(f"{type(update).__name__} in the inbound lane")


def take_statuses(updates: list[Update], here: World) -> None:
    """The statuses of one packed message: a campaign's all together, a conversation's one by one."""
    known = [update for update in updates if isinstance(update, StatusUpdate)]
    for unreadable in (update for update in updates if isinstance(update, Unreadable)):
        log.warning("unreadable", lane="statuses", reason=unreadable.reason)
    campaign = [found for update in known if (found := campaigns.of_webhook(update))]
    rows = campaigns.apply(campaign, desk_of(here)) if campaign else 0
    others = [update for update in known if not campaigns.of_webhook(update)]
    ours = sum(messages.apply(here.table, update, here.clock) for update in others)
    log.info("statuses", campaigns=len(campaign), rows=rows, conversations=ours, nobodys=len(others) - ours)


def take_account(update: Update, here: World) -> None:
    """One update of the account lane."""
    match update:
        case AccountUpdate():
            account.apply(update, here)
            paused = breaker.look_at_account(update.source.waba_id, desk_of(here))
            log.info("account", field=update.field, kind=type(update).__name__, campaigns_paused=paused)
        case ChannelErrors():
            codes = [error.code for error in update.errors]
            log.error("channel errors", phone_number_id=update.source.phone_number_id, codes=codes)
        case Unreadable(reason=reason):
            log.warning("unreadable", lane="account", reason=reason)
        case _:
            raise ValueError(f"{type(update).__name__} in the account lane")


def _batch(event: Any, lane: str, here: World, take: Callable[[Update], None], *, fifo: bool = False) -> dict[str, Any]:
    whole = event.to_dict()
    _keep(whole, lane, here)

    def handle(record: batches.Record) -> None:
        for update in updates_of(record.body, here.archive.get):
            take(update)

    return batches.each(whole, handle, fifo=fifo)


def _keep(event: dict[str, Any], lane: str, here: World) -> None:
    archive.keep(here.archive, lane, [record["body"] for record in event["Records"]], here.clock())
