"""Checks of a request's shape, and Meta's way of saying what is wrong with it.

Graph checks keys and types itself and answers code 100 with a sentence; WhatsApp checks values and answers
131008 or 131009 with `details`. Which of the two a limit belongs to follows what Meta is seen to answer.
"""

from typing import TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from .errors import GraphError, required

VALUE = "131009"
MISSING = "131008"


class Shape(BaseModel):
    """A nested object of a request: an unknown key is refused, a number passes as a string."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)


M = TypeVar("M", bound=BaseModel)


def wrong(details: str) -> PydanticCustomError:
    return PydanticCustomError(VALUE, "{details}", {"details": details})


def absent(details: str) -> PydanticCustomError:
    return PydanticCustomError(MISSING, "{details}", {"details": details})


def length(name: str, longest: int, shortest: int = 1) -> AfterValidator:
    """WhatsApp's own length check of a string."""

    def check(value: str) -> str:
        if not shortest <= len(value) <= longest:
            raise wrong(f"{name} length invalid. Min length: {shortest}, Max length: {longest}")
        return value

    return AfterValidator(check)


def chars(longest: int, shortest: int = 1) -> StringConstraints:
    """Graph's length check of a string (code 100)."""
    return StringConstraints(min_length=shortest, max_length=longest)


def read(model: type[M], value: object, *path: str | int) -> M:
    """The value as this model, or Meta's error for the first thing wrong with it."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise as_graph_error(error.errors()[0], path) from None


def as_graph_error(problem: ErrorDetails, prefix: tuple[str | int, ...] = ()) -> GraphError:
    path = (*prefix, *problem["loc"])
    kind, limits = problem["type"], problem.get("ctx", {})
    if kind in (VALUE, MISSING):
        return GraphError(int(kind), str(limits["details"]))
    if kind == "missing":
        nested = len(path) > 1
        return GraphError(131008, f"Parameter '{param(path)}' is mandatory") if nested else required(param(path))
    if kind == "extra_forbidden":
        sentence = f'Unexpected key "{path[-1]}" on param "{param(path[:-1])}".'
    else:
        allowed = str(limits.get("expected", "")).replace("'", "").replace(" or ", ", ").upper()
        words = SENTENCES.get(kind, "must be valid: {msg}").format(
            **limits | {"msg": problem["msg"], "input": problem["input"], "allowed": allowed}
        )
        sentence = f"Param {param(path)} {words}"
    return GraphError(100, message=f"(#100) {sentence}")


SENTENCES = {
    "string_too_long": "must be at most {max_length} characters long.",
    "string_too_short": "must be at least {min_length} characters long.",
    "string_type": "must be a string.",
    "literal_error": 'must be one of {{{allowed}}} - got "{input}".',
    "too_long": "must have at most {max_length} elements.",
    "too_short": "must have at least {min_length} elements.",
    "model_type": "must be a JSON object.",
    "dict_type": "must be a JSON object.",
    "list_type": "must be an array.",
}


def param(path: tuple[str | int, ...]) -> str:
    """`text['body']`, `template['components'][0]`, as Graph writes a place in the request."""
    head, *rest = path or ("",)
    return str(head) + "".join(f"[{part}]" if isinstance(part, int) else f"['{part}']" for part in rest)
