"""The real gateway, its API answered in process: the built portal does not notice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from app import app
from infra.local.gateway import Handler, RestApi, Routes
from infra.local.headers import chat_headers, security_headers
from infra.local.places import HOST
from infra.portal import build
from tests.browser.shop.house import LIVE, House
from tests.support.api import Caller

MEDIA = "https://bucket"


@contextmanager
def served(house: House) -> Iterator[str]:
    """The portal's address while the shop is open."""
    routes = Routes("", RestApi("", str), "", build(), security_headers(media=MEDIA, live=LIVE), chat_headers())
    one_at_a_time = threading.Lock()

    class Counter(Handler):
        def _call_api(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            given = {name: value for name, value in self.headers.items() if name.lower() != "content-length"}
            with one_at_a_time:
                try:
                    answer = Caller(app, house.world).call(
                        self.command, self.path, body.decode() if body else None, headers=given
                    )
                except LookupError:
                    self._refuse(404, "not_found", "There is no such path, or it does not take this method.")
                    return
                house.settle()
            headers = [
                (name, each)
                for name, value in answer.headers.items()
                for each in (value if isinstance(value, list) else [value])
                if name.lower() != "content-length"
            ]
            self._send(answer.status, headers, (answer.text or "").encode())

    Counter.routes = routes
    server = ThreadingHTTPServer((HOST, 0), Counter)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
