"""A business sends: refuse as Meta refuses, or accept and decide what will become of the message."""

import re
from typing import Any

from . import customers, fate, outgoing
from .errors import GraphError
from .fate import Case, window_open
from .ids import wamid
from .limits import count_pair, count_reached, pair_allows
from .outgoing import Envelope, TemplateSend, media_of
from .phone_numbers import wa_id_of
from .pricing import price
from .records import Chat, Customer, Message, Number, Template, Waba
from .shapes import read
from .template_fill import fill
from .timetable import plan
from .world import World


def send(world: World, number: Number, payload: dict[str, Any], product: str = "cloud") -> dict[str, Any]:
    """The answer to an accepted message. What happens to it afterwards is on the agenda."""
    envelope = outgoing.check(payload)
    waba, store, now = world.waba_of(number), world.store, world.now()
    _check_account(waba, number)
    customer, by_user_id = _recipient(world, waba, number, envelope)
    template, shown = _template(world, waba, payload, product, by_user_id)
    _check_media_ids(world, number, payload, envelope.type)
    chat = store.chat(number.id, customer.wa_id)
    _check_rates(world, number, chat)
    message = Message(
        wamid=wamid(customer.wa_id, outbound=True),
        phone_number_id=number.id,
        wa_id=customer.wa_id,
        outbound=True,
        type=envelope.type,
        at=now,
        payload={k: v for k, v in payload.items() if k not in ("messaging_product", "biz_opaque_callback_data")},
        callback_data=envelope.biz_opaque_callback_data,
        by_user_id=by_user_id,
        template=shown,
        product=product,
        held=bool(template and template.held),
    )
    failure = fate.failure(world, Case(waba, number, customer, chat, message, template))
    if not by_user_id:
        customers.count_phone_contact(store, waba.portfolio_id, customer.wa_id, now)
    _count(world, number, waba, chat, charged=failure is None)
    price(world, number, chat, message, template.category if template else "service", charged=failure is None)
    store.put_chat(chat)
    store.add_message(message)
    world.schedule(*plan(world, message, customer, failure))
    world.notify(customer.wa_id)
    user_id = customers.user_id(store, world.config, waba.portfolio_id, customer)
    return _answer(envelope, message, user_id)


def _check_account(waba: Waba, number: Number) -> None:
    if not number.registered or number.status == "PENDING":
        raise GraphError(133010)
    if "DISABLED" in waba.restrictions or number.status == "BANNED":
        raise GraphError(131031)
    if "RESTRICTED_BIZ_INITIATED_MESSAGING" in waba.restrictions and (
        "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" in waba.restrictions
    ):
        raise GraphError(368)


def _recipient(world: World, waba: Waba, number: Number, envelope: Envelope) -> tuple[Customer, bool]:
    """The customer, and whether only a BSUID led to them. `to` wins over `recipient`."""
    if envelope.to is not None:
        wa_id = wa_id_of(envelope.to, number.digits)
        if wa_id == number.digits:
            raise GraphError(131021)
        customer = customers.known(world.store, world.config, wa_id)
        customers.user_id(world.store, world.config, waba.portfolio_id, customer)
        _check_identity(customer, envelope)
        return customer, False
    recipient = envelope.recipient or ""
    if not re.match(outgoing.USER_ID, recipient):
        raise GraphError(131009, "Param recipient is not a valid business-scoped user ID.")
    found = customers.find_by_user_id(world.store, world.config, waba.portfolio_id, recipient)
    if found is None:
        raise GraphError(131009, "Param recipient is not a user ID of this business portfolio.")
    customer = customers.known(world.store, world.config, found)
    _check_identity(customer, envelope)
    return customer, True


def _check_identity(customer: Customer, envelope: Envelope) -> None:
    expected = envelope.recipient_identity_key_hash
    if expected is not None and expected != customers.identity_key_hash(customer):
        raise GraphError(137000)


def _template(
    world: World, waba: Waba, payload: dict[str, Any], product: str, by_user_id: bool
) -> tuple[Template | None, dict[str, Any] | None]:
    if payload.get("type") != "template":
        if product == "marketing":
            raise GraphError(131055)
        return None, None
    asked = read(TemplateSend, payload["template"], "template")
    template = world.store.template(waba.id, asked.name, asked.language.code)
    if template is None or template.status not in ("APPROVED", "PAUSED", "DISABLED"):
        raise GraphError(132001, f"template name ({asked.name}) does not exist in {asked.language.code}")
    if template.status == "PAUSED":
        raise GraphError(132015)
    if template.status == "DISABLED":
        raise GraphError(132016)
    if by_user_id and template.category == "AUTHENTICATION":
        raise GraphError(131062)
    _check_product(waba, template, product, str(payload.get("product_policy", "")))
    return template, fill(template, asked) | {"name": template.name, "language": template.language}


def _check_product(waba: Waba, template: Template, product: str, policy: str) -> None:
    if product == "marketing":
        if template.category != "MARKETING":
            raise GraphError(134100)
        if not waba.marketing_messages_onboarded and policy == "STRICT":
            raise GraphError(134102)
    elif template.category == "MARKETING" and waba.disable_marketing_messages_on_cloud_api:
        raise GraphError(131063)


def _check_media_ids(world: World, number: Number, payload: dict[str, Any], kind: str) -> None:
    for name, reference in media_of(payload, kind):
        media_id = reference.get("id")
        if media_id is None:
            continue
        media = world.store.media(str(media_id))
        if media is None or media.expires <= world.now():
            raise GraphError(
                100,
                message=f"(#100) Param {name}['id'] is not a valid whatsapp business account media attachment ID",
            )


def _check_rates(world: World, number: Number, chat: Chat) -> None:
    if world.throughput.in_last_second(number.id, world.now()) >= world.throughput_of(number):
        raise GraphError(130429, subcode=2494055)
    if not pair_allows(chat, world.now()):
        raise GraphError(131056)


def _count(world: World, number: Number, waba: Waba, chat: Chat, *, charged: bool) -> None:
    now = world.now()
    count_pair(chat, now)
    world.count_message(number)
    world.store.count("accepted")
    if charged and not window_open(chat, now):
        count_reached(world.store, waba.portfolio_id, chat.wa_id, now)


def _answer(envelope: Envelope, message: Message, user_id: str) -> dict[str, Any]:
    contact: dict[str, Any] = {"input": envelope.to if envelope.to is not None else envelope.recipient}
    if envelope.to is not None:
        contact["wa_id"] = message.wa_id
    if envelope.recipient is not None:
        contact["user_id"] = user_id
    sent: dict[str, Any] = {"id": message.wamid}
    if message.template is not None:
        sent["message_status"] = "held_for_quality_assessment" if message.held else "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}
