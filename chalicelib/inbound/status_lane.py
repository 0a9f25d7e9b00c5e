"""The lane of statuses: many to an SQS message, which is one retry unit."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.campaigns import statuses as campaigns
from chalicelib.campaigns.desk import desk_of
from chalicelib.conversations import statuses as messages
from chalicelib.conversations.usage import Bill
from chalicelib.inbound import batch
from chalicelib.webhooks import recipients
from chalicelib.whatsapp.webhook import StatusUpdate, Unreadable, Update
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="inbound")


@bp.on_sqs_message(queue="statuses", name="statuses", batch_size=10)
def statuses(event: Any) -> dict[str, Any]:
    """SQS statuses: many statuses a message, each message one retry unit."""
    here = world()
    return batch.work(event, "statuses", here, lambda updates: take_statuses(updates, here))


def take_statuses(updates: list[Update], here: World) -> None:
    """The statuses of one packed message: a campaign's all together, a conversation's one by one."""
    known = [update for update in updates if isinstance(update, StatusUpdate)]
    for unreadable in (update for update in updates if isinstance(update, Unreadable)):
        log.warning("unreadable", lane="statuses", reason=unreadable.reason)
    campaign = [found for update in known if (found := campaigns.of_webhook(update))]
    bill = Bill.of(known)
    rows = campaigns.apply(campaign, desk_of(here), bill) if campaign else 0
    recipients.collect_statuses(here, campaign)
    others = [update for update in known if not campaigns.of_webhook(update)]
    ours = sum(messages.apply(here.table, update, here.clock, bill) for update in others)
    bill.commit(here.table, here.clock())
    log.info("statuses", campaigns=len(campaign), rows=rows, conversations=ours, nobodys=len(others) - ours)
