"""The kinds of connection, as they are made and as they are stored."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter

from chalicelib.automation.steps.commands import StepFailed
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.shape import Shape

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
_connection: TypeAdapter[Connection] = TypeAdapter(Connection, config=ConfigDict(defer_build=True))


def connection_of(read: Callable[[str], str], name: str) -> Connection:
    """A stored connection. Raises StepFailed."""
    try:
        return _connection.validate_json(read(f"workflow/connection/{name}"))
    except SecretMissing as missing:
        raise StepFailed(f"There is no connection {name!r}.") from missing
