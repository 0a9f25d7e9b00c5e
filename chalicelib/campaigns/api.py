"""Routes of campaigns."""

from datetime import date
from typing import Annotated, Any, Literal

from boto3.dynamodb.conditions import Attr
from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.campaigns import (
    audience,
    control,
    drafts,
    exporting,
    listing,
    preflight,
    prices,
    report,
    store,
    trial,
    wording,
)
from chalicelib.campaigns.desk import Desk, desk_of
from chalicelib.campaigns.model import AccountRules, Campaign, MessagePlan, State
from chalicelib.campaigns.rows import RowState
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.channels.store import ChannelMissing
from chalicelib.cloud.pages import start_of, token_of
from chalicelib.conversations.gate import gate
from chalicelib.http.endpoint import endpoint
from chalicelib.http.errors import maps
from chalicelib.http.paging import Page, PageQuery
from chalicelib.problems import Conflict
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
maps({ChannelMissing: Conflict})

_TAG = "Campaigns"
_READ, _WRITE, _SEND = Permission.CAMPAIGNS_READ, Permission.CAMPAIGNS_WRITE, Permission.CAMPAIGNS_SEND


class ListQuery(PageQuery):
    """Which campaigns."""

    state: list[State] = Field(default_factory=list, max_length=10)
    subaccount_id: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=100, description="A part of the name.")


class SlotsQuery(Shape):
    """Which template."""

    name: str = Field(pattern=r"^[a-z0-9_]{1,512}$")
    language: str = Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2,4})?$")


class PreviewQuery(Shape):
    """Whose message: the recipient's row, counted from 0 without blank lines and the header."""

    row: int = Field(default=0, ge=0, lt=1_000_000)


class RunQuery(Shape):
    """Which run; the last one when absent."""

    run: int | None = Field(default=None, ge=1, le=1000)


class PricesQuery(Shape):
    """Which of your own rate cards."""

    valid_from: date


class TimelineQuery(RunQuery):
    """Which run, and how fine."""

    per: Literal["minute", "hour", "day"] = "hour"


class RowsQuery(PageQuery):
    """Which recipients of which run."""

    run: int | None = Field(default=None, ge=1, le=1000)
    state: list[RowState] = Field(default_factory=list, max_length=len(RowState))
    reason: str = Field(default="", max_length=64)
    to: str = Field(default="", max_length=140, description="A part of the number or user id.")


class Rejection(Shape):
    """Why not."""

    reason: str = Field(min_length=1, max_length=500)


class ExportRequest(Shape):
    """What to export."""

    run: int | None = Field(default=None, ge=1, le=1000)
    state: RowState | Annotated[list[RowState], Field(max_length=len(RowState))] | None = None
    reason: str = Field(default="", max_length=64)
    to: str = Field(default="", max_length=140, description="A part of the number or user id.")
    format: Literal["csv"] = "csv"

    @property
    def states(self) -> list[RowState]:
        """One or several states; empty for all."""
        return self.state if isinstance(self.state, list) else [self.state] if self.state else []


@endpoint(bp, "POST", "/api/v1/campaigns", permission=_WRITE, status=201, tag=_TAG)
def create_campaign(body: drafts.Draft, user: CurrentUser, world: World) -> Campaign:
    """Starts a campaign as a draft."""
    return drafts.create(body, user.id, desk_of(world), enter=user.enter)


@endpoint(bp, "GET", "/api/v1/campaigns", permission=_READ, tag=_TAG)
def list_campaigns(query: ListQuery, user: CurrentUser, world: World) -> Page[Campaign]:
    """Lists campaigns, the newest first. A page may hold fewer than asked for, even none, and still have a next one."""
    condition: Any = None
    for each in _filters(query, user):
        condition = each if condition is None else condition & each
    start = start_of(query.next, "CAMPAIGNS", "GSI1")
    found, after = store.newest(world.table, limit=query.limit, start=start, filter=condition)
    return Page[Campaign](items=found, next=token_of(after))


def _filters(query: ListQuery, user: CurrentUser) -> list[Any]:
    found: list[Any] = []
    if query.state:
        found.append(Attr("state").is_in([str(state) for state in query.state]))
    if query.subaccount_id:
        found.append(Attr("subaccount_id").eq(query.subaccount_id))
    if query.name:
        found.append(Attr("name").contains(query.name))
    if user.subaccounts is not None:
        found.append(Attr("subaccount_id").is_in(list(user.subaccounts) or ["-"]))
    return found


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}", permission=_READ, tag=_TAG)
def get_campaign(campaign_id: str, user: CurrentUser, world: World) -> Campaign:
    """Reads a campaign."""
    return _mine(campaign_id, user, desk_of(world))


