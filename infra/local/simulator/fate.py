"""What Meta decides after it has accepted a message: on its way, or a `failed` webhook with a reason."""

from dataclasses import dataclass
from typing import Any

from .errors import webhook_error
from .limits import tier_allows
from .media import type_problem
from .phone_numbers import is_us
from .records import Chat, Customer, Message, Number, Template, Waba
from .world import World

DAY = 86_400
MONTH = 30 * DAY

Failure = dict[str, Any] | None


@dataclass(frozen=True)
class Case:
    """Everything the decision looks at."""

    waba: Waba
    number: Number
    customer: Customer
    chat: Chat
    message: Message
    template: Template | None

    @property
    def window_open(self) -> bool:
        return window_open(self.chat, self.message.at)


def window_open(chat: Chat, now: float) -> bool:
    return chat.inbound_at is not None and now < chat.inbound_at + DAY


def failure(world: World, case: Case) -> Failure:
    """The error of the `failed` webhook, or nothing when the message will be delivered."""
    if not case.customer.on_whatsapp or case.chat.blocked:
        return webhook_error(131026)
    if case.message.type == "reaction":
        return _reaction(world, case.message)
    if case.template is None and not case.window_open:
        return webhook_error(131047)
    if case.window_open and "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" in case.waba.restrictions:
        return webhook_error(131031)
    code = _template(world, case, case.template) if case.template else None
    return webhook_error(code) if code else type_problem(world, case.message.payload, case.message.type)


def _template(world: World, case: Case, template: Template) -> int | None:
    outside = not case.window_open
    marketing = template.category == "MARKETING"
    reasons = (
        (131031, outside and "RESTRICTED_BIZ_INITIATED_MESSAGING" in case.waba.restrictions),
        (131042, not case.waba.payment_method),
        (131050, marketing and case.number.id in case.customer.stopped),
        (131049, marketing and world.config.us_marketing_blocked and is_us(case.customer.wa_id)),
        (131049, marketing and outside and case.customer.marketing_capped),
        (130472, marketing and outside and case.customer.in_experiment),
    )
    for code, applies in reasons:
        if applies:
            return code
    if outside and not tier_allows(world.store, case.waba, case.customer.wa_id, world.now()):
        return 131048
    return None


def _reaction(world: World, message: Message) -> Failure:
    target = world.store.message(str(message.payload["reaction"]["message_id"]))
    if target is None or target.type == "reaction" or target.at < message.at - MONTH:
        return webhook_error(131009, "The message to react to does not exist, is too old, or is a reaction.")
    return None
