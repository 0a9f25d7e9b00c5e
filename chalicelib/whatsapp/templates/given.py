"""The values of a template send, by slot key: the bridge between Meta's nested components and `slots`."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from chalicelib.whatsapp.messages import template as t
from chalicelib.whatsapp.templates.slots import SlotKind


class Given(NamedTuple):
    """One value of a send: its slot's key, what kind of value it is, where it stands, and the value."""

    key: str
    kind: SlotKind
    path: str
    value: Any

    @property
    def words(self) -> str:
        """The value as the customer reads it; empty when it is no text."""
        return self.value if isinstance(self.value, str) else ""


def given(send: t.TemplateBody) -> tuple[Given, ...]:
    """Every value of the send."""
    return tuple(_all(send.components or (), "", "components"))


def _all(components: Sequence[Any], prefix: str, path: str) -> Iterator[Given]:
    for index, component in enumerate(components):
        where = f"{path}.{index}"
        match component:
            case t.Header():
                yield _header(component.parameters[0], prefix, f"{where}.parameters.0")
            case t.Body():
                for number, parameter in enumerate(component.parameters):
                    name = parameter.parameter_name or str(number + 1)
                    yield Given(f"{prefix}body.{name}", "text", f"{where}.parameters.{number}", _words(parameter))
            case t.LimitedTimeOffer():
                value = component.parameters[0].limited_time_offer.expiration_time_ms
                yield Given("offer", "expiration", f"{where}.parameters.0", value)
            case t.Carousel():
                for card in component.cards:
                    inside = f"{where}.cards.{card.card_index}.components"
                    yield from _all(card.components, f"card.{card.card_index}.", inside)
            case _:
                yield _button(component, prefix, where)


def _header(parameter: Any, prefix: str, path: str) -> Given:
    if parameter.type in {"text", "currency", "date_time"}:
        return Given(f"{prefix}header.{parameter.parameter_name or '1'}", "text", path, _words(parameter))
    return Given(f"{prefix}header", parameter.type, path, getattr(parameter, parameter.type))


def _words(parameter: Any) -> str:
    match parameter:
        case t.TextParameter():
            return parameter.text
        case t.CurrencyParameter():
            return parameter.currency.fallback_value
        case _:
            return str(parameter.date_time.fallback_value)


def _button(button: Any, prefix: str, path: str) -> Given:
    kind, value = _BUTTON_VALUES[button.sub_type](button.parameters)
    return Given(f"{prefix}button.{button.index}", kind, path, value)


_BUTTON_VALUES: dict[str, Any] = {
    "url": lambda parameters: ("url_suffix", parameters[0].text),
    "quick_reply": lambda parameters: ("payload", parameters[0].payload),
    "copy_code": lambda parameters: ("coupon_code", parameters[0].coupon_code),
    "flow": lambda parameters: ("flow", parameters[0].action if parameters else None),
}
