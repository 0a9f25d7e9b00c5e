"""Does a send fit its template? Asked before Meta is called: a mismatch (132000, 132012) stops a campaign there."""

import re
from collections.abc import Iterator

from chalicelib.whatsapp.messages.template import TemplateBody
from chalicelib.whatsapp.templates.definition import Definition
from chalicelib.whatsapp.templates.given import Given, given
from chalicelib.whatsapp.templates.problem import Problem
from chalicelib.whatsapp.templates.render import render
from chalicelib.whatsapp.templates.slots import Slot, slots

BODY_ALONE, BODY_WITH_OTHERS, HEADER_TEXT, AUTHENTICATION_CODE = 32_768, 1024, 60, 15


def check_send(definition: Definition, send: TemplateBody) -> tuple[Problem, ...]:
    """Everything that does not fit; empty when Meta should accept it."""
    return tuple(_all(definition, send))


def _all(definition: Definition, send: TemplateBody) -> Iterator[Problem]:
    if send.name != definition.name:
        yield Problem("name", f"the template is {definition.name}")
    if send.language.code != definition.language:
        yield Problem("language.code", f"the template is in {definition.language}")
    if definition.status not in (None, "APPROVED"):
        yield Problem("name", f"the template is {definition.status}, only an APPROVED one can be sent")
    wanted = {slot.key: slot for slot in slots(definition)}
    values = given(send)
    for value in values:
        yield from _fits(definition, wanted.get(value.key), value)
    present = {value.key for value in values}
    for slot in wanted.values():
        if slot.required and slot.key not in present:
            yield Problem("components", f"{slot.key} ({slot.kind}) has no value")
    yield from _lengths(definition, send)
    if definition.category == "AUTHENTICATION":
        yield from _codes(values)


def _fits(definition: Definition, slot: Slot | None, value: Given) -> Iterator[Problem]:
    if slot is None:
        yield Problem(value.path, f"the template has nothing to fill at {value.key}")
    elif slot.kind != value.kind:
        yield Problem(value.path, f"{value.key} takes {slot.kind}, not {value.kind}")
    elif value.kind == "text" and re.search(r"[\n\r\t]| {5}", value.words):
        yield Problem(value.path, "a value has no line breaks, tabs or more than four spaces in a row")


def _lengths(definition: Definition, send: TemplateBody) -> Iterator[Problem]:
    view = render(definition, send)
    most = BODY_ALONE if len(definition.components) == 1 else BODY_WITH_OTHERS
    if view.body and len(view.body) > most:
        yield Problem("components", f"the body with its values has {len(view.body)} characters, at most {most}")
    if view.header and view.header.text and len(view.header.text) > HEADER_TEXT:
        yield Problem("components", f"the header with its values is longer than {HEADER_TEXT} characters")


def _codes(values: tuple[Given, ...]) -> Iterator[Problem]:
    codes = {value.words for value in values}
    if len(codes) > 1:
        yield Problem("components", "the code of the body and of the button must be the same")
    if any(len(code) > AUTHENTICATION_CODE for code in codes):
        yield Problem("components", f"a code has at most {AUTHENTICATION_CODE} characters")
