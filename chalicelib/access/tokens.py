"""Cognito's access tokens, checked without asking Cognito: its public keys are fetched once and kept.

Source: Amazon Cognito Developer Guide, "Verifying JSON web tokens".
"""

import json
import time
from collections.abc import Callable
from dataclasses import field
from typing import Any

from chalicelib.access.model import CredentialRefused
from chalicelib.dataclass import dataclass

# A key id nobody knows makes us look again, but not oftener than this: made-up ids must not become traffic.
_ASK_AGAIN_SECONDS = 60.0
# Clocks differ a little between us and Cognito.
_LEEWAY_SECONDS = 10


@dataclass
class TokenVerifier:
    """Access tokens of one app client of one user pool. `fetch` gets the key set's address and answers its JSON."""

    issuer: str
    client_id: str
    keys_url: str
    fetch: Callable[[str], bytes] = field(repr=False)
    _keys: dict[str, Any] = field(default_factory=dict, repr=False)
    _asked_at: float = -_ASK_AGAIN_SECONDS

    def subject(self, token: str) -> str:
        """The id of the person whose token this is. Raises CredentialRefused."""
        import jwt

        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self.issuer,
                leeway=_LEEWAY_SECONDS,
                # Access tokens carry their client in `client_id` and no audience.
                options={"require": ["exp", "iat", "iss", "sub", "token_use"], "verify_aud": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise CredentialRefused("The access token has ended. Sign in again.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise CredentialRefused("This is not a valid access token.") from error
        is_access = claims["token_use"] == "access"  # noqa: S105 - a kind of token, not a secret
        if not is_access or claims.get("client_id") != self.client_id:
            raise CredentialRefused("This token is not an access token of this application.")
        return str(claims["sub"])

    def _key(self, key_id: str) -> Any:
        if key_id not in self._keys and time.monotonic() - self._asked_at >= _ASK_AGAIN_SECONDS:
            self._keys = _key_set(self.fetch(self.keys_url))
            self._asked_at = time.monotonic()
        if key_id not in self._keys:
            raise CredentialRefused("This is not a valid access token.")
        return self._keys[key_id]


def _key_set(document: bytes) -> dict[str, Any]:
    import jwt

    return {key["kid"]: jwt.PyJWK(key).key for key in json.loads(document)["keys"] if key.get("kty") == "RSA"}


def issuer_of(user_pool_id: str) -> str:
    """Who signs the tokens of a user pool: its id begins with its region."""
    region = user_pool_id.partition("_")[0]
    return f"https://cognito-idp.{region}.amazonaws.com/{user_pool_id}"


def keys_url_of(user_pool_id: str, endpoint: str) -> str:
    """Where a pool's public keys are; an emulator (`endpoint`) serves them at its own address, under the same path."""
    base = f"{endpoint.rstrip('/')}/{user_pool_id}" if endpoint else issuer_of(user_pool_id)
    return f"{base}/.well-known/jwks.json"
