"""The functions scripts may call, read from the comments in helpers.js: one text is reference, example and test."""

import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

_BLOCK = re.compile(r"/\*\*\n(?P<comment>(?: \*.*\n)+?) \*/\nfunction (?P<name>\w+)\(")
_PARAMETER = re.compile(
    r"@param \{(?P<type>\w+)\} (?:\[(?P<optional>\w+)=(?P<default>[^\]]+)\]|(?P<required>\w+))"
    r" \((?P<example>.*?)\) (?P<description>.+)"
)
_EXAMPLE = re.compile(r"@example (?P<call>.+?) // (?P<result>.+)")
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue, config=ConfigDict(defer_build=True))


class Parameter(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")
    name: str
    type: str
    required: bool
    default: JsonValue
    description: str
    example: JsonValue


class Function(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")
    name: str
    description: str
    example: str
    parameters: tuple[Parameter, ...]


class Example(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")
    call: str
    result: JsonValue


@cache
def catalogue() -> tuple[Function, ...]:
    """The answer of GET …/steps/functions."""
    return tuple(_function(name, lines) for name, lines in _blocks())


def examples() -> list[Example]:
    """Every documented call with the result it promises."""
    found = [_EXAMPLE.match(line) for _, lines in _blocks() for line in lines]
    return [Example(call=one["call"], result=_JSON.validate_json(one["result"])) for one in found if one]


def _function(name: str, lines: list[str]) -> Function:
    calls = [one["call"] for one in map(_EXAMPLE.match, lines) if one]
    parameters = tuple(_parameter(one) for one in map(_PARAMETER.match, lines) if one)
    return Function(name=name, description=lines[0], example=calls[0], parameters=parameters)


def _parameter(found: re.Match[str]) -> Parameter:
    return Parameter(
        name=found["required"] or found["optional"],
        type=found["type"],
        required=found["required"] is not None,
        default=_JSON.validate_json(found["default"]) if found["default"] else None,
        description=found["description"],
        example=_JSON.validate_json(found["example"]),
    )


def _blocks() -> list[tuple[str, list[str]]]:
    source = Path(__file__).with_name("helpers.js").read_text("utf-8")
    return [
        (block["name"], [line.removeprefix(" *").strip() for line in block["comment"].splitlines()])
        for block in _BLOCK.finditer(source)
    ]
