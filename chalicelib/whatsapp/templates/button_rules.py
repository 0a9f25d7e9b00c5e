"""Meta's rules for the buttons of a template: how many of each, in which order, how long."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from chalicelib.whatsapp.templates import definition as d
from chalicelib.whatsapp.templates.problem import Problem, longer
from chalicelib.whatsapp.templates.variables import variables

MOST = 10
MOST_OF = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "QUICK_REPLY": 10, "FLOW": 1}
TEXT, URL, PHONE, CODE = 25, 2000, 20, 20


def button_problems(buttons: Sequence[Any], path: str) -> Iterator[Problem]:
    """Every rule that these buttons break."""
    if not 1 <= len(buttons) <= MOST:
        yield Problem(path, f"1 to {MOST} buttons")
    for kind, count in Counter(button.type for button in buttons).items():
        if count > MOST_OF.get(kind, MOST):
            yield Problem(path, f"at most {MOST_OF[kind]} {kind} buttons, given are {count}")
    quick = [is_quick for is_quick, _ in groupby(button.type == "QUICK_REPLY" for button in buttons)]
    if quick.count(True) > 1 or quick.count(False) > 1:
        yield Problem(path, "quick replies must stand together, before or after the other buttons")
    for index, button in enumerate(buttons):
        yield from _button(button, f"{path}.{index}")


def _button(button: Any, path: str) -> Iterator[Problem]:
    if not isinstance(button, d.CopyCode):
        yield from longer(button.text or "", TEXT, f"{path}.text")
    if variables(button.text):
        yield Problem(f"{path}.text", "a button's text has no variables")
    match button:
        case d.Url():
            yield from _url(button, path)
        case d.PhoneNumber():
            if not re.fullmatch(r"\+?[0-9]{4,20}", button.phone_number) or len(button.phone_number) > PHONE:
                yield Problem(f"{path}.phone_number", f"digits, at most {PHONE}")
        case d.CopyCode():
            yield from longer(button.example[0] if button.example else "", CODE, f"{path}.example")
        case d.Flow():
            if sum(map(bool, (button.flow_id, button.flow_name, button.flow_json))) != 1:
                yield Problem(path, "give one of flow_id, flow_name and flow_json")
        case d.Otp():
            yield Problem(f"{path}.type", "OTP buttons belong to authentication templates")


def _url(button: d.Url, path: str) -> Iterator[Problem]:
    yield from longer(button.url, URL, f"{path}.url")
    if not re.match(r"https?://[^{}\s]", button.url):
        yield Problem(f"{path}.url", "begins with https:// or http:// and a host")
    names = variables(button.url)
    if not names:
        return
    if len(names) > 1 or not button.url.endswith("}}"):
        yield Problem(f"{path}.url", "one variable, at the end")
    if not button.example:
        yield Problem(f"{path}.example", "a variable address needs a sample")
