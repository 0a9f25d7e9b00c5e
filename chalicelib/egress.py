"""The way out of HTTP calls to addresses that users name: the public internet and hosts an administrator allows.

A name is resolved once, every address it has is checked, and the connection goes to a checked address: a second
answer of the DNS changes nothing. Redirects are followed by us, each target checked the same way.
"""

import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import field
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from chalicelib import plain_json
from chalicelib.dataclass import dataclass

MAX_ANSWER = 256 * 1024
MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# What some Python versions call global and nobody here has any business with: the IETF's protocol assignments (a cloud's metadata
# is in there), relays of 6to4 and 6to4 itself (an IPv4 address in disguise), documentation, Azure's host.
_INNER = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2002::/16", "3fff::/20"))
)
_ALONG = {"accept", "accept-language", "content-type", "user-agent"}
"""The headers that follow a redirect to somebody else: any other may carry a key."""

Resolver = Callable[[str, int], list[str]]
Read = TypeVar("Read")


class NoAnswer(Exception):
    """Nobody answered, or nothing that can be used; the text is fit for whoever named the address."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.transient = transient
        """Whether the same call may succeed later."""


class NotAllowed(NoAnswer):
    """The address is none that may be called."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is not an address that may be called from here.")
        self.host = host


@dataclass(frozen=True)
class Request:
    """One HTTP request, whole: nothing is added but the host."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    timeout_seconds: float = 5.0
    redirects: int = MAX_REDIRECTS
    """How many are followed; with 0 a redirect is an answer like any other."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    reason: str
    body: Any
    """Parsed where it is JSON, else text; null when empty."""


