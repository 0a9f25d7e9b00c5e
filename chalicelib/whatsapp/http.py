"""One HTTP exchange as plain values. What a client is built on; no sockets here.

TransportError
├── NothingSent   the request certainly never left: the connection could not be made
└── AnswerLost    the request, or a part of it, left; nobody can know whether it was read
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import field
from typing import Protocol

from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class HttpRequest:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Iterable[bytes] | None = field(default=None, repr=False)
    """An iterable needs a Content-Length header."""


@dataclass(frozen=True)
class HttpResponse:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class HttpStream:
    """An answer whose body is still on its way. Reading it may raise AnswerLost."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(repr=False)


class TransportError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingSent(TransportError):
    """The request certainly never left."""


class AnswerLost(TransportError):
    """Some of the request left, and there is no whole answer."""


class Transport(Protocol):
    """Makes one exchange, once: no retries, no redirects. Any status is an answer, not an error."""

    def send(self, request: HttpRequest) -> HttpResponse: ...

    def stream(self, request: HttpRequest) -> AbstractContextManager[HttpStream]: ...
