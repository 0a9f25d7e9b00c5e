"""What a form needs to know of the inputs of a step or a trigger: each field with its label and the kind of control."""

from typing import Any

from pydantic import BaseModel, Field, JsonValue

from chalicelib.shape import Shape

FORMS = (
    "text", "long_text", "number", "choice", "script", "mapping", "json", "duration", "person", "message", "subaccount",
    "template", "connection", "group", "queue", "workflow", "campaign", "time_zone", "schedule", "list",
)  # fmt: skip
_OF_JSON = {"string": "text", "number": "number", "integer": "number", "object": "mapping", "array": "list"}


class FieldView(Shape):
    """One input. `form` says how to ask for it; every value may also be a script, `{{ … }}`."""

    name: str
    label: str
    form: str
    required: bool
    default: JsonValue = None
    options: list[str] = Field(default_factory=list)
    """What can be chosen; empty: anything."""


def shown(label: str, form: str, options: tuple[str, ...] = ()) -> Any:
    """How an input is shown to people; goes into its type: `Annotated[str, shown("Address", "text")]`."""
    return Field(title=label, json_schema_extra={"form": form, "options": list(options)})


def fields(inputs: type[BaseModel]) -> list[FieldView]:
    """The fields of a form, in the order they are written in."""
    schema = inputs.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return [
        FieldView(
            name=name,
            label=one.get("title", name),
            form=one.get("form") or _OF_JSON.get(str(one.get("type")), "json"),
            required=name in required,
            default=one.get("default"),
            options=one.get("options") or one.get("enum") or [],
        )
        for name, one in schema.get("properties", {}).items()
    ]
