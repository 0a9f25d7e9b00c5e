"""Access tokens of OAuth2 connections: granted, kept until shortly before they end, renewed when they are refused.

A token is kept in memory and, for the other processes of the deployment, in Secrets Manager. One process renews at
a time: a server may take a refresh token once, and call its second use a theft that ends the connection.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import field
from typing import Any, Protocol
from urllib.parse import urlencode

from chalicelib.automation.connection_types import ClientCredentials, Connection, RefreshToken, connection_of
from chalicelib.automation.steps.commands import Call, StepFailed
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.dataclass import dataclass
from chalicelib.egress import Answer

_EARLY_SECONDS = 60.0
_UNSAID_SECONDS = 300.0
_LONGEST_SECONDS = 86_400.0

Turn = Callable[[str], AbstractContextManager[None]]
"""`with turn(name):` one process at a time is inside."""


class SecretStore(Protocol):
    def get(self, name: str) -> str: ...
    def fresh(self, name: str) -> str: ...
    def put(self, name: str, value: str) -> None: ...
    def delete(self, name: str) -> None: ...


class Fetch(Protocol):
    def __call__(self, call: Call) -> Answer: ...


@dataclass(frozen=True)
class _Token:
    text: str
    ends: float


_NONE = _Token("", 0.0)


@dataclass
class Tokens:
    """The tokens of all connections."""

    store: SecretStore
    fetch: Fetch
    turn: Turn = lambda name: nullcontext()
    clock: Callable[[], float] = time.time
    _kept: dict[str, _Token] = field(default_factory=dict, repr=False)

    def get(self, name: str, refused: str = "") -> str:
        """A token that has not ended and is not the one that was refused. Raises StepFailed."""
        kept = self._kept.get(name, _NONE)
        if not self._is_good(kept, refused):
            with self.turn(name):
                kept = self._shared(name)
                if not self._is_good(kept, refused):
                    kept = self._renewed(name)
            self._kept[name] = kept
        return kept.text

    @contextmanager
    def replacing(self, name: str) -> Iterator[None]:
        """While a connection is written or removed nobody renews it, and what it was granted is forgotten."""
        with self.turn(name):
            yield
            self._kept.pop(name, None)
            self.store.delete(_token_name(name))

    def _is_good(self, token: _Token, refused: str) -> bool:
        return token.ends > self.clock() and token.text != refused

    def _shared(self, name: str) -> _Token:
        try:
            written = json.loads(self.store.fresh(_token_name(name)))
        except SecretMissing:
            return _NONE
        return _Token(str(written["token"]), float(written["ends"]))

    def _renewed(self, name: str) -> _Token:
        connection = self._connection(name)
        try:
            granted = self._granted(name, connection)
        except StepFailed:
            # Secrets Manager may tell an older value for a moment: with the same one there is nothing to try.
            newer = self._connection(name)
            if newer == connection:
                raise
            connection, granted = newer, self._granted(name, newer)
        fresh = granted.get("refresh_token")
        if isinstance(connection, RefreshToken) and fresh and fresh != connection.refresh_token:
            renewed = connection.model_copy(update={"refresh_token": str(fresh)})
            self.store.put(f"workflow/connection/{name}", renewed.model_dump_json(by_alias=True))
        token = _Token(str(granted["access_token"]), self.clock() + _lasts(granted.get("expires_in")))
        self.store.put(_token_name(name), json.dumps({"token": token.text, "ends": token.ends}))
        return token

    def _granted(self, name: str, connection: ClientCredentials | RefreshToken) -> dict[str, Any]:
        form = {"client_id": connection.client_id, "client_secret": connection.client_secret, "scope": connection.scope}
        if isinstance(connection, RefreshToken):
            form |= {"grant_type": "refresh_token", "refresh_token": connection.refresh_token}
        else:
            form |= {"grant_type": "client_credentials"}
        given = {key: value for key, value in form.items() if value}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        answer = self.fetch(Call("POST", connection.token_url, headers, urlencode(given), 10))
        if answer.status != 200 or not isinstance(answer.body, dict) or not answer.body.get("access_token"):
            gone = 400 <= answer.status < 500
            raise StepFailed(f"The connection {name} was not granted a token ({answer.status}).", transient=not gone)
        return answer.body

    def _connection(self, name: str) -> ClientCredentials | RefreshToken:
        found: Connection = connection_of(self.store.fresh, name)
        if not isinstance(found, ClientCredentials | RefreshToken):
            raise StepFailed(f"The connection {name} has been changed meanwhile.", transient=True)
        return found


def _token_name(name: str) -> str:
    return f"workflow/token/{name}"


def _lasts(said: object) -> float:
    """Seconds that a token is used: less than the server says, for a call may take a while."""
    try:
        seconds = float(said) if isinstance(said, int | float | str) else _UNSAID_SECONDS
    except ValueError:
        seconds = _UNSAID_SECONDS
    seconds = min(seconds, _LONGEST_SECONDS) if math.isfinite(seconds) else _UNSAID_SECONDS
    return max(seconds - min(_EARLY_SECONDS, seconds / 2), 0.0)