@dataclass(frozen=True)
class Glance:
    """What lies at an address, without fetching it whole."""

    status: int
    reason: str
    content_type: str
    size: int
    """Bytes: as the server says, or counted; counting ends just above the limit that was asked for."""
    head: bytes
    """The first bytes of it."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Egress:
    """`allowed` are hosts (`crm.internal`, or `crm.internal:8443`) that may have any address."""

    allowed: frozenset[str] = frozenset()
    resolver: Resolver = resolve
    tls: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)

    @classmethod
    def to(cls, hosts: str) -> "Egress":
        """To the internet and these hosts: `crm.internal, 127.0.0.1:9000`."""
        return cls(frozenset(host.strip().lower() for host in hosts.split(",") if host.strip()))

    def fetch(self, call: Request) -> Answer:
        """The answer, whatever its status. Raises NoAnswer: transient when nobody answered."""
        return self._follow(call, _answer)

    def glance(self, url: str, *, head: int, limit: int, timeout_seconds: float = 10.0) -> Glance:
        """What a file at an address is: its first `head` bytes, and its size up to `limit`. Raises NoAnswer."""
        plain = {"Accept-Encoding": "identity"}
        return self._follow(
            Request("GET", url, plain, timeout_seconds=timeout_seconds),
            lambda response, watch: _glance(response, watch, head, limit),
        )

    def download(
        self, url: str, write: Callable[[bytes], object], *, limit: int, timeout_seconds: float = 60.0
    ) -> Glance:
        """Writes the file at an address, and stops just above `limit`; what it is, without a head. Raises NoAnswer."""
        plain = {"Accept-Encoding": "identity"}
        return self._follow(
            Request("GET", url, plain, timeout_seconds=timeout_seconds),
            lambda response, watch: _download(response, watch, write, limit),
        )

    def _follow(self, call: Request, read: "Callable[[urllib3.BaseHTTPResponse, _Watch], Read]") -> "Read":
        method, url, headers, body = call.method, call.url, dict(call.headers), call.body
        with _Watch(call.timeout_seconds) as watch:
            for _ in range(call.redirects + 1):
                response = self._once(method, url, headers, body, watch)
                location = response.headers.get("location")
                if response.status not in _REDIRECTS or not location or not call.redirects:
                    return read(response, watch)
                response.close()
                following = _joined(url, location)
                if response.status == 303 or (response.status in (301, 302) and method == "POST"):
                    method, body = "GET", None
                if _origin(following) != _origin(url):
                    headers = {name: value for name, value in headers.items() if name.lower() in _ALONG}
                url = following
        raise NoAnswer(f"More than {call.redirects} redirects.")

    def addresses(self, parts: SplitResult) -> list[str]:
        """The checked addresses of a URL's host. Raises NotAllowed, NoAnswer."""
        host, port = parts.hostname or "", _port(parts)
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise NoAnswer(f"{host} cannot be found.", transient=True) from error
        if host not in self.allowed and f"{host}:{port}" not in self.allowed and not all(map(is_public, found)):
            raise NotAllowed(host)
        return found

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None, watch: "_Watch"
    ) -> urllib3.BaseHTTPResponse:
        parts, trouble = _parts(url), ""
        for address in self.addresses(parts)[:3]:
            if watch.is_over:
                raise NoAnswer(_too_slow(watch), transient=True)
            pool = self._pool(parts, address, watch)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            try:
                return pool.urlopen(
                    method, target, body=body.encode() if body is not None else None,
                    headers={"User-Agent": "Parley", **headers, "Host": _host(parts)},
                    redirect=False, retries=False, preload_content=False, assert_same_host=False,
                )  # fmt: skip
            except urllib3.exceptions.NewConnectionError as error:
                trouble = type(error).__name__
            except (HTTPError, OSError, ssl.SSLError) as error:
                raise _no_answer(parts, error, watch) from error
            except (ValueError, HTTPException):
                # Not chained: the text of the error would show the header or the address that cannot be written.
                raise NoAnswer("The address or a header of this request has characters that cannot be sent.") from None
        raise NoAnswer(f"{parts.hostname} does not answer ({trouble}).", transient=True)

    def _pool(self, parts: SplitResult, address: str, watch: "_Watch") -> HTTPConnectionPool:
        timeout = Timeout(connect=watch.seconds, read=watch.seconds)
        if parts.scheme == "http":
            pool = HTTPConnectionPool(address, _port(parts), timeout=timeout, maxsize=1)
        else:
            pool = HTTPSConnectionPool(
                address, _port(parts), timeout=timeout, maxsize=1, ssl_context=self.tls(),
                server_hostname=parts.hostname, assert_hostname=parts.hostname,
            )  # fmt: skip
        watch.over(pool)
        return pool


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet. An IPv6 one that stands for an IPv4 one is judged as that."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        meant = address.ipv4_mapped
        if address in _NAT64:
            meant = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if meant is None and address not in _GLOBAL_UNICAST:
            return False
        address = meant or address
    inner = address.is_multicast or address.is_reserved or any(address in network for network in _INNER)
    return address.is_global and not inner


