"""What a visitor of a web chat can do: begin, write, read what was said, and be seen to have read it.

A visitor's message takes the road of every customer's: into the inbound lane, in Meta's own notation, so that worker, archive
and replay treat it like any other. What agents answer stands in the conversation, and the visitor's page reads it there.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, ChannelType
from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, TransactionRefused
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities, visitor
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message, MessageStatus, conversation_id
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.inbound import lanes
from chalicelib.problems import Forbidden, NotFound, Unauthorized
from chalicelib.webchat import limits, sessions
from chalicelib.webchat.sessions import Session
from chalicelib.wiring import World

KEY = "web-chat-key"
_PAGE = 100
_ON_ITS_WAY = frozenset({MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN})
_LOST = frozenset({MessageStatus.FAILED, MessageStatus.NOT_CONFIRMED})


class NoSuchChat(NotFound):
    """No web chat has this id."""

    def __init__(self, channel_id: str) -> None:
        super().__init__("There is no such chat.")
        self.channel_id = channel_id


class NotOnThisSite(Forbidden):
    """The chat is not for the site that shows it."""

    def __init__(self, channel_id: str, origin: str) -> None:
        super().__init__(f"This chat may not be shown by {origin}: it is not among the channel's allowed origins.")
        self.channel_id, self.origin = channel_id, origin


class SessionOver(Unauthorized):
    """The token is not ours, of another chat, or too old."""

    def __init__(self) -> None:
        super().__init__("This session is over. Begin a new one.")


def chat(world: World, channel_id: str) -> Channel:
    """The web chat. Raises NoSuchChat."""
    try:
        channel = channels.get(world.table, channel_id)
    except channels.ChannelMissing as missing:
        raise NoSuchChat(channel_id) from missing
    if channel.type is not ChannelType.WEBCHAT:
        raise NoSuchChat(channel_id)
    return channel


def begin(world: World, channel: Channel, origin: str, address: str, token: str | None) -> tuple[Session, str]:
    """A session, and how its visitor keeps it; with a good token the visitor of before. Raises NotOnThisSite, TooOften."""
    now, key = world.clock(), world.secrets.get(KEY)
    if channel.web_chat is None or origin not in channel.web_chat.allowed_origins:
        raise NotOnThisSite(channel.id, origin)
    limits.count(world.table, limits.SESSIONS_OF_AN_ADDRESS, address, now)
    limits.count(world.table, limits.SESSIONS_OF_A_CHAT, channel.id, now)
    known = sessions.read(token, key, now) if token else None
    visitor_id = known.visitor_id if known and known.channel_id == channel.id else world.new_id()
    session = Session(channel.id, visitor_id, now + sessions.LASTS)
    return session, sessions.signed(session, key)


def admitted(world: World, channel_id: str, token: str) -> Session:
    """The session of whoever asks. Raises SessionOver."""
    session = sessions.read(token, world.secrets.get(KEY), world.clock())
    if session is None or session.channel_id != channel_id:
        raise SessionOver
    return session


def write(world: World, session: Session, message_id: str, text: str, name: str) -> str:
    """Hands a visitor's message to the inbound lane; the same id twice is one message. Raises TooOften."""
    now = world.clock()
    limits.count(world.table, limits.MESSAGES_OF_A_VISITOR, session.visitor_id, now)
    limits.count(world.table, limits.MESSAGES_OF_A_CHAT, session.channel_id, now)
    known_as = f"web.{session.visitor_id}.{message_id}"
    envelope = _envelope(session, known_as, text, name, now)
    world.queues.send_all("inbound", lanes.split(envelope, int(now.timestamp() * 1000)).inbound)
    return known_as


def said(world: World, session: Session, after: str | None) -> list[Message]:
    """What was said after a place in the conversation, oldest first. Raises TooOften.

    It ends before an answer that is still on its way: a later place must not be passed on before it is there.
    """
    limits.count(world.table, limits.READS_OF_A_VISITOR, session.visitor_id, world.clock())
    found: list[Message] = []
    for message in _log(world, session, after):
        if message.status in _ON_ITS_WAY:
            break
        if message.status not in _LOST:
            found.append(message)
    return found


def seen(world: World, session: Session, position: str) -> None:
    """The visitor has looked at everything up to this place: the agent's ticks. Harmless when repeated. Raises TooOften."""
    limits.count(world.table, limits.READS_OF_A_VISITOR, session.visitor_id, world.clock())
    found = _conversation_id(world, session)
    if found is None:
        return
    for item in conversations.messages(world.table, found, limit=_PAGE).items:
        message = Message.model_validate(item)
        if (
            message.direction == "out"
            and message.position <= position
            and message.status.rank < MessageStatus.READ.rank
        ):
            _read(world, message)


def _read(world: World, message: Message) -> None:
    if message.status in _ON_ITS_WAY | _LOST:
        return
    now = world.clock()
    event = Event(
        id=f"{message.id}.{MessageStatus.READ}",
        type="message.status",
        at=now,
        topic="conversation",
        subject=message.conversation_id,
        data={"message_id": message.id, "position": message.position, "status": str(MessageStatus.READ)},
    )
    moved = conversations.moved(message, MessageStatus.READ, delivered_at=message.delivered_at or now, read_at=now)
    try:
        world.table.transact([moved, events.stored(event)])
    except TransactionRefused:
        return  # the visitor's other page was faster


def _log(world: World, session: Session, after: str | None) -> Iterator[Message]:
    found = _conversation_id(world, session)
    if found is None:
        return
    start: Item | None = None
    if after:
        key = keys.message(found, after)
        start = {"PK": key.pk, "SK": key.sk}
    page = conversations.messages(world.table, found, limit=_PAGE, start=start, oldest_first=True)
    for item in page.items:
        yield Message.model_validate(item)


def _conversation_id(world: World, session: Session) -> str | None:
    """The visitor's conversation; None until the first message has arrived."""
    who = Identities(also=frozenset({visitor(session.visitor_id)}))
    owner = next(iter(identity.owners(world.table, who)), None)
    return conversation_id(session.channel_id, owner) if owner else None


def _envelope(session: Session, known_as: str, text: str, name: str, now: datetime) -> Item:
    """The message as Meta would send it, its number being the chat and its customer the visitor."""
    message = {
        "from": session.visitor_id,
        "id": known_as,
        "timestamp": str(int(now.timestamp())),
        "type": "text",
        "text": {"body": text},
    }
    contact = {"wa_id": session.visitor_id, "profile": {"name": name}}
    value = {
        "messaging_product": "web_chat",
        "metadata": {"phone_number_id": session.channel_id},
        "contacts": [contact] if name else [],
        "messages": [message],
    }
    return {"entry": [{"id": "", "changes": [{"field": "messages", "value": value}]}]}
