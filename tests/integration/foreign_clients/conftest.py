"""A running simulator, a place its webhooks go to, and the other authors' clients."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from infra.local.simulator import media
from infra.local.simulator.config import Config, Timing
from infra.local.simulator.embed import Running, running

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SECRET = "test-app-secret"
TOKEN = "test-token"


class Callback(ThreadingHTTPServer):
    """A webhook endpoint that answers the handshake and keeps what it is sent: (body, signature)."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhook"

    def wait_for(self, enough: Callable[[list[tuple[bytes, str]]], bool], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not enough(self.received):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.received)} webhooks came, not the ones waited for")
            time.sleep(0.02)


class _Handler(BaseHTTPRequestHandler):
    server: Callback

    def do_GET(self) -> None:
        query = parse_qs(urlparse(self.path).query)
        self._answer(200 if query["hub.verify_token"] == ["verify"] else 403, query["hub.challenge"][0].encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((body, self.headers["X-Hub-Signature-256"]))
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def callback() -> Iterator[Callback]:
    server = Callback()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def simulator(tmp_path: Path, callback: Callback) -> Iterator[Running]:
    quick = Timing(sent_ms=(1, 5), delivered_ms=(1, 5), read_ms=(1, 5), read_share=1.0)
    config = Config(
        webhook_url=callback.url,
        verify_token="verify",
        app_secret=SECRET,
        access_tokens=[TOKEN],
        timing=quick,
        hidden_phone_share=0.0,
        webhook_linger_ms=0,
    )
    with running(tmp_path / "state", config) as made:
        control(made, "PUT", "/faults", {"batch_statuses": 1})
        yield made


def control(simulator: Running, method: str, path: str, body: Any = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{simulator.url}/_sim{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(media.png(8, 8, (11, 122, 91)))
    return path


@pytest.fixture(scope="session")
def node_clients() -> Path:
    """The npm packages, installed once from the lock file with the project's own node."""
    folder = ROOT / ".local" / "foreign_clients"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = folder / "installed.json"
    # Test processes side by side install once between them.
    with (folder / "installing").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json", "kapso.mjs", "cloudapi.mjs"):
            shutil.copy(HERE / name, folder / name)
        if not stamp.exists() or stamp.read_bytes() != lock:
            command = [_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=folder, env=_environment(), check=True, capture_output=True, timeout=300)
            stamp.write_bytes(lock)
    return folder


def run_node(folder: Path, script: str, *arguments: str) -> Any:
    command = [_tool("node"), script, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _environment() -> dict[str, str]:
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
