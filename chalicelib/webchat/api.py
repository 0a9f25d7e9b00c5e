"""Routes of the visitors of web chats: public, each bounded by limits. The session comes as the header `X-Chat-Session`."""

from datetime import datetime
from hmac import compare_digest
from typing import Annotated, Literal

from chalice.app import Blueprint, Request
from pydantic import Field, StringConstraints

from chalicelib.conversations.model import Message
from chalicelib.http.endpoint import endpoint
from chalicelib.http.operations import PUBLIC
from chalicelib.shape import Shape
from chalicelib.webchat import service
from chalicelib.wiring import World

bp = Blueprint(__name__)
_CHAT = "/api/v1/webchat/{channelId}"
_TAG = "Web chat"

Position = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z:.#_-]{1,200}$")]


class SessionWish(Shape):
    """Who wants to begin."""

    origin: str = Field(max_length=300, description="The site that shows the chat: https://shop.example.")
    token: str | None = Field(default=None, max_length=500, description="Of the visit before: the talk goes on.")


class SessionView(Shape):
    """A visitor's session, and what the chat shows."""

    token: str
    expires_at: datetime
    name: str
    greeting: str


class VisitorMessage(Shape):
    """What the visitor writes. The same `id` sent twice is one message."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


class Accepted(Shape):
    """The message is kept and will be in the conversation in a moment."""

    id: str


class SinceQuery(Shape):
    """From where to read."""

    after: Position | None = Field(default=None, description="The `position` of the last message that is known.")


class SaidView(Shape):
    """One message as the visitor sees it."""

    id: str = Field(description="Of the visitor's own messages, the id they were sent with.")
    position: str
    from_: Literal["visitor", "us"] = Field(alias="from")
    text: str
    at: datetime


class SaidPage(Shape):
    """What was said, oldest first."""

    items: list[SaidView]


class SeenUpTo(Shape):
    """Up to where the visitor has read."""

    position: Position


@endpoint(bp, "POST", f"{_CHAT}/sessions", permission=PUBLIC, status=201, tag=_TAG)
def begin_web_chat(channel_id: str, body: SessionWish, request: Request, world: World) -> SessionView:
    """Begins a visit, or goes on with the one before."""
    channel = service.chat(world, channel_id)
    session, token = service.begin(world, channel, body.origin, _address(request, world.settings.edge_key), body.token)
    greeting = channel.web_chat.greeting if channel.web_chat else ""
    return SessionView(token=token, expires_at=session.until, name=channel.name, greeting=greeting)


@endpoint(bp, "POST", f"{_CHAT}/messages", permission=PUBLIC, status=202, tag=_TAG)
def write_in_web_chat(channel_id: str, body: VisitorMessage, request: Request, world: World) -> Accepted:
    """Sends a visitor's message: it becomes part of a ticket like every customer's."""
    session = service.admitted(world, channel_id, _token(request))
    service.write(world, session, body.id, body.text, body.name)
    return Accepted(id=body.id)


@endpoint(bp, "GET", f"{_CHAT}/messages", permission=PUBLIC, tag=_TAG)
def read_web_chat(channel_id: str, query: SinceQuery, request: Request, world: World) -> SaidPage:
    """Reads what was said: ask again every few seconds with the last position."""
    session = service.admitted(world, channel_id, _token(request))
    return SaidPage(
        items=[_shown(message, session.visitor_id) for message in service.said(world, session, query.after)]
    )


@endpoint(bp, "POST", f"{_CHAT}/seen", permission=PUBLIC, tag=_TAG)
def see_web_chat(channel_id: str, body: SeenUpTo, request: Request, world: World) -> None:
    """Says that the visitor has looked at everything up to a message."""
    service.seen(world, service.admitted(world, channel_id, _token(request)), body.position)


def _shown(message: Message, visitor_id: str) -> SaidView:
    mine = message.direction == "in"
    known_as = (message.wamid or "").removeprefix(f"web.{visitor_id}.") if mine else message.id
    return SaidView(
        id=known_as,
        position=message.position,
        from_="visitor" if mine else "us",
        text=str(message.content.get("body") or message.preview),
        at=message.at,
    )


def _token(request: Request) -> str:
    return str(request.headers.get("x-chat-session") or "")


def _address(request: Request, edge_key: str) -> str:
    """The visitor's address: who called the API, or who called our CloudFront, which proves itself with the stage's edge key.

    What a caller writes into X-Forwarded-For counts for nothing: CloudFront and API Gateway each add behind it whom they saw.
    """
    source = str(request.context["identity"]["sourceIp"])
    shown = str(request.headers.get("x-parley-edge") or "")
    if not edge_key or not compare_digest(shown.encode("utf-8", "replace"), edge_key.encode()):
        return source
    hops = [hop.strip() for hop in str(request.headers.get("x-forwarded-for") or "").split(",")]
    return (hops[-2] if len(hops) > 1 else source)[:64]
