"""The API and the simulator as the launcher and the demo use them: JSON over HTTP, a refusal is an exception."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, TypeVar

T = TypeVar("T")


class Refused(Exception):
    """The other side answered with an error."""

    def __init__(self, what: str, status: int, body: Any) -> None:
        super().__init__(f"{what}: {status} {body}")
        self.status = status
        self.body = body


class NoAnswer(ConnectionError):
    """Nobody is there, or stopped being there in mid-call."""

    def __init__(self, what: str, why: Exception) -> None:
        super().__init__(f"{what}: no answer ({why}). Does the stack still run? Start it: make run")


@dataclass(frozen=True)
class Http:
    """One JSON service. `key` is sent as a bearer token."""

    base: str
    key: str = ""

    def get(self, path: str) -> Any:
        """Reads."""
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Makes or does something."""
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON, None when it is empty. Raises Refused, NoAnswer."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            content = error.read()
            raise Refused(f"{method} {path}", error.code, _json(content)) from error
        except (OSError, HTTPException) as error:
            raise NoAnswer(f"{method} {path}", error) from error
        return _json(content) if content else None


def upload(url: str, fields: Mapping[str, str], name: str, content: bytes) -> None:
    """Sends a file the way a browser's form does, with the fields of a presigned POST. Raises Refused, NoAnswer."""
    boundary = "parley-7d1f0c52"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    try:
        urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=60).close()
    except urllib.error.HTTPError as error:
        raise Refused(f"POST {url}", error.code, error.read()[:500]) from error
    except (OSError, HTTPException) as error:
        raise NoAnswer(f"POST {url}", error) from error


def until(what: str, read: Callable[[], T | None], seconds: float = 60.0, pause: float = 0.3) -> T:
    """Reads again and again until there is something. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = read()
        if found:
            return found
        time.sleep(pause)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")[:2000]
