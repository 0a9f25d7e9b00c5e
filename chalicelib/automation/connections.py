"""Connections: stored credentials that the platform adds to a workflow's HTTP calls and renews by itself.

Kept in Secrets Manager under `workflow/connection/<name>`, plain secrets under `workflow/secret/<name>`. Their values
are never in data, logs or exports: what a called system repeats of them is shown as the reference.
"""

import base64
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Literal

from chalicelib.automation.connection_types import Basic, Bearer, Connection, connection_of
from chalicelib.automation.expressions import secrets as references
from chalicelib.automation.hiding import Hidden
from chalicelib.automation.steps.commands import Call, StepFailed
from chalicelib.automation.tokens import Fetch, SecretStore, Tokens, Turn
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.dataclass import dataclass
from chalicelib.egress import Answer


@dataclass
class Connections:
    """Adds credentials to calls."""

    store: SecretStore
    fetch: Fetch
    turn: Turn = lambda name: nullcontext()

    def __post_init__(self) -> None:
        self._tokens = Tokens(self.store, self._fetched, self.turn)

    def call(self, call: Call) -> Answer:
        """Makes a call with its secrets and its connection filled in; renews a token that was refused, once."""
        hidden = Hidden()
        try:
            answer = self._answer(self._filled(call, hidden), call.connection, hidden)
        except StepFailed as failed:
            # Not chained: the first text may show what was filled in.
            raise StepFailed(hidden.hide(str(failed)), transient=failed.transient) from None
        return replace(answer, reason=hidden.hide(answer.reason), body=hidden.hide(answer.body))

    def put(self, name: str, connection: Connection) -> None:
        """Stores a connection."""
        with self._tokens.replacing(name):
            self.store.put(f"workflow/connection/{name}", connection.model_dump_json(by_alias=True))

    def put_secret(self, name: str, value: str) -> None:
        """Stores a secret, for `{{secret.name}}`."""
        self.store.put(f"workflow/secret/{name}", value)

    def delete(self, kind: Literal["secret", "connection"], name: str) -> None:
        """Removes a secret or a connection."""
        if kind == "secret":
            self.store.delete(f"workflow/secret/{name}")
            return
        with self._tokens.replacing(name):
            self.store.delete(f"workflow/connection/{name}")

    def _answer(self, call: Call, connection: str | None, hidden: Hidden) -> Answer:
        if connection is None:
            return self.fetch(call)
        credential, is_token = self._credential(connection)
        answer = self.fetch(_with(call, connection, credential, hidden))
        if answer.status == 401 and is_token:
            renewed = f"Bearer {self._tokens.get(connection, refused=credential.removeprefix('Bearer '))}"
            answer = self.fetch(_with(call, connection, renewed, hidden))
        return answer

    def _fetched(self, call: Call) -> Answer:
        return self.fetch(call)

    def _credential(self, name: str) -> tuple[str, bool]:
        """The Authorization header, and whether it can be renewed."""
        connection = connection_of(self.store.get, name)
        match connection:
            case Bearer():
                return f"Bearer {connection.token}", False
            case Basic():
                pair = f"{connection.user}:{connection.password}".encode()
                return f"Basic {base64.b64encode(pair).decode()}", False
            case _:
                return f"Bearer {self._tokens.get(name)}", True

    def _filled(self, call: Call, hidden: Hidden) -> Call:
        def secret(name: str) -> str:
            return hidden.note(self._secret(name), references.shown(references.mark(name)))

        return replace(
            call,
            url=references.revealed_in_url(call.url, secret),
            headers={name: references.revealed(value, secret) for name, value in call.headers.items()},
            body=None if call.body is None else references.revealed(call.body, _in_json(secret)),
        )

    def _secret(self, name: str) -> str:
        try:
            return self.store.get(f"workflow/secret/{name}")
        except SecretMissing as missing:
            raise StepFailed(f"There is no secret {name!r}.") from missing


def _with(call: Call, connection: str, credential: str, hidden: Hidden) -> Call:
    """The call with its credential. A password is told apart from its user when the two come back."""
    scheme, _, value = credential.partition(" ")
    shown = f"{{{{connection.{connection}}}}}"
    hidden.note(value, shown)
    if scheme == "Basic":
        hidden.note(base64.b64decode(value).decode().partition(":")[2], shown)
    return replace(call, headers={**call.headers, "Authorization": credential})


def _in_json(secret: Callable[[str], str]) -> Callable[[str], str]:
    """A secret inside a JSON body stands inside a string: what would end it is escaped."""
    return lambda name: json.dumps(secret(name), ensure_ascii=False)[1:-1]
