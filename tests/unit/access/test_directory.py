"""What Cognito refuses, in words for the person who asked."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.access.directory import Directory, WeakPassword, WrongCode
from chalicelib.access.model import CredentialRefused
from chalicelib.problems import TooMany


class Refusing:
    """Cognito, refusing whatever is asked with one error."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __getattr__(self, operation: str) -> Any:
        def refuse(**_: Any) -> None:
            raise ClientError({"Error": {"Code": self.code, "Message": "inner words"}}, operation)

        return refuse


def _directory(code: str) -> Directory:
    return Directory(Refusing(code), "pool", "client")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("NotAuthorizedException", WrongCode),
        ("UserNotFoundException", WrongCode),
        ("InvalidPasswordException", WeakPassword),
        ("CodeMismatchException", WrongCode),
        ("ExpiredCodeException", WrongCode),
        ("TooManyRequestsException", TooMany),
        ("LimitExceededException", TooMany),
        ("InternalErrorException", ClientError),
    ],
)
def test_each_refusal_means_one_thing(code: str, told: type[Exception]) -> None:
    with pytest.raises(told) as raised:
        _directory(code).reset_password("mei@example.com", "123456", "New-horse-1")
    assert type(raised.value) is told


def test_a_forgotten_password_of_nobody_is_no_error() -> None:
    _directory("UserNotFoundException").send_reset_code("nobody@example.com")


def test_ending_a_session_that_has_ended_is_fine() -> None:
    _directory("NotAuthorizedException").sign_out("old")


def test_a_refresh_token_that_has_ended_asks_to_sign_in_again() -> None:
    with pytest.raises(CredentialRefused, match="Sign in again"):
        _directory("NotAuthorizedException").renew("old")
