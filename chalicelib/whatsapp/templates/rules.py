"""Meta's rules for a template's definition, all broken ones at once, each with its path.

Sources: Meta, "Template components" and "Template review"; codes 2388040, 2388047, 2388072, 2388073, 2388293,
2388299 are what its creation answers otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib.whatsapp.templates import definition as d
from chalicelib.whatsapp.templates.button_rules import button_problems
from chalicelib.whatsapp.templates.definition import Definition, component_of
from chalicelib.whatsapp.templates.problem import Problem, longer
from chalicelib.whatsapp.templates.variables import at_edge, occurrences, variables, without

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
TTL_SECONDS = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
HEADER_TEXT, BODY_TEXT, OFFER_BODY_TEXT, CARD_BODY_TEXT, FOOTER_TEXT, OFFER_TEXT = 60, 1024, 600, 160, 60, 16


def problems_of(value: Any) -> tuple[Problem, ...]:
    """Everything wrong with a definition as JSON, shape and rules; empty when Meta should take it."""
    try:
        definition = Definition.model_validate(value, extra="forbid")
    except ValidationError as error:
        return tuple(Problem(_path(e["loc"]), e["msg"]) for e in error.errors(include_input=False))
    return problems(definition)


def problems(definition: Definition) -> tuple[Problem, ...]:
    """Every rule the definition breaks."""
    return tuple(_all(definition))


def _all(definition: Definition) -> Iterator[Problem]:
    yield from _frame(definition)
    yield from _once(definition.components)
    if definition.category == "AUTHENTICATION":
        yield from _authentication(definition)
        return
    for index, component in enumerate(definition.components):
        yield from _component(definition, component, f"components.{index}")
    if definition.body is None:
        yield Problem("components", "a template needs a body")
    if definition.offer:
        yield from _offer(definition)


def _frame(definition: Definition) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z0-9_]{1,512}", definition.name):
        yield Problem("name", "only a-z, 0-9 and _, at most 512 of them")
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2,4})?", definition.language):
        yield Problem("language", "a language code such as en or pt_BR")
    if definition.category not in CATEGORIES:
        yield Problem("category", f"one of {', '.join(CATEGORIES)}")
    yield from _time_to_live(definition)


def _time_to_live(definition: Definition) -> Iterator[Problem]:
    seconds = definition.message_send_ttl_seconds
    least, most = TTL_SECONDS.get(definition.category, (0, 0))
    unlimited = seconds == -1 and definition.category != "MARKETING"
    if seconds is not None and most and not unlimited and not least <= seconds <= most:
        yield Problem("message_send_ttl_seconds", f"{least} to {most} seconds for {definition.category}")


def _once(components: Sequence[Any], path: str = "components") -> Iterator[Problem]:
    seen: set[str] = set()
    for index, component in enumerate(components):
        if component.type in seen:
            yield Problem(f"{path}.{index}", f"a second {component.type}")
        seen.add(component.type)


def _component(definition: Definition, component: Any, path: str) -> Iterator[Problem]:
    match component:
        case d.Header():
            yield from _header(definition, component, path)
        case d.Body():
            yield from _body(definition, component, path, OFFER_BODY_TEXT if definition.offer else BODY_TEXT)
        case d.Footer():
            yield from _footer(component, path)
        case d.Buttons():
            yield from button_problems(component.buttons, f"{path}.buttons")
        case d.Carousel():
            yield from _carousel(definition, component, path)
        case d.LimitedTimeOffer():
            yield from longer(component.limited_time_offer.text, OFFER_TEXT, f"{path}.limited_time_offer.text")
        case _:
            yield Problem(f"{path}.type", f"{component.type} is not a component we can create")


def _header(definition: Definition, header: d.Header, path: str) -> Iterator[Problem]:
    example = header.example or d.HeaderExample()
    if header.format == "TEXT":
        text = header.text or ""
        yield from longer(text, HEADER_TEXT, f"{path}.text")
        yield from _names(definition, text, f"{path}.text")
        if len(variables(text)) > 1:
            yield Problem(f"{path}.text", "a header has at most one variable")
        yield from _samples(
            definition,
            variables(text),
            example.header_text,
            example.header_text_named_params,
            (f"{path}.example.header_text", f"{path}.example.header_text_named_params"),
        )
    elif header.text:
        yield Problem(f"{path}.text", f"a header with {header.format} has no text")
    elif header.format in {"IMAGE", "VIDEO", "GIF", "DOCUMENT"} and not example.header_handle:
        yield Problem(f"{path}.example.header_handle", "a media header needs a sample")


def _body(definition: Definition, body: d.Body, path: str, most: int) -> Iterator[Problem]:
    text, example = body.text or "", body.example or d.BodyExample()
    where = f"{path}.text"
    yield from longer(text, most, where)
    yield from _names(definition, text, where)
    if at_edge(text):
        yield Problem(where, "the text begins or ends with a variable")
    yield from _dense(text, where)
    positional = example.body_text[0] if example.body_text else ()
    yield from _samples(
        definition,
        variables(text),
        positional,
        example.body_text_named_params,
        (f"{path}.example.body_text", f"{path}.example.body_text_named_params"),
    )


def _dense(text: str, where: str) -> Iterator[Problem]:
    """Meta does not publish its ratio (2388293); 2n+1 words is what solution providers report."""
    count = len(occurrences(text))
    words = re.findall(r"\w+", without(text))
    if count and len(words) < 2 * count + 1:
        yield Problem(where, f"few words for {count} variables: Meta may refuse it", warning=True)


def _names(definition: Definition, text: str, where: str) -> Iterator[Problem]:
    found = occurrences(text)
    if any(re.search(r"[#$%]", name) for name in found):
        yield Problem(where, "a variable may not contain #, $ or %")
    elif definition.parameter_format == "NAMED":
        yield from _named(found, where)
    elif not all(name.isascii() and name.isdecimal() for name in found):
        yield Problem(where, "variables with names need parameter_format NAMED")
    elif sorted({int(name) for name in found}) != list(range(1, len(set(found)) + 1)):
        yield Problem(where, "variables count from {{1}} without a gap")


def _named(found: list[str], where: str) -> Iterator[Problem]:
    if not all(re.fullmatch(r"[a-z_]+", name) for name in found):
        yield Problem(where, "variable names are of a-z and _ only")
    if len(set(found)) < len(found):
        yield Problem(where, "a named variable may be used once")


def _samples(
    definition: Definition,
    names: tuple[str, ...],
    positional: tuple[str, ...],
    named: tuple[d.NamedSample, ...],
    paths: tuple[str, str],
) -> Iterator[Problem]:
    if definition.parameter_format == "NAMED":
        given = {sample.param_name for sample in named if sample.example}
        for name in names:
            if name not in given:
                yield Problem(paths[1], f"{{{{{name}}}}} needs a sample")
    elif (given_samples := len([sample for sample in positional if sample])) != len(names):
        yield Problem(paths[0], f"each variable needs a sample: of {len(names)}, {given_samples} have one")


def _footer(footer: d.Footer, path: str) -> Iterator[Problem]:
    yield from longer(footer.text or "", FOOTER_TEXT, f"{path}.text")
    if variables(footer.text):
        yield Problem(f"{path}.text", "a footer has no variables")


def _offer(definition: Definition) -> Iterator[Problem]:
    if definition.category != "MARKETING":
        yield Problem("category", "a limited-time offer is MARKETING")
    if definition.footer:
        yield Problem("components", "a limited-time offer has no footer")
    if definition.header and definition.header.format not in {"IMAGE", "VIDEO"}:
        yield Problem("components", "the header of a limited-time offer is an image or a video")


def _carousel(definition: Definition, carousel: d.Carousel, path: str) -> Iterator[Problem]:
    cards = carousel.cards
    if not 2 <= len(cards) <= 10:
        yield Problem(f"{path}.cards", "2 to 10 cards")
    if definition.header or definition.footer or definition.buttons:
        yield Problem("components", "header, footer and buttons belong to the cards of a carousel")
    if len({_shape(card) for card in cards}) > 1:
        yield Problem(f"{path}.cards", "all cards need the same components and buttons")
    for index, card in enumerate(cards):
        yield from _card(definition, card, f"{path}.cards.{index}")


def _card(definition: Definition, card: d.Card, path: str) -> Iterator[Problem]:
    header, buttons = component_of(d.Header, card.components), component_of(d.Buttons, card.components)
    yield from _once(card.components, f"{path}.components")
    if header is None or header.format not in {"IMAGE", "VIDEO"}:
        yield Problem(f"{path}.components", "a card needs an image or video header")
    if not 1 <= len(buttons.buttons if buttons else ()) <= 2:
        yield Problem(f"{path}.components", "a card needs 1 or 2 buttons")
    for index, component in enumerate(card.components):
        where = f"{path}.components.{index}"
        if isinstance(component, d.Body):
            yield from _body(definition, component, where, CARD_BODY_TEXT)
        else:
            yield from _component(definition, component, where)


def _shape(card: d.Card) -> tuple[Any, ...]:
    kinds: list[Any] = []
    for component in card.components:
        kinds.append(component.type)
        if isinstance(component, d.Buttons):
            kinds.append(tuple(button.type for button in component.buttons))
        if isinstance(component, d.Header):
            kinds.append(component.format)
    return tuple(kinds)


def _authentication(definition: Definition) -> Iterator[Problem]:
    """Meta writes the texts of these itself; the author chooses the button and the additions."""
    if definition.header or definition.offer or definition.cards:
        yield Problem("components", "an authentication template has body, footer and buttons only")
    if definition.body is None:
        yield Problem("components", "a template needs a body")
    minutes = definition.footer.code_expiration_minutes if definition.footer else None
    if minutes is not None and not 1 <= minutes <= 90:
        yield Problem("components", "code_expiration_minutes is 1 to 90")
    buttons = definition.buttons
    # Read back from Meta, its one-time-password button is a URL.
    if len(buttons) != 1 or not isinstance(buttons[0], d.Otp | d.Url):
        yield Problem("components", "an authentication template has exactly one OTP button")
    elif isinstance(buttons[0], d.Otp) and buttons[0].otp_type != "COPY_CODE" and not buttons[0].supported_apps:
        yield Problem("components", f"{buttons[0].otp_type} needs supported_apps")


def _path(loc: tuple[int | str, ...]) -> str:
    """Without pydantic's names of union members, which are in capitals or "other"."""
    return ".".join(str(part) for part in loc if not (isinstance(part, str) and (part.isupper() or part == "other")))
