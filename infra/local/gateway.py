"""One origin for the portal and its API on this machine, as CloudFront is on AWS.

`/api/*` goes to the emulator's REST API within the limits of API Gateway and Lambda; everything else is a file of the
portal's build, and a path that is no file is a page of it.
"""

import argparse
import http.client
import json
import mimetypes
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from infra import deploy
from infra.local.headers import chat_headers, security_headers
from infra.local.places import HOST

# API Gateway takes 10 MB; what reaches Lambda is the event, at most 6 MB, of which a binary body takes 4/3.
API_GATEWAY_BYTES = 10_000_000
LAMBDA_BYTES = 6_000_000
BINARY_BYTES = LAMBDA_BYTES * 3 // 4
API_GATEWAY_SECONDS = 29.0

_PATIENCE_BYTES = 100_000_000

_HOP_BY_HOP = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers", "transfer-encoding",
               "upgrade", "host", "content-length"}  # fmt: skip
_TEXT = ("application/json", "text/", "application/x-www-form-urlencoded")
_NO_PORTAL = b"<!doctype html><title>Parley</title><p>There is no portal in this build; the API is under /api/v1."


@dataclass
class RestApi:
    """The API's id at the emulator, which is another one after each deployment that changes a route."""

    id: str
    find: Callable[[], str]
    """Asks the stack for it."""

    def has_moved(self, asked: str) -> bool:
        """Whether it is not where it was asked for: another request may have found it already."""
        if self.id == asked:
            self.id = self.find()
        return self.id != asked


@dataclass(frozen=True)
class Routes:
    """Where requests go."""

    emulator: str
    rest_api: RestApi
    stage: str
    portal: Path
    headers: dict[str, str]
    chat_headers: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    """One request of a browser or an API client."""

    protocol_version = "HTTP/1.1"
    routes: Routes

    def answer(self) -> None:
        """Any method."""
        try:
            if urlsplit(self.path).path.startswith("/api/"):
                self._call_api()
            else:
                self._send_page()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Access lines only for errors: paths may carry what people typed."""

    def _call_api(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if too_large(length, self.headers.get("Content-Type", "")):
            self._swallow(length)
            self._refuse(
                413,
                "too_large",
                f"A request may have {LAMBDA_BYTES // 1_000_000} MB; send larger files with an upload URL.",
            )
            return
        body = self.rfile.read(length) if length else None
        try:
            answer, content = self._ask(body)
        except TimeoutError:
            self._refuse(504, "timed_out", "The API took longer than 29 seconds.")
            return
        except OSError:
            self._refuse(503, "unavailable", "The local AWS emulator does not answer; see .local/logs.")
            return
        if len(content) > LAMBDA_BYTES:
            self._refuse(502, "answer_too_large", "The answer is larger than Lambda's 6 MB.")
            return
        if is_unknown_route(answer.status, content):
            self._refuse(404, "not_found", "There is no such path, or it does not take this method.")
            return
        if is_unknown_api(answer.status, content):
            self._refuse(503, "unavailable", "The API is being deployed. Send the request again in a moment.")
            return
        headers = [(k, v) for k, v in answer.getheaders() if k.lower() not in _HOP_BY_HOP | {"date", "server"}]
        self._send(answer.status, headers, content)

    def _ask(self, body: bytes | None) -> tuple[http.client.HTTPResponse, bytes]:
        """The API's answer, wherever the API is. Raises OSError."""
        api = self.routes.rest_api
        asked = api.id
        answer, content = self._ask_at(asked, body)
        if is_unknown_api(answer.status, content) and api.has_moved(asked):
            return self._ask_at(api.id, body)
        return answer, content

    def _ask_at(self, rest_api: str, body: bytes | None) -> tuple[http.client.HTTPResponse, bytes]:
        target = urlsplit(self.routes.emulator)
        connection = http.client.HTTPConnection(target.hostname or HOST, target.port, timeout=API_GATEWAY_SECONDS)
        path = f"/restapis/{rest_api}/{self.routes.stage}/_user_request_{self.path}"
        try:
            connection.request(self.command, path, body, dict(self._forwarded()))
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def _swallow(self, length: int) -> None:
        """A client reads the answer only after it has sent all; beyond a limit it has to live with a cut connection."""
        self.close_connection = True
        left = min(length, _PATIENCE_BYTES)
        while left > 0 and (piece := self.rfile.read(min(left, 65_536))):
            left -= len(piece)

    def _forwarded(self) -> Iterator[tuple[str, str]]:
        for name, value in self.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                yield name, value
        yield "X-Forwarded-For", self.client_address[0]
        yield "X-Forwarded-Proto", "http"

    def _send_page(self) -> None:
        if self.command not in {"GET", "HEAD"}:
            self.close_connection = True
            self._refuse(405, "method_not_allowed", "Pages are only read.")
            return
        file = page(self.routes.portal, unquote(urlsplit(self.path).path))
        if file is None:
            self._send(404, [("Content-Type", "text/plain")], b"There is no such file.")
        elif not file.exists():
            self._send(200, [("Content-Type", "text/html; charset=utf-8")], _NO_PORTAL)
        else:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            cache = "public, max-age=31536000, immutable" if "assets" in file.parts else "no-cache"
            self._send(200, [("Content-Type", kind), ("Cache-Control", cache)], file.read_bytes())

    def _refuse(self, status: int, code: str, message: str) -> None:
        error = {
            "code": code,
            "message": message,
            "errorId": uuid.uuid4().hex,
            "timestamp": datetime.now(UTC).isoformat(),
        }
        self._send(status, [("Content-Type", "application/json")], json.dumps(error).encode())

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        own = self.routes.chat_headers if urlsplit(self.path).path.startswith("/chat/") else self.routes.headers
        for name, value in [*headers, *own.items(), ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def too_large(length: int, content_type: str) -> bool:
    """Whether AWS would refuse a body of this size."""
    text = content_type.startswith(_TEXT) or not content_type
    return length > API_GATEWAY_BYTES or length > (LAMBDA_BYTES if text else BINARY_BYTES)


def is_unknown_route(status: int, content: bytes) -> bool:
    """Whether this is API Gateway's answer to a path or method it does not know; on AWS infra/refusals.py rewords it."""
    return status == 403 and content[:200].find(b"Missing Authentication Token") >= 0


def is_unknown_api(status: int, content: bytes) -> bool:
    """Whether this is the emulator's answer for an API that it does not have (any more)."""
    return status == 404 and content == b'{"message": "Not Found"}'


def page(portal: Path, path: str) -> Path | None:
    """The file to answer a path with: the file itself, or the portal's one page for a path without a dot in its last part."""
    if "." not in path.rpartition("/")[2]:
        return portal / "index.html"
    file = (portal / path.lstrip("/")).resolve()
    return file if file.is_relative_to(portal.resolve()) and file.is_file() else None


def rest_api_of(emulator: str, stack: str) -> str:
    """The id of a stack's API, as its last finished deployment says."""
    return deploy.outputs(deploy.Emulator(emulator).client("cloudformation"), stack)["RestAPIId"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--stack", required=True, help="whose API it is")
    parser.add_argument("--stage", default="live")
    parser.add_argument("--websocket-url", required=True)
    parser.add_argument("--portal", type=Path, required=True)
    given = parser.parse_args()
    headers = security_headers(media=given.emulator, live=given.websocket_url)
    find = partial(rest_api_of, given.emulator, given.stack)
    Handler.routes = Routes(given.emulator, RestApi(find(), find), given.stage, given.portal, headers, chat_headers())
    server = ThreadingHTTPServer((HOST, given.port), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
