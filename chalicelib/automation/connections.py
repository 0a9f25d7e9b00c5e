"""Connections: stored credentials that the platform adds to a workflow's HTTP calls and renews by itself.

Kept in Secrets Manager under `workflow/connection/<name>`, plain secrets under `workflow/secret/<name>`. Their values
are never in data, logs or exports.
"""

import base64
import json
import time
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import urlencode

from pydantic import Field, StringConstraints, TypeAdapter

from chalicelib.automation.expressions import secrets as references
from chalicelib.automation.steps.commands import Call, StepFailed
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.egress import Answer
from chalicelib.shape import Shape

_RENEW_EARLY_SECONDS = 60
Secret = Annotated[str, StringConstraints(min_length=1, max_length=8192)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)]


class Bearer(Shape):
    type: Literal["bearer"]
    token: Secret


class Basic(Shape):
    type: Literal["basic"]
    user: Secret
    password: Secret


class ClientCredentials(Shape):
    """OAuth2, RFC 6749 section 4.4."""

    type: Literal["oauth2_client_credentials"]
    token_url: Url
    client_id: Secret
    client_secret: Secret
    scope: str = ""


class RefreshToken(Shape):
    """OAuth2, RFC 6749 section 6. A new refresh token in the answer replaces the stored one."""

    type: Literal["oauth2_refresh_token"]
    token_url: Url
    client_id: Secret
    client_secret: str = ""
    refresh_token: Secret
    scope: str = ""


Connection = Annotated[Bearer | Basic | ClientCredentials | RefreshToken, Field(discriminator="type")]
_connection: TypeAdapter[Connection] = TypeAdapter(Connection)


class SecretStore(Protocol):
    def get(self, name: str) -> str: ...
    def put(self, name: str, value: str) -> None: ...
    def delete(self, name: str) -> None: ...


class Fetch(Protocol):
    def __call__(self, call: Call) -> Answer: ...


@dataclass
class Connections:
    """Adds credentials to calls. Access tokens are kept in memory until shortly before they end."""

    store: SecretStore
    fetch: Fetch
    _tokens: dict[str, tuple[float, str]] = field(default_factory=dict, repr=False)

    def call(self, call: Call) -> Answer:
        """Makes a call with its secrets and its connection filled in; renews a token that was refused, once."""
        filled = self._filled(call)
        if call.connection is None:
            return self.fetch(filled)
        answer = self.fetch(self._authorized(filled, call.connection))
        if answer.status == 401 and call.connection in self._tokens:
            del self._tokens[call.connection]
            answer = self.fetch(self._authorized(filled, call.connection))
        return answer

    def put(self, name: str, connection: Connection) -> None:
        """Stores a connection."""
        self._tokens.pop(name, None)
        self.store.put(f"workflow/connection/{name}", connection.model_dump_json(by_alias=True))

    def put_secret(self, name: str, value: str) -> None:
        """Stores a secret, for `{{secret.name}}`."""
        self.store.put(f"workflow/secret/{name}", value)

    def delete(self, kind: Literal["secret", "connection"], name: str) -> None:
        """Removes a secret or a connection."""
        if kind == "connection":
            self._tokens.pop(name, None)
        self.store.delete(f"workflow/{kind}/{name}")

    def _filled(self, call: Call) -> Call:
        return replace(
            call,
            url=references.revealed(call.url, self._secret),
            headers={name: references.revealed(value, self._secret) for name, value in call.headers.items()},
            body=None if call.body is None else references.revealed(call.body, self._secret_in_json),
        )

    def _authorized(self, call: Call, name: str) -> Call:
        return replace(call, headers={**call.headers, "Authorization": self._authorization(name)})

    def _authorization(self, name: str) -> str:
        connection = self._connection(name)
        match connection:
            case Bearer():
                return f"Bearer {connection.token}"
            case Basic():
                pair = f"{connection.user}:{connection.password}".encode()
                return f"Basic {base64.b64encode(pair).decode()}"
            case ClientCredentials() | RefreshToken():
                return f"Bearer {self._token(name, connection)}"

    def _token(self, name: str, connection: ClientCredentials | RefreshToken) -> str:
        ends, token = self._tokens.get(name, (0.0, ""))
        if ends > time.monotonic():
            return token
        granted = self._granted(name, connection)
        lasts = float(granted.get("expires_in", 300)) - _RENEW_EARLY_SECONDS
        self._tokens[name] = (time.monotonic() + max(lasts, 0), str(granted["access_token"]))
        fresh = granted.get("refresh_token")
        if isinstance(connection, RefreshToken) and fresh and fresh != connection.refresh_token:
            renewed = connection.model_copy(update={"refresh_token": str(fresh)})
            self.store.put(f"workflow/connection/{name}", renewed.model_dump_json(by_alias=True))
        return str(granted["access_token"])

    def _granted(self, name: str, connection: ClientCredentials | RefreshToken) -> dict[str, Any]:
        form = {"client_id": connection.client_id, "client_secret": connection.client_secret, "scope": connection.scope}
        if isinstance(connection, RefreshToken):
            form |= {"grant_type": "refresh_token", "refresh_token": connection.refresh_token}
        else:
            form |= {"grant_type": "client_credentials"}
        given = {key: value for key, value in form.items() if value}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        answer = self.fetch(Call("POST", connection.token_url, headers, urlencode(given), 10))
        if answer.status != 200 or not isinstance(answer.body, dict) or "access_token" not in answer.body:
            gone = 400 <= answer.status < 500
            raise StepFailed(f"The connection {name} was not granted a token ({answer.status}).", transient=not gone)
        return answer.body

    def _connection(self, name: str) -> Connection:
        try:
            return _connection.validate_json(self.store.get(f"workflow/connection/{name}"))
        except SecretMissing as missing:
            raise StepFailed(f"There is no connection {name!r}.") from missing

    def _secret(self, name: str) -> str:
        try:
            return self.store.get(f"workflow/secret/{name}")
        except SecretMissing as missing:
            raise StepFailed(f"There is no secret {name!r}.") from missing

    def _secret_in_json(self, name: str) -> str:
        """A secret inside a JSON body stands inside a string: what would end it is escaped."""
        return json.dumps(self._secret(name), ensure_ascii=False)[1:-1]
