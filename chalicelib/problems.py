"""What can be wrong with a request, in words every room may raise. It knows no HTTP: chalicelib/http/errors.py has the statuses.

A feature's own exception derives from one of these and keeps its ids as attributes:

    class CampaignAlreadySent(Conflict):
        def __init__(self, campaign_id: str) -> None:
            super().__init__(f"Campaign {campaign_id} has been sent and cannot be changed.")
            self.campaign_id = campaign_id

Its `code` is the class name in snake case (`campaign_already_sent`) unless the class or the caller says otherwise.
The message is read by a person: say what is wrong and what to do, never what the code looked like inside.
"""

import re
from collections.abc import Iterable
from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """One thing wrong with one field; `field` is its path in the request: `recipients.0.phone`."""

    field: str
    message: str


class Problem(Exception):
    """Something the caller can mend, or must at least be told in plain words."""

    code: ClassVar[str | int] = ""

    def __init__(self, message: str, *, code: str | int | None = None, errors: Iterable[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problem_code = code or type(self).code or code_of(type(self))
        self.errors = tuple(errors)


class Invalid(Problem):
    """The request itself is wrong: `field` names the culprit."""

    def __init__(
        self, message: str, *, field: str = "", code: str | int | None = None, errors: Iterable[FieldError] = ()
    ) -> None:
        super().__init__(message, code=code, errors=(*errors, *([FieldError(field, message)] if field else [])))


class Unauthorized(Problem):
    """Nobody we know asks."""


class Forbidden(Problem):
    """We know who asks, and they may not."""


class NotFound(Problem):
    """There is no such thing, or not for this reader."""


class Conflict(Problem):
    """The request is fine but the state of things is against it."""


class TooLarge(Problem):
    """More than this operation takes."""


class WrongContentType(Problem):
    """A body of another kind than this operation reads."""


class TooMany(Problem):
    """Too often or too many at once; later is fine."""


class Unavailable(Problem):
    """Something we depend on does not answer; the same request may be sent again."""


def code_of(kind: type[Exception]) -> str:
    """The stable code of an exception class: its name in snake case.

    >>> code_of(NotFound)
    'not_found'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower()
