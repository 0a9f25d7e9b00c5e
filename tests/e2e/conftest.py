"""One local stack for the whole run, on ports and in a folder of its own, beside whatever a developer has running.

With PARLEY_E2E_STACK=<path of a stack.json> the tests use that stack and leave it running: quicker while writing a test.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import Emulator
from infra.package import ROOT

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What an HTTP call answered."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class LocalStack:
    """A stack to run commands on; `description` is its stack.json."""

    folder: Path
    port_base: int

    @property
    def environment(self) -> dict[str, str]:
        """What names this stack to the launcher."""
        return {**os.environ, "PARLEY_LOCAL_DIR": str(self.folder), "PARLEY_PORT_BASE": str(self.port_base)}

    @property
    def description(self) -> Json:
        """stack.json, as it is now."""
        return dict(json.loads((self.folder / "stack.json").read_text()))

    @property
    def aws(self) -> Emulator:
        """The stack's AWS, as its root user."""
        return Emulator(f"http://127.0.0.1:{self.port_base + 1}")

    def launch(self, *command: str) -> subprocess.CompletedProcess[str]:
        """`python -m infra.local <command>`."""
        return subprocess.run(
            [sys.executable, "-m", "infra.local", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A stack that runs, to stop, restart or look into."""
    given = os.environ.get("PARLEY_E2E_STACK")
    if given:
        description = json.loads(Path(given).read_text())
        yield LocalStack(Path(given).parent, int(description["portal_url"].rsplit(":", 1)[1]))
        return
    fresh = LocalStack(tmp_path_factory.mktemp("stack"), free_ports())
    done = fresh.launch("run", "--detach")
    try:
        assert done.returncode == 0, done.stderr + logs_of(fresh.folder)
        yield fresh
    finally:
        fresh.launch("stop")


@pytest.fixture
def stack(local_stack: LocalStack) -> Json:
    """stack.json of a stack that is ready."""
    return local_stack.description


@pytest.fixture
def api(stack: Json) -> Callable[..., Answer]:
    """Calls the API as its administrator: `api("GET", "/users")`; `key=""` for nobody."""

    def call(method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        token = stack["api_key"] if key is None else key
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        return request(method, f"{stack['api_url']}/api/v1{path}", body, headers)

    return call


@pytest.fixture
def sim(stack: Json) -> Callable[..., Answer]:
    """Calls the WhatsApp simulator's control interface: `sim("GET", "/stats")`."""

    def call(method: str, path: str, body: Any = None) -> Answer:
        return request(method, f"{stack['simulator_url']}/_sim{path}", body, {"Content-Type": "application/json"})

    return call


@pytest.fixture
def agent(stack: Json, api: Callable[..., Answer]) -> Callable[..., Answer]:
    """Calls the API as the first agent, who has room for what other tests left on this stack."""
    person = next(user for user in stack["users"] if user["role"] == "agent")
    body = {"email": person["email"], "password": person["password"]}
    json = {"Content-Type": "application/json"}
    token = request("POST", f"{stack['api_url']}/api/v1/auth/sign-in", body, json).body["accessToken"]

    def call(method: str, path: str, body: Any = None) -> Answer:
        return request(method, f"{stack['api_url']}/api/v1{path}", body, {**json, "Authorization": f"Bearer {token}"})

    assert api("PATCH", f"/agents/{call('GET', '/me').body['id']}", {"capacity": 100}).status == 200
    return call


def eventually(look: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What `look` finds, asked again each second until it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(1)
    raise AssertionError(f"nothing after {seconds} s")


def request(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    """One HTTP call; JSON both ways, refusals are answers too."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    made = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(made, timeout=60) as found:
            return Answer(found.status, _read(found.read()), dict(found.headers))
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, _read(refused.read()), dict(refused.headers))


def free_ports() -> int:
    """The first of four ports in a row that nobody listens on."""
    for base in range(18_100 + os.getpid() % 1000 * 10, 60_000, 10):
        if all(_is_free(port) for port in range(base, base + 4)):
            return base
    raise AssertionError("no free ports")


def logs_of(folder: Path) -> str:
    """The end of every log, for a failure's message."""
    return "".join(f"\n--- {log.name}\n{log.read_text()[-3000:]}" for log in sorted((folder / "logs").glob("*.log")))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content
