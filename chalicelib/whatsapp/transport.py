"""The transport of a real process: urllib3, which comes with botocore."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from chalicelib.whatsapp.http import AnswerLost, HttpRequest, HttpResponse, HttpStream, NothingSent, TransportError

# A connection idle for longer may have been dropped on the way without a word (a frozen Lambda, a NAT):
# writing to it would make a harmless send ambiguous, a new connection costs one handshake.
MAX_IDLE_SECONDS = 30.0
CHUNK_BYTES = 256 * 1024

_flight = threading.local()


class _Witness:
    """Notes the moment the first byte of a request is handed to the socket, and when that was."""

    sock: Any
    _used = 0.0

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        _flight.sent = True
        self._used = time.monotonic()
        super().send(data)  # type: ignore[misc]

    @property
    def is_connected(self) -> bool:
        fresh = time.monotonic() - self._used < MAX_IDLE_SECONDS
        return fresh and bool(super().is_connected)  # type: ignore[misc]


class _WitnessedHttp(_Witness, HTTPConnection):
    pass


class _WitnessedHttps(_Witness, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _WitnessedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _WitnessedHttps


class Urllib3Transport:
    """Reuses connections, may be shared by threads. `read_timeout` is the longest silence while waiting."""

    def __init__(self, *, connect_timeout: float, read_timeout: float, connections: int = 10) -> None:
        self._timeout = urllib3.Timeout(connect=connect_timeout, read=read_timeout)
        self._pools = urllib3.PoolManager(maxsize=connections, retries=False, timeout=self._timeout)
        self._pools.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def send(self, request: HttpRequest) -> HttpResponse:
        """The whole answer. Raises NothingSent or AnswerLost."""
        with _judged():
            answer = self._open(request, preload=True)
            return HttpResponse(answer.status, dict(answer.headers), answer.data)

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        """The answer with its body unread. Raises NothingSent or AnswerLost."""
        with _judged():
            answer = self._open(request, preload=False)
        try:
            yield HttpStream(answer.status, dict(answer.headers), _chunks(answer))
        finally:
            # Closed rather than drained: what the caller left unread may be long.
            answer.close()

    def _open(self, request: HttpRequest, *, preload: bool) -> urllib3.BaseHTTPResponse:
        return self._pools.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            body=request.body,
            retries=False,
            redirect=False,
            timeout=self._timeout,
            preload_content=preload,
        )


def _chunks(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    with _judged(sent=True):
        yield from answer.stream(CHUNK_BYTES)


@contextmanager
def _judged(*, sent: bool = False) -> Iterator[None]:
    """Turns urllib3's errors into the only question that matters: did anything leave?"""
    _flight.sent = sent
    try:
        yield
    except (urllib3.exceptions.HTTPError, OSError) as error:
        kind: type[TransportError] = AnswerLost if _flight.sent else NothingSent
        raise kind(f"{type(error).__name__}: {error}") from error
