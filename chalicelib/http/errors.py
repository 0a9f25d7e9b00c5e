"""From an exception to an answer. The only file that knows which problem has which HTTP status.

An exception that derives from `chalicelib.problems.Problem` needs nothing more. One that cannot (it comes from a room that
knows nothing of requests) is given its meaning by the `api.py` that exposes it:

    maps({WindowClosed: Conflict, NumberUnknown: NotFound})
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, TransactionContended
from chalicelib.problems import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
    WrongContentType,
    code_of,
)

STATUS: Mapping[type[Problem], int] = {
    Invalid: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    WrongContentType: 415,
    TooMany: 429,
    Unavailable: 503,
}

_MOST_ERRORS = 50
_THROTTLED = {
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
}
_meanings: dict[type[Exception], type[Problem]] = {}


class ErrorField(BaseModel):
    """One field that is wrong."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    field: str = Field(description="Path of the field in the request, parts joined by dots: recipients.0.phone")
    message: str


class ErrorBody(BaseModel):
    """What every error answer looks like."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    code: str | int = Field(description="Stable, for programs.")
    message: str = Field(description="For people: what is wrong and what to do.")
    errorId: str = Field(description="Names this one answer in our logs.")  # noqa: N815 - the public name
    timestamp: str
    errors: list[ErrorField] | None = Field(
        default=None, description="The fields that are wrong, where fields are the matter."
    )


def maps(meanings: Mapping[type[Exception], type[Problem]]) -> None:
    """Declares what exceptions mean that do not derive from Problem. Their text must be fit for a caller."""
    _meanings.update(meanings)


def problem_of(error: Exception) -> Problem | None:
    """What to tell the caller, or None when it is our own mistake."""
    match error:
        case Problem():
            return error
        case TransactionContended():
            return Unavailable("Several changes met at the same place. Send the request again.", code="contended")
        case ConditionFailed():
            return Conflict(
                "This was changed by somebody else meanwhile. Read it again and repeat.", code="changed_meanwhile"
            )
        case ClientError() if error.response["Error"]["Code"] in _THROTTLED:
            return Unavailable("The service is busy. Send the request again in a moment.", code="busy")
    for kind in type(error).__mro__:
        if kind in _meanings:
            return _meanings[kind](str(error), code=code_of(type(error)))
    return None


def status_of(problem: Problem) -> int:
    """The HTTP status of a problem, by the nearest class the table knows."""
    return next((STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS), 400)


def body_of(problem: Problem, error_id: str, now: datetime) -> dict[str, Any]:
    """The JSON of an error answer."""
    errors = [ErrorField(field=error.field, message=error.message) for error in problem.errors[:_MOST_ERRORS]]
    body = ErrorBody(
        code=problem.problem_code,
        message=problem.message,
        errorId=error_id,
        timestamp=stamp(now),
        errors=errors or None,
    )
    return body.model_dump(exclude_none=True)


def invalid(error: ValidationError, where: str) -> Invalid:
    """A request that does not fit its model, field by field; `where` is body or query."""
    found = [
        FieldError(".".join(str(part) for part in item["loc"]) or where, _sentence(item["msg"]))
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = found[0]
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    return Invalid(f"{first.field}: {first.message}{more}", errors=found)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")
