"""What is wrong with a definition, all of it at once."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Problem(BaseModel):
    """One finding. `path` is a JSON pointer into the document, `step` the id of the step it lies in."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")
    severity: Severity
    code: str
    message: str
    path: str = ""
    step: str | None = None


def error(code: str, message: str, path: str = "", step: str | None = None) -> Problem:
    return Problem(severity=Severity.ERROR, code=code, message=message, path=path, step=step)


def warning(code: str, message: str, path: str = "", step: str | None = None) -> Problem:
    return Problem(severity=Severity.WARNING, code=code, message=message, path=path, step=step)


def has_errors(problems: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)
