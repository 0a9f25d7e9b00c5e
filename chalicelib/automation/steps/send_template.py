"""`SendTemplate`: sends an approved template, its variables filled from a plain mapping."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps import user, whatsapp_message
from chalicelib.automation.steps.commands import Send
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType

Json = dict[str, JsonValue]


class Inputs(StepInputs):
    """`variables` by number ("1") or by name; `header` one variable or `{image|video|document: link}`; `buttons` the
    value of each dynamic button by its index: `{"0": {"url": "suffix"}, "1": {"payload": "YES"}, "2": {"couponCode": "X"}}`.
    """

    sub_account_id: Annotated[str, shown("Subaccount", "subaccount")]
    user: Annotated[Json, shown("Person", "person")]
    template: Annotated[str, shown("Template", "template")]
    language: Annotated[str, shown("Language", "text")]
    variables: Annotated[dict[str, JsonValue], shown("Variables", "mapping")] = Field(default_factory=dict)
    header: Annotated[JsonValue, shown("Header", "json")] = None
    buttons: Annotated[dict[str, dict[str, JsonValue]], shown("Buttons", "json")] = Field(default_factory=dict)


def decide(inputs: Inputs, now: datetime) -> Send:
    components = [*_header(inputs.header), *_body(inputs.variables), *_buttons(inputs.buttons)]
    template: Json = {"name": inputs.template, "language": inputs.language, "components": components}
    return Send(
        sub_account_id=inputs.sub_account_id,
        user=user.parse(inputs.user),
        message=whatsapp_message.message("template", {"template": template}),
    )


def _header(header: JsonValue) -> list[JsonValue]:
    if header in (None, "", {}):
        return []
    if isinstance(header, dict):
        kind, link = next(iter(header.items()))
        return [{"type": "header", "parameters": [{"type": kind, "link": link}]}]
    return [{"type": "header", "parameters": [{"type": "text", "text": _shown(header)}]}]


def _body(variables: dict[str, JsonValue]) -> list[JsonValue]:
    if not variables:
        return []
    if all(name.isdecimal() for name in variables):
        ordered = [variables[name] for name in sorted(variables, key=int)]
        return [{"type": "body", "parameters": [{"type": "text", "text": _shown(value)} for value in ordered]}]
    named: list[JsonValue] = [
        {"type": "text", "parameter_name": name, "text": _shown(value)} for name, value in variables.items()
    ]
    return [{"type": "body", "parameters": named}]


def _buttons(buttons: dict[str, dict[str, JsonValue]]) -> list[JsonValue]:
    return [_button(index, value) for index, value in sorted(buttons.items())]


def _button(index: str, value: dict[str, JsonValue]) -> JsonValue:
    kind, text = next(iter(value.items()), ("url", ""))
    sub_type = {"payload": "quick_reply", "couponCode": "copy_code"}.get(kind, kind)
    parameter: Json = {
        "quick_reply": {"type": "payload", "payload": _shown(text)},
        "copy_code": {"type": "coupon_code", "coupon_code": _shown(text)},
    }.get(sub_type, {"type": "text", "text": _shown(text)})  # type: ignore[assignment]
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}


def _shown(value: JsonValue) -> str:
    return "" if value is None else str(value)


SEND_TEMPLATE = StepType(
    name="SendTemplate",
    kind=Kind.ACT,
    description="Sends an approved template.",
    inputs=Inputs,
    decide=decide,
    outputs=("requestId", "umid", "status", "description"),
)
