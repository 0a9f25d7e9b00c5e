"""The lane of account updates: templates, numbers, accounts, preferences."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.campaigns import breaker
from chalicelib.campaigns.desk import desk_of
from chalicelib.channels import store as channels
from chalicelib.inbound import account, batch
from chalicelib.whatsapp.webhook import AccountUpdate, ChannelErrors, Unreadable, Update
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="inbound")
_hearing = channels.Hearing()


@bp.on_sqs_message(queue="account", name="account", batch_size=10)
def account_updates(event: Any) -> dict[str, Any]:
    """SQS account: templates, numbers, accounts, preferences."""
    here = world()

    def take(updates: list[Update]) -> None:
        for update in updates:
            take_account(update, here)

    return batch.work(event, "account", here, take)


def take_account(update: Update, here: World) -> None:
    """One update of the account lane."""
    if isinstance(update, AccountUpdate | ChannelErrors):
        _hearing.note(here.table, _numbers(update, here), here.clock())
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


def _numbers(update: AccountUpdate | ChannelErrors, here: World) -> list[str]:
    """The numbers an update is about; those of its account when it names none."""
    source = update.source
    if source.phone_number_id:
        return [source.phone_number_id]
    return [each.phone_number_id for each in channels.channels(here.table) if each.waba_id == source.waba_id]
