"""A server that speaks in raw bytes, to cut a connection at an exact point; and a transport that plays a script."""

import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager

from chalicelib.whatsapp.http import HttpResponse, HttpStream


class RawServer:
    """Serves each connection by the next act of the script; counts connections and whole requests."""

    def __init__(self, *acts: Callable) -> None:
        self._acts = list(acts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.connections = 0
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        for act in self._acts:
            connection, _ = self._listener.accept()
            connection.settimeout(5)
            self.connections += 1
            with connection:
                act(self, connection)

    def read(self, connection: socket.socket) -> bytes:
        """One whole request."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return body


def http(status: int, body: bytes, *extra: str) -> bytes:
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *extra, "", ""]
    return "\r\n".join(head).encode() + body


def answers(*answers: bytes) -> Callable:
    """Reads whole requests on one connection and gives each its answer, then closes."""

    def act(server, connection):
        for answer in answers:
            server.read(connection)
            connection.sendall(answer)

    return act


class Script:
    """A transport that gives the answers it was told to and keeps the requests."""

    def __init__(self, *answers: HttpResponse | Exception) -> None:
        self._answers = list(answers)
        self.requests = []

    def send(self, request):
        if request.body is not None and not isinstance(request.body, bytes):
            request = type(request)(request.method, request.url, request.headers, b"".join(request.body))
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def stream(self, request):
        answer = self.send(request)
        half = len(answer.body) // 2
        yield HttpStream(answer.status, answer.headers, iter([answer.body[:half], answer.body[half:]]))
