"""The lane of statuses: many to an SQS message, which is one retry unit."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.campaigns import statuses as campaigns
from chalicelib.campaigns.desk import desk_of
from chalicelib.channels import store as channels
from chalicelib.conversations import statuses as messages
from chalicelib.conversations.usage import Bill
from chalicelib.inbound import batch
from chalicelib.webhooks import recipients
from chalicelib.whatsapp.webhook import StatusUpdate, Unreadable, Update
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="inbound")
_hearing = channels.Hearing()


# Three statuses come for every message sent, often one to a POST: a second's wait lets them share the writes that a batch makes
# once (archive, counters, charges, hint). Fifty messages of at most 20 statuses are done well within the function's timeout.
@bp.on_sqs_message(queue="statuses", name="statuses", batch_size=50, maximum_batching_window_in_seconds=1)
def statuses(event: Any) -> dict[str, Any]:
    """SQS statuses: one or many statuses a message, each message one retry unit."""
    return take_batch(event, world())


def take_batch(event: Any, here: World) -> dict[str, Any]:
    """One batch of the lane."""
    return batch.work_together(
        event, "statuses", here, lambda updates, again: take_statuses(updates, here, again=again)
    )


def take_statuses(updates: list[Update], here: World, *, again: bool = False) -> None:
    """Some statuses: a campaign's all together, a conversation's one by one. `again`: somebody had them before."""
    known = [update for update in updates if isinstance(update, StatusUpdate)]
    _hearing.note(here.table, (update.source.phone_number_id for update in known), here.clock())
    for unreadable in (update for update in updates if isinstance(update, Unreadable)):
        log.warning("unreadable", lane="statuses", reason=unreadable.reason)
    campaign = [found for update in known if (found := campaigns.of_webhook(update))]
    bill = Bill.of(known, again_in=here.table if again else None)
    rows = campaigns.apply(campaign, desk_of(here), bill) if campaign else 0
    recipients.collect_statuses(here, campaign)
    others = [update for update in known if not campaigns.of_webhook(update)]
    ours = sum(messages.apply(here.table, update, here.clock, bill) for update in others)
    bill.commit(here.table, here.clock())
    log.info("statuses", campaigns=len(campaign), rows=rows, conversations=ours, nobodys=len(others) - ours)
