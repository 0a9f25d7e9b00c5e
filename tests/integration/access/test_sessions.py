"""How a person comes in and goes out."""

from typing import Any

import boto3
import pytest

from chalicelib.access import users
from chalicelib.access.model import UserDraft
from chalicelib.access.permissions import Role
from chalicelib.wiring import World
from tests.integration.access.conftest import PASSWORD
from tests.support.api import ROOT, Answer, Caller

MEI = {"email": "mei@example.com", "password": PASSWORD}


@pytest.fixture
def mei(world: World) -> None:
    users.invite(world, ROOT, UserDraft(email="mei@example.com", name="Mei", role=Role.AGENT), password=PASSWORD)


def _cookie(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.usefixtures("mei")
def test_a_person_gets_a_token_and_a_cookie_no_script_can_read(api: Caller) -> None:
    answer = api.post("/api/v1/auth/sign-in", MEI)
    assert (answer.status, answer.json["newPasswordSession"]) == (200, None)
    assert answer.json["accessToken"].count(".") == 2
    assert "; Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict" in answer.headers["Set-Cookie"]


@pytest.mark.usefixtures("mei")
def test_the_cookie_is_secure_wherever_there_is_https(api: Caller) -> None:
    on_aws = World(api.world.settings.model_copy(update={"stage": "prod"}), api.world.clock)
    answer = Caller(api.app, on_aws).post("/api/v1/auth/sign-in", MEI)
    assert answer.headers["Set-Cookie"].endswith("; Secure")


@pytest.mark.usefixtures("mei")
def test_the_cookie_renews_the_token(api: Caller) -> None:
    cookie = _cookie(api.post("/api/v1/auth/sign-in", MEI))
    renewed = api.post("/api/v1/auth/refresh", cookie=f"other=1; {cookie}")
    assert (renewed.status, renewed.json["accessToken"].count(".")) == (200, 2)


@pytest.mark.usefixtures("mei")
@pytest.mark.parametrize("wrong", [{"password": "Wrong-horse-1"}, {"email": "nobody@example.com"}])
def test_a_wrong_password_and_an_unknown_address_are_told_alike(api: Caller, wrong: dict[str, str]) -> None:
    answer = api.post("/api/v1/auth/sign-in", MEI | wrong)
    assert (answer.status, answer.json["code"]) == (401, "wrong_password")


@pytest.mark.parametrize("cookie", ["", "parley_session=", "parley_session=made-up", "x" * 9000])
def test_no_good_cookie_no_token(api: Caller, cookie: str) -> None:
    assert api.post("/api/v1/auth/refresh", cookie=cookie).status == 401


def test_an_invited_person_chooses_a_password_of_their_own(api: Caller, world: World) -> None:
    world.directory.invite("li@example.com")
    cognito: Any = boto3.client("cognito-idp")
    cognito.admin_set_user_password(
        UserPoolId=world.settings.user_pool_id, Username="li@example.com", Password="Temporary-1", Permanent=False
    )
    begun = api.post("/api/v1/auth/sign-in", {"email": "li@example.com", "password": "Temporary-1"})
    assert (begun.status, begun.json["accessToken"]) == (200, None)
    chosen = {"email": "li@example.com", "session": begun.json["newPasswordSession"], "password": PASSWORD}
    assert api.post("/api/v1/auth/new-password", chosen).json["accessToken"].count(".") == 2
    assert api.post("/api/v1/auth/sign-in", MEI | {"email": "li@example.com"}).status == 200


def test_signing_out_twice_is_fine(api: Caller) -> None:
    answer = api.post("/api/v1/auth/sign-out")
    assert (answer.status, "Max-Age=0" in answer.headers["Set-Cookie"]) == (204, True)


@pytest.mark.usefixtures("mei")
@pytest.mark.parametrize("email", ["mei@example.com", "nobody@example.com"])
def test_a_forgotten_password_tells_nobody_who_is_known(api: Caller, email: str) -> None:
    assert api.post("/api/v1/auth/forgotten-password", {"email": email}).status == 204
