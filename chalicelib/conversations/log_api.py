"""The message log: what went to and came from one number, or one message by WhatsApp's id."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from chalice.app import Blueprint
from pydantic import AwareDatetime, Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.pages import read_page
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations import store
from chalicelib.conversations.model import Message, MessageStatus, conversation_id
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.problems import Invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class LogQuery(PageQuery):
    """Whose messages on which channel, or one message by its `wamid`."""

    wamid: str | None = Field(default=None, max_length=256)
    phone: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{4,17}$", description="With its plus sign.")
    bsuid: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")
    channel_id: str | None = Field(default=None, max_length=64, description="Needed with a phone or a BSUID.")
    status: MessageStatus | None = None
    code: int | None = Field(default=None, ge=0, le=10**9, description="Meta's error code.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class LoggedMessage(Shape):
    """One message and how far it came. A campaign's message is in the campaign's recipients until it is answered."""

    id: str
    conversation_id: str
    wamid: str | None
    direction: str
    type: str
    preview: str
    at: datetime
    status: MessageStatus
    sender_kind: str
    sender_id: str
    category: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    code: int | None
    reason: str

    @classmethod
    def of(cls, message: Message) -> "LoggedMessage":
        """Of what is stored."""
        failure = message.failure
        values = message.model_dump(include=set(cls.model_fields) & set(Message.model_fields))
        return cls(
            **values,
            sender_kind=message.sender.kind,
            sender_id=message.sender.id,
            code=failure.code if failure else None,
            reason=failure.text if failure else "",
        )


@endpoint(bp, "GET", "/api/v1/message-log", permission=Permission.LOGS_READ, tag="Message log")
def list_logged_messages(query: LogQuery, user: CurrentUser, world: World) -> Page[LoggedMessage]:
    """Lists messages, the newest first. A page may hold fewer than asked for and still have a next one."""
    if query.wamid:
        found = store.by_wamid(world.table, query.wamid)
        mine = found and _may_see(user, _channel(world, found.conversation_id.rpartition(".")[0]))
        return Page[LoggedMessage](items=[LoggedMessage.of(found)] if found and mine else [])
    if not (query.phone or query.bsuid) or not query.channel_id:
        raise Invalid("Name a wamid, or a phone or bsuid and a channelId.", field="wamid")
    channel = _channel(world, query.channel_id)
    person = identity.find(world.table, Identities(phone=query.phone, bsuid=query.bsuid))
    if person is None or not _may_see(user, channel):
        return Page[LoggedMessage](items=[])
    pk = keys.conversation(conversation_id(query.channel_id, person.id)).pk
    page = read_page(world.table, pk, token=query.next, limit=query.limit, forward=False, **_where(query))
    items = [LoggedMessage.of(Message.model_validate(item)) for item in page.items]
    return Page[LoggedMessage](items=items, next=page.next)


def _where(query: LogQuery) -> dict[str, Any]:
    first = stamp(query.since) if query.since else ""
    last = stamp(query.until) if query.until else ""
    where: dict[str, Any] = {"between": (f"MESSAGE#{first}", f"MESSAGE#{last}~")}
    conditions: list[ConditionBase] = []
    if query.status:
        conditions.append(Attr("status").eq(str(query.status)))
    if query.code is not None:
        conditions.append(Attr("failure.code").eq(query.code))
    whole: ConditionBase | None = None
    for each in conditions:
        whole = each if whole is None else whole & each
    return where | ({"filter": whole} if whole is not None else {})


def _channel(world: World, channel_id: str) -> Channel | None:
    try:
        return channels.get(world.table, channel_id)
    except channels.ChannelMissing:
        return None


def _may_see(user: CurrentUser, channel: Channel | None) -> bool:
    return channel is not None and user.may_enter(channel.subaccount_id)
