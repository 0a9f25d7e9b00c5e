"""Connecting a number: read it from Meta, subscribe to its webhooks, take over its templates."""

from typing import Any

from chalicelib.channels import store, templates
from chalicelib.channels.model import Channel, ChannelType, Subaccount, WebChat
from chalicelib.channels.shapes import ChannelChange, ChannelDraft, WebChatDraft
from chalicelib.channels.templates import TemplateRecord
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.ids import new_id
from chalicelib.cloud.secrets import SecretMissing
from chalicelib.problems import Conflict, Invalid, NotFound, Unavailable
from chalicelib.whatsapp.answers import PhoneNumber
from chalicelib.whatsapp.client import Client, GraphError
from chalicelib.wiring import World

_LEVELS = {"HIGH": 1000}
_STANDARD_MPS = 80
_QUALITIES = {"GREEN", "YELLOW", "RED"}
_OF_NUMBERS = {"app_id", "throughput_mps", "reserve_share", "default_country"}


class NoSuchChannel(NotFound):
    """No channel has this id."""

    def __init__(self, channel_id: str) -> None:
        super().__init__(f"There is no channel {channel_id}.")
        self.channel_id = channel_id


class NoSuchTemplate(NotFound):
    """We know no such template; a sync may find it."""

    def __init__(self, name: str, language: str) -> None:
        super().__init__(f"There is no template {name} in {language}.")
        self.name, self.language = name, language


class NumberAlreadyConnected(Conflict):
    """Two channels cannot have one number."""

    def __init__(self, phone_number_id: str) -> None:
        super().__init__(f"The number {phone_number_id} already belongs to a channel.")
        self.phone_number_id = phone_number_id


class NotANumber(Conflict):
    """What was asked for is there for WhatsApp numbers alone."""

    def __init__(self, channel_id: str) -> None:
        super().__init__("This channel is a web chat: only a WhatsApp number can do this.")
        self.channel_id = channel_id


def connect(world: World, draft: ChannelDraft) -> Channel:
    """Adds a channel for a number that Meta shows us. Nothing is kept when Meta refuses."""
    _known_subaccount(world, draft.subaccount_id)
    if draft.access_token:
        world.secrets.put(f"token/{draft.waba_id}", draft.access_token)
    client = client_of(world, draft.waba_id)
    number = _asked(client, draft.phone_number_id)
    channel = Channel(
        id=new_id(),
        subaccount_id=draft.subaccount_id,
        name=draft.name,
        created_at=world.clock(),
        phone_number_id=draft.phone_number_id,
        waba_id=draft.waba_id,
        default_country=draft.default_country,
        **_health(number),
    )
    try:
        store.create(world.table, channel)
    except store.NumberTaken as taken:
        raise NumberAlreadyConnected(draft.phone_number_id) from taken
    client.subscribe_app(draft.waba_id)
    templates.sync(world.table, client, draft.waba_id, world.clock())
    return channel


def open_web_chat(world: World, draft: WebChatDraft) -> Channel:
    """Adds a chat on the company's own pages. Nobody but us knows of it."""
    _known_subaccount(world, draft.subaccount_id)
    channel = Channel(
        id=new_id(),
        subaccount_id=draft.subaccount_id,
        type=ChannelType.WEBCHAT,
        name=draft.name,
        created_at=world.clock(),
        web_chat=WebChat(allowed_origins=draft.allowed_origins, greeting=draft.greeting),
    )
    store.create(world.table, channel)
    return channel


def refresh(world: World, channel_id: str) -> Channel:
    """Reads the number's health and the account's templates from Meta again."""
    channel = numbered(find(world, channel_id))
    client = client_of(world, channel.waba_id)
    number = _asked(client, channel.phone_number_id)
    health = {name: value for name, value in _health(number).items() if name != "throughput_mps"}
    subscribed = _subscribed(client, channel.waba_id)
    sync_templates(world, channel_id)
    now = stamp(world.clock())
    return store.change(world.table, channel_id, **health, webhooks_subscribed=subscribed, refreshed_at=now)


