"""Routes of subaccounts, channels and templates."""

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.permissions import Permission
from chalicelib.channels import authoring, refreshing, service, store, templates
from chalicelib.channels.shapes import (
    ChannelChange,
    ChannelDraft,
    ChannelShape,
    SubaccountShape,
    SubmittedTemplate,
    SyncResult,
    TemplateChange,
    TemplateCheck,
    TemplateCopy,
    TemplateDraft,
    TemplateShape,
    TemplateSketch,
    WebChatDraft,
)
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.problems import Invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_TEMPLATE = "/api/v1/channels/{channelId}/templates/{name}/{language}"


@endpoint(bp, "GET", "/api/v1/subaccounts", permission=Permission.CHANNELS_READ, tag="Channels")
def list_subaccounts(world: World) -> Page[SubaccountShape]:
    """Lists the subaccounts."""
    return Page[SubaccountShape](items=[SubaccountShape.of(each) for each in store.subaccounts(world.table)])


@endpoint(bp, "POST", "/api/v1/subaccounts", permission=Permission.SUBACCOUNTS_WRITE, status=201, tag="Channels")
def create_subaccount(body: SubaccountShape, world: World) -> SubaccountShape:
    """Creates a subaccount, or renames the one of this id."""
    return SubaccountShape.of(service.add_subaccount(world, body.id, body.name))


@endpoint(bp, "GET", "/api/v1/channels", permission=Permission.CHANNELS_READ, tag="Channels")
def list_channels(world: World) -> Page[ChannelShape]:
    """Lists the channels with their health."""
    return Page[ChannelShape](items=[ChannelShape.of(each) for each in store.channels(world.table)])


@endpoint(bp, "POST", "/api/v1/channels", permission=Permission.CHANNELS_WRITE, status=201, tag="Channels")
def connect_channel(body: ChannelDraft, world: World) -> ChannelShape:
    """Connects a WhatsApp number.

    Reads the number from Meta, subscribes our app to the account's webhooks and takes over its templates.
    """
    channel = service.connect(world, body)
    refreshing.plan(world, channel.id)
    return ChannelShape.of(service.find(world, channel.id))


@endpoint(bp, "POST", "/api/v1/channels/webchat", permission=Permission.CHANNELS_WRITE, status=201, tag="Channels")
def open_web_chat(body: WebChatDraft, world: World) -> ChannelShape:
    """Opens a chat for the company's own pages; docs/web-chat.md tells how a page shows it."""
    return ChannelShape.of(service.open_web_chat(world, body))


@endpoint(bp, "GET", "/api/v1/channels/{channelId}", permission=Permission.CHANNELS_READ, tag="Channels")
def get_channel(channel_id: str, world: World) -> ChannelShape:
    """Reads one channel."""
    return ChannelShape.of(service.find(world, channel_id))


@endpoint(bp, "PATCH", "/api/v1/channels/{channelId}", permission=Permission.CHANNELS_WRITE, tag="Channels")
def change_channel(channel_id: str, body: ChannelChange, world: World) -> ChannelShape:
    """Changes what a person may set of a channel."""
    return ChannelShape.of(service.change(world, channel_id, body))


@endpoint(bp, "POST", "/api/v1/channels/{channelId}/refresh", permission=Permission.CHANNELS_WRITE, tag="Channels")
def refresh_channel(channel_id: str, world: World) -> ChannelShape:
    """Reads the number's health and the account's templates from Meta again; the platform does so itself once a day."""
    service.refresh(world, channel_id)
    refreshing.plan(world, channel_id)
    return ChannelShape.of(service.find(world, channel_id))


class TemplateQuery(Shape):
    """Which templates."""

    channel_id: str = Field(
        min_length=1, max_length=64, description="The channel whose account's templates are listed."
    )
    status: str | None = Field(default=None, max_length=32)
    category: str | None = Field(default=None, max_length=32)
    language: str | None = Field(default=None, max_length=16)
    search: str | None = Field(default=None, max_length=100, description="Part of the name or the body.")