class _Watch:
    """The total time of one call, redirects included: when it is over the sockets are shut, however slowly bytes drip."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.is_over = seconds, False
        self._pools: list[HTTPConnectionPool] = []
        self._connections: list[Any] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for pool in self._pools:
            pool.close()

    def over(self, pool: HTTPConnectionPool) -> None:
        create = pool._new_conn

        def remembered() -> Any:
            connection = create()
            self._connections.append(connection)
            return connection

        pool._new_conn = remembered  # type: ignore[method-assign]
        self._pools.append(pool)

    def _watch(self) -> None:
        self._done.wait(self.seconds)
        self.is_over = not self._done.is_set()
        while not self._done.wait(0.05):  # again and again: a connection may only just be made
            for connection in list(self._connections):
                _shut(connection)


def _shut(connection: Any) -> None:
    sock = connection.sock
    if sock is None:
        return
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()


def _glance(response: urllib3.BaseHTTPResponse, watch: _Watch, head: int, limit: int) -> Glance:
    said = response.headers.get("content-length", "")
    found, size = b"", 0
    try:
        for piece in response.stream(64 * 1024, decode_content=False):
            found, size = (found + piece)[:head], size + len(piece)
            if size > limit or (said.isdecimal() and len(found) == head):
                break
    except (HTTPError, OSError) as error:
        raise NoAnswer("The answer broke off." if not watch.is_over else _too_slow(watch), transient=True) from error
    finally:
        response.close()
    content_type = response.headers.get("content-type", "")
    return Glance(response.status, response.reason or "", content_type, int(said) if said.isdecimal() else size, found)


def _download(
    response: urllib3.BaseHTTPResponse, watch: _Watch, write: Callable[[bytes], object], limit: int
) -> Glance:
    said, size = response.headers.get("content-length", ""), 0
    try:
        for piece in response.stream(256 * 1024, decode_content=False):
            write(piece)
            size += len(piece)
            if size > limit:
                break
    except (HTTPError, OSError) as error:
        raise NoAnswer("The answer broke off." if not watch.is_over else _too_slow(watch), transient=True) from error
    finally:
        response.close()
    if size <= limit and (watch.is_over or (said.isdecimal() and size < int(said))):
        raise NoAnswer("The answer broke off." if not watch.is_over else _too_slow(watch), transient=True)
    return Glance(response.status, response.reason or "", response.headers.get("content-type", ""), size, b"")


def _answer(response: urllib3.BaseHTTPResponse, watch: _Watch) -> Answer:
    try:
        content = _unpacked(response.read(MAX_ANSWER + 1, decode_content=False), response.headers)
    except (HTTPError, OSError) as error:
        raise NoAnswer("The answer broke off." if not watch.is_over else _too_slow(watch), transient=True) from error
    finally:
        response.close()
    if watch.is_over:
        raise NoAnswer(_too_slow(watch), transient=True)
    if len(content) > MAX_ANSWER:
        raise NoAnswer(f"The answer is larger than {MAX_ANSWER // 1024} KB.")
    return Answer(response.status, response.reason or "", _parsed(content, response.headers.get("content-type", "")))


def _unpacked(content: bytes, headers: Mapping[str, str]) -> bytes:
    """At most a byte more than is allowed: a small answer may unpack to gigabytes."""
    match headers.get("content-encoding", "").strip().lower():
        case "" | "identity":
            return content
        case "gzip" | "x-gzip" | "deflate" if len(content) <= MAX_ANSWER:
            try:
                return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, MAX_ANSWER + 1)
            except zlib.error as error:
                raise NoAnswer("The answer cannot be unpacked.") from error
        case "gzip" | "x-gzip" | "deflate":
            return content
        case encoding:
            raise NoAnswer(f"The answer is packed in a way that is not read here: {encoding[:40]}.")


def _parsed(content: bytes, content_type: str) -> Any:
    charset = content_type.partition("charset=")[2].split(";")[0].strip(' "') or "utf-8"
    try:
        text = content.decode(charset, errors="replace")
    except (LookupError, UnicodeError):
        text = content.decode("utf-8", errors="replace")
    if not text.strip():
        return None
    try:
        found = plain_json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if plain_json.is_shallow(found) else text


def _no_answer(parts: SplitResult, error: Exception, watch: _Watch) -> NoAnswer:
    if watch.is_over or isinstance(error, urllib3.exceptions.TimeoutError):
        return NoAnswer(_too_slow(watch), transient=True)
    if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError):
        return NoAnswer(f"{parts.hostname} has no valid certificate.")
    return NoAnswer(f"{parts.hostname} does not answer ({type(error).__name__}).", transient=True)


def _too_slow(watch: _Watch) -> str:
    return f"No answer within {watch.seconds:g} seconds."


def _parts(url: str) -> SplitResult:
    """The parts of a URL that can be called. Raises NoAnswer."""
    try:
        parts = urlsplit(url)
        callable_ = parts.scheme in ("http", "https") and bool(parts.hostname) and _port(parts) > 0
    except ValueError:
        callable_ = False
    if not callable_:
        raise NoAnswer("The call, or a redirect, leads to something that is not an http or https address.")
    return parts


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _origin(url: str) -> tuple[str, str, int]:
    parts = _parts(url)
    return parts.scheme, parts.hostname or "", _port(parts)


def _host(parts: SplitResult) -> str:
    """The Host header: a name in other letters as DNS writes it."""
    host = parts.netloc.rpartition("@")[2]
    return host if host.isascii() else host.encode("idna").decode()


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
