"""What becomes of an accepted message, one status webhook after the other."""

from typing import Any

from . import customers, webhooks
from .pricing import status_objects
from .records import RANK, Message, Status
from .world import World


def report(world: World, wamid: str, status: str, at: float, errors: list[dict[str, Any]] | None = None) -> None:
    """Stores a status and puts its webhook on the way. A status the message has already is not told twice."""
    message = world.store.message(wamid)
    if message is None or any(known.status == status for known in message.statuses):
        return
    number = world.store.number(message.phone_number_id)
    if number is None:
        return
    message.statuses.append(Status(status=status, timestamp=int(at), errors=errors))
    webhook = _webhook(world, message, status, at, errors)
    world.store.put_message(message)
    world.notify(message.wa_id)
    if not world.dice.hits(world.faults.drop_status_rate):
        waba = world.waba_of(number)
        webhooks.put_status(world, waba, number, webhook, _contact(world, message, status))


def read_by_customer(world: World, phone_number_id: str, wa_id: str) -> int:
    """The customer looks at the chat: everything that arrived is read. Answers how many that was."""
    unread = [
        message
        for message in world.store.messages(wa_id=wa_id, phone_number_id=phone_number_id, outbound=True)
        if message.type != "reaction" and RANK[message.status] in (RANK["sent"], RANK["delivered"])
    ]
    for message in unread:
        if message.status == "sent":
            report(world, message.wamid, "delivered", world.now())
        report(world, message.wamid, "read", world.now())
    return len(unread)


def come_online(world: World, wa_id: str) -> None:
    """A phone that was off gets what waited for it."""
    for message in world.store.messages(wa_id=wa_id, outbound=True):
        if message.status == "sent" and message.type != "reaction":
            report(world, message.wamid, "delivered", world.now())


def _webhook(
    world: World, message: Message, status: str, at: float, errors: list[dict[str, Any]] | None
) -> dict[str, Any]:
    shows, user_id, parent = _identity(world, message)
    webhook: dict[str, Any] = {"id": message.wamid, "status": status, "timestamp": str(int(at))}
    if shows:
        webhook["recipient_id"] = message.wa_id
    webhook["recipient_user_id"] = user_id
    if parent:
        webhook["parent_recipient_user_id"] = parent
    if message.callback_data is not None:
        webhook["biz_opaque_callback_data"] = message.callback_data
    if errors:
        return webhook | {"errors": errors}
    if message.type == "reaction" or status == "played":
        return webhook
    return webhook | status_objects(world, message, status)


def _identity(world: World, message: Message) -> tuple[bool, str, str | None]:
    number = world.store.number(message.phone_number_id)
    customer = customers.known(world.store, world.config, message.wa_id)
    portfolio = world.waba_of(number).portfolio_id if number else ""
    shows = not message.by_user_id or customers.shows_phone(world.store, portfolio, customer, world.now())
    user_id = customers.user_id(world.store, world.config, portfolio, customer)
    return shows, user_id, customers.parent_user_id(world.config, message.wa_id)


def _contact(world: World, message: Message, status: str) -> dict[str, Any] | None:
    if status == "failed" and not world.config.failed_status_contacts:
        return None
    number = world.store.number(message.phone_number_id)
    customer = customers.known(world.store, world.config, message.wa_id)
    portfolio = world.waba_of(number).portfolio_id if number else ""
    return customers.contact(world.store, world.config, portfolio, customer, world.now())
