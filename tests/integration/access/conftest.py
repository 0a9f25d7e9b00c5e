"""The API of the product with a user pool behind it."""

from typing import Any

import boto3
import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.access.tokens import TokenVerifier
from chalicelib.wiring import World
from tests.support.api import Caller

PASSWORD = "Correct-horse-1"


class Verifier(TokenVerifier):
    """Takes `token-of:<id>` for the access token of that person: moto's own tokens are signed with a key of its own."""

    def subject(self, token: str) -> str:
        return token.removeprefix("token-of:")


@pytest.fixture
def world(world: World) -> World:
    cognito: Any = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])
    pool_id = pool["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="portal",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    found = world.settings.model_copy(
        update={"user_pool_id": pool_id, "user_pool_client_id": client["UserPoolClient"]["ClientId"]}
    )
    made = World(found, world.clock)
    made.tokens = Verifier("", "", "", lambda url: b"")
    return made


@pytest.fixture
def api(world: World) -> Caller:
    return Caller(app, world)


@pytest.fixture
def admin(api: Caller) -> Caller:
    return api.as_(Role.ADMINISTRATOR)
