"""A token opens the door only when Cognito signed it, for this application, for now."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from chalicelib.access.model import CredentialRefused
from chalicelib.access.tokens import TokenVerifier, issuer_of, keys_url_of

POOL = "eu-west-1_AbCdEf"
OURS, FOREIGN = generate_private_key(65537, 2048), generate_private_key(65537, 2048)


def _token(key: RSAPrivateKey | str = OURS, *, kid: str = "one", algorithm: str = "RS256", **changed: Any) -> str:
    claims: dict[str, Any] = {
        "sub": "person-1",
        "iss": issuer_of(POOL),
        "client_id": "portal",
        "token_use": "access",
        "iat": datetime.now(UTC),
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    claims = {name: value for name, value in (claims | changed).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})


class Pool:
    """Cognito's key set, counting who asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key()))
        return json.dumps({"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]}).encode()


def _verifier(pool: Pool | None = None) -> TokenVerifier:
    return TokenVerifier(issuer_of(POOL), "portal", keys_url_of(POOL, ""), pool or Pool())


def test_a_good_token_names_its_person() -> None:
    assert _verifier().subject(_token()) == "person-1"


def test_the_keys_are_fetched_once() -> None:
    pool = Pool()
    verifier = _verifier(pool)
    for _ in range(3):
        verifier.subject(_token())
    assert pool.asked == [f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}/.well-known/jwks.json"]


def test_made_up_key_ids_do_not_become_traffic() -> None:
    pool = Pool()
    verifier = _verifier(pool)
    for number in range(5):
        with pytest.raises(CredentialRefused):
            verifier.subject(_token(kid=f"made-up-{number}"))
    assert len(pool.asked) == 1


WRONG = {
    "expired": {"exp": datetime.now(UTC) - timedelta(minutes=5)},
    "not yet": {"nbf": datetime.now(UTC) + timedelta(minutes=5)},
    "another pool": {"iss": issuer_of("eu-west-1_Other")},
    "another application": {"client_id": "other"},
    "an id token": {"token_use": "id", "client_id": None, "aud": "portal"},
    "nobody's": {"sub": None},
    "endless": {"exp": None},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_for_us_now_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(CredentialRefused):
        _verifier().subject(_token(**changed))


def test_a_token_signed_by_another_key_is_refused() -> None:
    with pytest.raises(CredentialRefused):
        _verifier().subject(_token(FOREIGN))


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "....", "e30.e30.", jwt.encode({"sub": "x"}, "", algorithm="none")]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(CredentialRefused):
        _verifier().subject(token)


def test_the_public_key_used_as_a_shared_secret_is_refused() -> None:
    with pytest.raises(CredentialRefused):
        _verifier().subject(_token("x" * 64, algorithm="HS256"))


def test_an_emulator_serves_the_keys_at_its_own_address() -> None:
    assert keys_url_of(POOL, "http://127.0.0.1:4566/") == f"http://127.0.0.1:4566/{POOL}/.well-known/jwks.json"