def change(world: World, channel_id: str, wanted: ChannelChange) -> Channel:
    """Sets what was given. Raises NoSuchChannel, NotANumber, Invalid."""
    channel = find(world, channel_id)
    given = wanted.model_fields_set
    if channel.type is ChannelType.WEBCHAT and given & _OF_NUMBERS:
        raise NotANumber(channel_id)
    if "web_chat" in given and (channel.web_chat is None or wanted.web_chat is None):
        raise Invalid("Only a web chat has these, and it cannot be without them.", field="webChat")
    return store.change(world.table, channel_id, **wanted.model_dump(exclude_unset=True, mode="json"))


def find(world: World, channel_id: str) -> Channel:
    """The channel. Raises NoSuchChannel."""
    try:
        return store.get(world.table, channel_id)
    except store.ChannelMissing as missing:
        raise NoSuchChannel(channel_id) from missing


def numbered(channel: Channel) -> Channel:
    """The channel, which must be a WhatsApp number. Raises NotANumber."""
    if channel.type is not ChannelType.WHATSAPP:
        raise NotANumber(channel.id)
    return channel


def add_subaccount(world: World, subaccount_id: str, name: str) -> Subaccount:
    """Creates or renames a subaccount."""
    subaccount = Subaccount(id=subaccount_id, name=name, created_at=world.clock())
    store.put_subaccount(world.table, subaccount)
    return subaccount


def client_of(world: World, waba_id: str) -> Client:
    """The Cloud API for one account. Raises Invalid when we have no token for it."""
    try:
        return world.whatsapp(waba_id)
    except SecretMissing as missing:
        raise Invalid(f"We have no access token for the account {waba_id}.", field="accessToken") from missing


def find_template(world: World, channel: Channel, name: str, language: str) -> TemplateRecord:
    """One template. Raises NoSuchTemplate."""
    try:
        return templates.get(world.table, channel.waba_id, name, language)
    except templates.TemplateMissing as missing:
        raise NoSuchTemplate(name, language) from missing


def app_id(world: World, channel: Channel, client: Client) -> str:
    """The Meta app whose token we use: samples are uploaded to it. Raises Invalid when Meta names several."""
    if channel.app_id:
        return channel.app_id
    try:
        apps = client.subscribed_apps(channel.waba_id)
    except GraphError as error:
        raise Unavailable(f"Meta does not say which app is ours now: {error}") from error
    if len(apps) != 1:
        text = f"{len(apps)} apps are subscribed to this account: set the channel's appId to ours."
        raise Invalid(text, field="appId", code="app_unknown")
    store.change(world.table, channel.id, app_id=apps[0].id)
    return apps[0].id


def sync_templates(world: World, channel_id: str) -> int:
    """Makes our templates equal to Meta's list; answers how many there are."""
    channel = numbered(find(world, channel_id))
    client = client_of(world, channel.waba_id)
    try:
        return templates.sync(world.table, client, channel.waba_id, world.clock())
    except GraphError as error:
        raise Unavailable(f"Meta does not list the templates now: {error}") from error


def _known_subaccount(world: World, subaccount_id: str) -> None:
    if subaccount_id not in {each.id for each in store.subaccounts(world.table)}:
        raise Invalid(f"There is no subaccount {subaccount_id}.", field="subaccountId")


def _asked(client: Client, phone_number_id: str) -> PhoneNumber:
    try:
        return client.phone_number(phone_number_id)
    except GraphError as error:
        raise Invalid(f"Meta does not show us this number: {error}", field="phoneNumberId") from error


def _subscribed(client: Client, waba_id: str) -> bool:
    try:
        return bool(client.subscribed_apps(waba_id))
    except GraphError as error:
        raise Unavailable(f"Meta does not say who gets this account's webhooks now: {error}") from error


def _health(number: PhoneNumber) -> dict[str, Any]:
    return {
        "display_phone_number": number.display_phone_number,
        "verified_name": number.verified_name,
        "quality": number.quality_rating if number.quality_rating in _QUALITIES else "UNKNOWN",
        "tier": number.messaging_limit or "TIER_250",
        "name_status": number.name_status or "",
        "number_status": number.status or "",
        "throughput_mps": _LEVELS.get(number.throughput_level, _STANDARD_MPS),
    }