@endpoint(bp, "GET", "/api/v1/templates", permission=Permission.TEMPLATES_READ, tag="Templates")
def list_templates(query: TemplateQuery, world: World) -> Page[TemplateShape]:
    """Lists a channel's templates, as last synced from Meta."""
    channel = service.find(world, query.channel_id)
    found = [each for each in templates.all_of(world.table, channel.waba_id) if _matches(each, query)]
    return Page[TemplateShape](items=[TemplateShape.of(each) for each in found])


@endpoint(
    bp,
    "GET",
    _TEMPLATE,
    permission=Permission.TEMPLATES_READ,
    tag="Templates",
)
def get_template(channel_id: str, name: str, language: str, world: World) -> TemplateShape:
    """Reads one template."""
    return TemplateShape.of(service.find_template(world, service.find(world, channel_id), name, language))


@endpoint(
    bp,
    "POST",
    "/api/v1/channels/{channelId}/templates",
    permission=Permission.TEMPLATES_WRITE,
    status=201,
    tag="Templates",
)
def create_template(channel_id: str, body: TemplateDraft, world: World) -> SubmittedTemplate:
    """Submits a template to Meta for review, with every kind of component.

    Everything that Meta would refuse is answered at once with its field, and then nothing is submitted.
    """
    definition = body.model_dump(exclude_none=True)
    return SubmittedTemplate.of(*authoring.create(world, service.numbered(service.find(world, channel_id)), definition))


@endpoint(bp, "POST", "/api/v1/template-checks", permission=Permission.TEMPLATES_READ, tag="Templates")
def check_template(body: TemplateSketch) -> TemplateCheck:
    """Holds a template against Meta's rules while it is written; nothing is submitted."""
    return TemplateCheck.of(authoring.check(body.model_dump(exclude_none=True)))


@endpoint(bp, "POST", f"{_TEMPLATE}/duplicate", permission=Permission.TEMPLATES_WRITE, status=201, tag="Templates")
def duplicate_template(
    channel_id: str, name: str, language: str, body: TemplateCopy, world: World
) -> SubmittedTemplate:
    """Submits a copy under another name or in another language."""
    channel = service.find(world, channel_id)
    original = service.find_template(world, channel, name, language)
    copied = (body.name, body.language or language, body.sample_media_ids)
    return SubmittedTemplate.of(*authoring.duplicate(world, channel, original, *copied))


@endpoint(bp, "PATCH", _TEMPLATE, permission=Permission.TEMPLATES_WRITE, tag="Templates")
def change_template(channel_id: str, name: str, language: str, body: TemplateChange, world: World) -> SubmittedTemplate:
    """Changes components, category or life time of a template; Meta reviews it again."""
    channel = service.find(world, channel_id)
    original = service.find_template(world, channel, name, language)
    wanted = body.model_dump(exclude_unset=True, exclude_none=True)
    if not wanted:
        raise Invalid("Nothing is to be changed.", field="body")
    return SubmittedTemplate.of(*authoring.change(world, channel, original, wanted))


@endpoint(
    bp, "POST", "/api/v1/channels/{channelId}/templates/sync", permission=Permission.TEMPLATES_WRITE, tag="Templates"
)
def sync_templates(channel_id: str, world: World) -> SyncResult:
    """Makes our templates equal to Meta's list."""
    return SyncResult(templates=service.sync_templates(world, channel_id))


def _matches(record: templates.TemplateRecord, query: TemplateQuery) -> bool:
    wanted = {"status": query.status, "category": query.category, "language": query.language}
    if any(value and getattr(record, name).casefold() != value.casefold() for name, value in wanted.items()):
        return False
    words = [record.name, *(str(component.get("text", "")) for component in record.components)]
    return not query.search or any(query.search.casefold() in word.casefold() for word in words)
