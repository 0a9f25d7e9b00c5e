"""The local origin keeps AWS's limits, and serves nothing but the portal's build."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.local.gateway import Handler, RestApi, Routes, is_unknown_route, page, too_large
from infra.local.headers import chat_headers, security_headers
from infra.local.places import HOST


@pytest.mark.parametrize(
    ("length", "content_type", "refused"),
    [
        (6_000_000, "application/json", False),
        (6_000_001, "application/json", True),
        (4_500_000, "image/jpeg", False),
        (4_500_001, "image/jpeg", True),  # base64 makes 6 MB of it
        (10_000_001, "text/csv", True),
    ],
)
def test_a_body_that_aws_would_refuse_is_too_large(length: int, content_type: str, refused: bool) -> None:
    assert too_large(length, content_type) is refused


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    build = tmp_path / "dist"
    (build / "assets").mkdir(parents=True)
    (build / "index.html").write_text("page")
    (build / "assets" / "app-1a2b.js").write_text("code")
    (tmp_path / "secret.txt").write_text("no")
    return build


def test_a_path_without_a_dot_is_a_page_of_the_portal(portal: Path) -> None:
    assert page(portal, "/inbox/tickets/4711") == portal / "index.html"
    assert page(portal, "/") == portal / "index.html"


def test_a_file_of_the_build_is_served_and_nothing_beside_it(portal: Path) -> None:
    assert page(portal, "/assets/app-1a2b.js") == portal / "assets" / "app-1a2b.js"
    assert page(portal, "/assets/gone.js") is None
    assert page(portal, "/../secret.txt") is None


def test_the_local_pages_have_the_headers_that_cloudfront_sets() -> None:
    headers = security_headers(media="http://127.0.0.1:8701", live="ws://127.0.0.1:8701/_aws/execute-api/x/live")
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self' ws://127.0.0.1:8701 http://127.0.0.1:8701;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "${" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_an_unknown_route_is_told_from_a_refusal_of_ours() -> None:
    assert is_unknown_route(403, b'{"message": "Missing Authentication Token"}')
    assert not is_unknown_route(403, b'{"code": "forbidden"}')


def test_only_the_web_chats_page_may_stand_in_other_sites_frames() -> None:
    chat = chat_headers()
    assert "frame-ancestors http: https:" in chat["Content-Security-Policy"]
    assert "X-Frame-Options" not in chat
    portal = security_headers(media="http://m", live="ws://l/x")
    assert "frame-ancestors 'none'" in portal["Content-Security-Policy"]
    assert portal["X-Frame-Options"] == "DENY"


class Emulator(BaseHTTPRequestHandler):
    """Has one API, and tells what was sent to it."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        known = self.path == "/restapis/new/live/_user_request_/api/v1/things"
        answer = body if known else b'{"message": "Not Found"}'
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_address[1]}"
        server.shutdown()


def post_through(api: RestApi, portal: Path) -> tuple[int, bytes]:
    with serving(Emulator) as emulator:

        class Gateway(Handler):
            routes = Routes(emulator, api, "live", portal, {}, {})

        with serving(Gateway) as gateway:
            try:
                with urllib.request.urlopen(f"{gateway}/api/v1/things", data=b'{"a": 1}') as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as refused:
                return refused.code, refused.read()


def test_an_api_that_a_deployment_moved_is_found_where_it_is_now(portal: Path) -> None:
    api = RestApi("old", lambda: "new")
    assert post_through(api, portal) == (200, b'{"a": 1}')
    assert api.id == "new"


def test_while_a_deployment_moves_the_api_the_answer_says_so(portal: Path) -> None:
    status, body = post_through(RestApi("old", lambda: "old"), portal)
    assert status == 503
    assert b"is being deployed" in body
