"""Routes by which a person signs in. The browser speaks to this origin alone, never to Cognito.

The access token (an hour) goes to the page, which keeps it in memory. The refresh token (30 days) goes into a cookie that no
script can read and that is sent to these routes only, from our own pages only.
"""

from contextlib import suppress
from typing import Annotated

from chalice.app import Blueprint, Request
from pydantic import Field, StringConstraints

from chalicelib.access.directory import NewPasswordNeeded, Tokens
from chalicelib.access.model import CredentialRefused, Email
from chalicelib.http.endpoint import endpoint
from chalicelib.http.operations import PUBLIC
from chalicelib.http.replies import Reply
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)

_COOKIE, _PATH = "parley_session", "/api/v1/auth"
_KEEP_SECONDS = 30 * 24 * 3600

# Cognito's own limit; the pool's policy judges the rest.
Password = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class SignIn(Shape):
    """An address and its password."""

    email: Email
    password: Password


class NewPassword(Shape):
    """One's own password, in place of the temporary one just used. `session` comes from the sign-in."""

    email: Email
    session: str = Field(min_length=1, max_length=4096)
    password: Password


class Forgotten(Shape):
    """Whose password is forgotten."""

    email: Email


class Reset(Shape):
    """A new password, proved by the mailed code."""

    email: Email
    code: str = Field(min_length=1, max_length=64)
    password: Password


class SignedIn(Shape):
    """Either an access token, or the session to choose a first password with (POST /auth/new-password)."""

    access_token: str | None = None
    expires_in_seconds: int | None = None
    new_password_session: str | None = None


@endpoint(bp, "POST", "/api/v1/auth/sign-in", permission=PUBLIC, tag="Signing in", max_bytes=10_000)
def sign_in(body: SignIn, world: World) -> Reply[SignedIn]:
    """Signs a person in."""
    answer = world.directory.sign_in(body.email, body.password)
    if isinstance(answer, NewPasswordNeeded):
        return Reply(SignedIn(new_password_session=answer.session))
    return _signed_in(answer, world)


@endpoint(bp, "POST", "/api/v1/auth/new-password", permission=PUBLIC, tag="Signing in", max_bytes=10_000)
def choose_password(body: NewPassword, world: World) -> Reply[SignedIn]:
    """Ends a first sign-in by choosing one's own password."""
    return _signed_in(world.directory.choose_password(body.email, body.session, body.password), world)


@endpoint(bp, "POST", "/api/v1/auth/refresh", permission=PUBLIC, tag="Signing in")
def refresh_session(request: Request, world: World) -> Reply[SignedIn]:
    """Renews the access token by the session cookie."""
    return _signed_in(world.directory.renew(_session_of(request)), world)


@endpoint(bp, "POST", "/api/v1/auth/sign-out", permission=PUBLIC, tag="Signing in")
def sign_out(request: Request, world: World) -> Reply[None]:
    """Ends the session, here and in Cognito."""
    with suppress(CredentialRefused):  # nobody was signed in: that is what was asked for
        world.directory.sign_out(_session_of(request))
    return Reply(None, 204, {"Set-Cookie": _cookie("", 0, world)})


@endpoint(bp, "POST", "/api/v1/auth/forgotten-password", permission=PUBLIC, tag="Signing in", max_bytes=10_000)
def forget_password(body: Forgotten, world: World) -> None:
    """Mails a code to choose a new password with.

    The answer is the same whether or not the address is known.
    """
    world.directory.send_reset_code(body.email)


@endpoint(bp, "POST", "/api/v1/auth/reset-password", permission=PUBLIC, tag="Signing in", max_bytes=10_000)
def reset_password(body: Reset, world: World) -> None:
    """Sets a new password with the mailed code."""
    world.directory.reset_password(body.email, body.code, body.password)


def _signed_in(tokens: Tokens, world: World) -> Reply[SignedIn]:
    found = SignedIn(access_token=tokens.access, expires_in_seconds=tokens.seconds)
    headers = {"Set-Cookie": _cookie(tokens.refresh, _KEEP_SECONDS, world)} if tokens.refresh else {}
    return Reply(found, headers=headers)


def _cookie(value: str, seconds: int, world: World) -> str:
    # Browsers keep a Secure cookie from http://127.0.0.1 only in part; the local stage has no other.
    secure = "" if world.settings.stage == "local" else "; Secure"
    return f"{_COOKIE}={value}; Path={_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def _session_of(request: Request) -> str:
    for part in str(request.headers.get("cookie") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == _COOKIE and value and len(value) <= 8192:
            return value
    raise CredentialRefused("You are not signed in.")