@endpoint(bp, "PATCH", "/api/v1/campaigns/{campaignId}", permission=_WRITE, tag=_TAG)
def change_campaign(campaign_id: str, body: drafts.Change, user: CurrentUser, world: World) -> Campaign:
    """Changes a campaign that has not begun. A scheduled one becomes a draft again."""
    desk = desk_of(world)
    return drafts.change(_mine(campaign_id, user, desk), body, desk, enter=user.enter)


@endpoint(bp, "DELETE", "/api/v1/campaigns/{campaignId}", permission=_WRITE, tag=_TAG)
def delete_campaign(campaign_id: str, user: CurrentUser, world: World) -> None:
    """Deletes a draft."""
    desk = desk_of(world)
    campaign = _mine(campaign_id, user, desk)
    drafts.delete(campaign, desk)
    audience.release(campaign, desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/clone", permission=_WRITE, status=201, tag=_TAG)
def clone_campaign(campaign_id: str, user: CurrentUser, world: World) -> Campaign:
    """Makes a new draft with the same recipients, message and pace."""
    desk = desk_of(world)
    copy = drafts.clone(_mine(campaign_id, user, desk), user.id, desk)
    return audience.need_again(copy, desk)


# --- recipients ---


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/recipients/upload", permission=_WRITE, status=201, tag=_TAG)
def upload_recipients(
    campaign_id: str, body: audience.UploadRequest, user: CurrentUser, world: World
) -> audience.UploadLink:
    """Gives a link to upload a recipients file to: .csv, .txt or .xlsx, at most 30 MB and 1,000,000 rows.

    Send a form POST to `url` with all `fields` and, last, the file as `file`.
    """
    desk = desk_of(world)
    return audience.upload_link(_mine(campaign_id, user, desk), body, desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/recipients/look", permission=_WRITE, tag=_TAG)
def look_at_recipients(campaign_id: str, user: CurrentUser, world: World) -> audience.FileLook:
    """Shows the first rows of the uploaded file and a guess at its columns."""
    desk = desk_of(world)
    return audience.look(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/recipients/process", permission=_WRITE, status=202, tag=_TAG)
def process_recipients(campaign_id: str, body: audience.ProcessRequest, user: CurrentUser, world: World) -> Campaign:
    """Reads the whole file. The campaign's `recipients.state` becomes `ready`, with a summary, or `refused`, with the problem."""
    desk = desk_of(world)
    return audience.process(_mine(campaign_id, user, desk), body, desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/recipients/typed", permission=_WRITE, status=202, tag=_TAG)
def type_recipients(campaign_id: str, body: audience.TypedRecipients, user: CurrentUser, world: World) -> Campaign:
    """Takes up to 10,000 recipients as values instead of a file."""
    desk = desk_of(world)
    return audience.type_in(_mine(campaign_id, user, desk), body, desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/recipients/contacts", permission=_WRITE, status=202, tag=_TAG)
def pick_recipients(campaign_id: str, body: audience.PickedRecipients, user: CurrentUser, world: World) -> Campaign:
    """Takes contacts, members of groups and whoever fits a segment, as they are now.

    Until the campaign has ended its groups cannot be deleted.
    """
    desk = desk_of(world)
    return audience.pick(_mine(campaign_id, user, desk), body, desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/recipients/unusable", permission=_READ, tag=_TAG)
def get_unusable_recipients(campaign_id: str, user: CurrentUser, world: World) -> audience.Link:
    """Gives a link to the rows that cannot be used, as CSV with line and reason."""
    desk = desk_of(world)
    return audience.unusable(_mine(campaign_id, user, desk), desk)


# --- message ---


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/slots", permission=_WRITE, tag=_TAG)
def list_slots(campaign_id: str, query: SlotsQuery, user: CurrentUser, world: World) -> Page[wording.SlotView]:
    """Lists what there is to fill in a template."""
    desk = desk_of(world)
    campaign = _mine(campaign_id, user, desk)
    return Page[wording.SlotView](items=wording.slots(campaign, query.name, query.language, desk))


@endpoint(bp, "PUT", "/api/v1/campaigns/{campaignId}/message", permission=_WRITE, tag=_TAG)
def set_campaign_message(campaign_id: str, body: MessagePlan, user: CurrentUser, world: World) -> Campaign:
    """Sets the message: a template with a field or a value for each of its slots, or free text."""
    desk = desk_of(world)
    return wording.set_message(_mine(campaign_id, user, desk), body, desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/preview", permission=_READ, tag=_TAG)
def preview_campaign(campaign_id: str, query: PreviewQuery, user: CurrentUser, world: World) -> wording.Preview:
    """Shows the message of one recipient, exactly as it would be sent."""
    desk = desk_of(world)
    return wording.preview(_mine(campaign_id, user, desk), query.row, desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/preflight", permission=_WRITE, tag=_TAG)
def start_preflight(campaign_id: str, user: CurrentUser, world: World) -> preflight.Preflight:
    """Predicts who will get the campaign, who will not and why, how long it takes and what it costs.

    A list of more than 5,000 is looked through in the background: read the result with GET until it is `ready`.
    """
    desk = desk_of(world)
    return preflight.start(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/preflight", permission=_READ, tag=_TAG)
def get_preflight(campaign_id: str, user: CurrentUser, world: World) -> preflight.Preflight:
    """Reads the prediction for the campaign as it is now."""
    desk = desk_of(world)
    return preflight.get(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/preflight/skipped", permission=_READ, tag=_TAG)
def list_skipped_recipients(campaign_id: str, user: CurrentUser, world: World) -> audience.Link:
    """Names those who will get nothing, before anything is sent: a link to them as CSV, with line and reason."""
    desk = desk_of(world)
    return audience.Link(url=preflight.skipped_link(_mine(campaign_id, user, desk), desk))


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/test", permission=_SEND, tag=_TAG)
def send_campaign_test(
    campaign_id: str, body: trial.TestRequest, user: CurrentUser, world: World
) -> Page[trial.TestResult]:
    """Sends the message of one recipient to up to five numbers of your own."""
    desk = desk_of(world)
    return Page[trial.TestResult](items=trial.send_test(_mine(campaign_id, user, desk), body, desk, gate(world)))


# --- life ---


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/launch", permission=_SEND, status=202, tag=_TAG)
def launch_campaign(campaign_id: str, body: control.LaunchRequest | None, user: CurrentUser, world: World) -> Campaign:
    """Sends now, or at a time."""
    desk = desk_of(world)
    return control.launch(_mine(campaign_id, user, desk), body or control.LaunchRequest(), user.id, desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/approve", permission=Permission.CAMPAIGNS_APPROVE, tag=_TAG)
def approve_campaign(campaign_id: str, user: CurrentUser, world: World) -> Campaign:
    """Says yes to a campaign that somebody else has launched: it is sent, or scheduled."""
    desk = desk_of(world)
    return control.approve(_mine(campaign_id, user, desk), user.id, desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/reject", permission=Permission.CAMPAIGNS_APPROVE, tag=_TAG)
def reject_campaign(campaign_id: str, body: Rejection, user: CurrentUser, world: World) -> Campaign:
    """Says no to a campaign that waits for approval: it is a draft again, with the reason."""
    desk = desk_of(world)
    return control.reject(_mine(campaign_id, user, desk), body.reason, desk)


@endpoint(bp, "GET", "/api/v1/campaign-rules/{subaccountId}", permission=_READ, tag=_TAG)
def get_campaign_rules(subaccount_id: str, user: CurrentUser, world: World) -> AccountRules:
    """Tells what a subaccount demands of its campaigns."""
    user.enter(subaccount_id)
    return store.rules_of(world.table, subaccount_id)


@endpoint(bp, "PUT", "/api/v1/campaign-rules/{subaccountId}", permission=Permission.SETTINGS_WRITE, tag=_TAG)
def set_campaign_rules(subaccount_id: str, body: AccountRules, user: CurrentUser, world: World) -> AccountRules:
    """Sets what a subaccount demands of its campaigns: whether a second person must approve."""
    user.enter(subaccount_id)
    store.put_rules(world.table, subaccount_id, body)
    return body


@endpoint(bp, "GET", "/api/v1/campaign-prices", permission=_READ, tag=_TAG)
def get_campaign_prices(world: World) -> prices.PriceCardView:
    """Reads what a message is reckoned to cost: your own rate card, or the estimate that comes with the platform."""
    return prices.view_at(world.table, world.clock())


@endpoint(bp, "PUT", "/api/v1/campaign-prices", permission=Permission.SETTINGS_WRITE, tag=_TAG)
def set_campaign_prices(body: prices.OwnPriceCard, world: World) -> prices.PriceCardView:
    """Sets your own rate card from a day on; it takes the place of the estimate."""
    return prices.put(world.table, body)


@endpoint(bp, "DELETE", "/api/v1/campaign-prices", permission=Permission.SETTINGS_WRITE, tag=_TAG)
def delete_campaign_prices(query: PricesQuery, world: World) -> None:
    """Takes your own rate card of that day away."""
    prices.remove(world.table, query.valid_from)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/pause", permission=_SEND, tag=_TAG)
def pause_campaign(campaign_id: str, user: CurrentUser, world: World) -> Campaign:
    """Stops within seconds; nothing is lost."""
    desk = desk_of(world)
    return control.pause(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/resume", permission=_SEND, tag=_TAG)
def resume_campaign(campaign_id: str, user: CurrentUser, world: World) -> Campaign:
    """Goes on where it stopped."""
    desk = desk_of(world)
    return control.resume(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/cancel", permission=_SEND, tag=_TAG)
def cancel_campaign(campaign_id: str, user: CurrentUser, world: World) -> Campaign:
    """Ends it for good. What is on its way is still counted."""
    desk = desk_of(world)
    return control.cancel(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/retry", permission=_SEND, status=202, tag=_TAG)
def retry_campaign(campaign_id: str, body: control.RetryRequest | None, user: CurrentUser, world: World) -> Campaign:
    """Sends again to those whose failure may have passed, as a new run of the same campaign."""
    desk = desk_of(world)
    return control.retry(_mine(campaign_id, user, desk), body or control.RetryRequest(), user.id, desk)


# --- what has become of it ---


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/progress", permission=_READ, tag=_TAG)
def get_campaign_progress(campaign_id: str, user: CurrentUser, world: World) -> report.Progress:
    """Tells how far the last run is."""
    desk = desk_of(world)
    return report.progress(_mine(campaign_id, user, desk), desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/report", permission=_READ, tag=_TAG)
def get_campaign_report(campaign_id: str, query: RunQuery, user: CurrentUser, world: World) -> report.Report:
    """Tells what has become of a run: its sum, its funnel, its failures by reason."""
    desk = desk_of(world)
    return report.report(_mine(campaign_id, user, desk), query.run, desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/timeline", permission=_READ, tag=_TAG)
def get_campaign_timeline(
    campaign_id: str, query: TimelineQuery, user: CurrentUser, world: World
) -> Page[report.Moment]:
    """Tells when what happened: how many messages were accepted, delivered, read … in each minute, hour or day."""
    desk = desk_of(world)
    run = report.run_of(_mine(campaign_id, user, desk), query.run, desk)
    return Page[report.Moment](items=report.timeline(run, query.per, desk))


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/recipients", permission=_READ, tag=_TAG)
def list_campaign_recipients(
    campaign_id: str, query: RowsQuery, user: CurrentUser, world: World
) -> Page[listing.RowView]:
    """Lists the recipients of a run. A page may hold fewer than asked for and still have a next one."""
    desk = desk_of(world)
    run = report.run_of(_mine(campaign_id, user, desk), query.run, desk)
    found, after = listing.rows(
        run, state=query.state, reason=query.reason, to=query.to, limit=query.limit, token=query.next, desk=desk
    )
    return Page[listing.RowView](items=found, next=after)


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/export", permission=_READ, status=201, tag=_TAG)
def export_campaign(campaign_id: str, body: ExportRequest | None, user: CurrentUser, world: World) -> audience.Link:
    """Writes the recipients of a run, all or those the filter of the list leaves, as CSV and gives a link to it.

    A run of more than 50,000 is refused with 409: begin its export with POST …/exports.
    """
    desk, wanted = desk_of(world), body or ExportRequest()
    run = report.run_of(_mine(campaign_id, user, desk), wanted.run, desk)
    return audience.Link(
        url=listing.export_link(run, listing.Slice(tuple(wanted.states), wanted.reason, wanted.to), desk)
    )


@endpoint(bp, "POST", "/api/v1/campaigns/{campaignId}/exports", permission=_READ, status=202, tag=_TAG)
def begin_campaign_export(
    campaign_id: str, body: ExportRequest | None, user: CurrentUser, world: World
) -> exporting.Export:
    """Has the recipients of a run written as CSV, however many they are: read it until its state is `ready`."""
    desk, wanted = desk_of(world), body or ExportRequest()
    campaign = _mine(campaign_id, user, desk)
    run = report.run_of(campaign, wanted.run, desk)
    return exporting.begin(campaign, run, listing.Slice(tuple(wanted.states), wanted.reason, wanted.to), desk)


@endpoint(bp, "GET", "/api/v1/campaigns/{campaignId}/exports/{exportId}", permission=_READ, tag=_TAG)
def get_campaign_export(campaign_id: str, export_id: str, user: CurrentUser, world: World) -> exporting.Export:
    """Tells where an export stands, with a link to it once it is ready."""
    desk = desk_of(world)
    return exporting.get(_mine(campaign_id, user, desk), export_id, desk)


def _mine(campaign_id: str, user: CurrentUser, desk: Desk) -> Campaign:
    """The campaign, if the caller may act in its subaccount."""
    campaign = store.get(desk.table, campaign_id)
    if not user.may_enter(campaign.subaccount_id):
        raise CampaignMissing(campaign_id)
    return campaign
