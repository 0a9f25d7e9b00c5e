"""Use cases of a campaign that is not sent yet: make, change, copy, delete."""

from collections.abc import Callable
from datetime import datetime

from pydantic import Field

from chalicelib.campaigns import store
from chalicelib.campaigns.delivery import Delivery
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import EDITABLE, Campaign, Pace, Schedule, State
from chalicelib.campaigns.trouble import WrongState
from chalicelib.campaigns.when import When, moment
from chalicelib.channels import store as channels
from chalicelib.channels.model import ChannelType
from chalicelib.channels.store import ChannelMissing
from chalicelib.problems import Invalid
from chalicelib.shape import Shape


class Draft(Shape):
    """A new campaign. Without a name it gets the time it was made as one."""

    channel_id: str = Field(min_length=1, max_length=64, description="The WhatsApp number to send from.")
    name: str = Field(default="", max_length=100)
    client_message_id: str = Field(default="", max_length=50, description="Your own reference, for the whole campaign.")


class Change(Shape):
    """What is to be changed; absent fields stay."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    channel_id: str | None = Field(default=None, min_length=1, max_length=64)
    client_message_id: str | None = Field(default=None, max_length=50)
    wish: When | None = Field(
        default=None, description="When it is meant to go out: kept with the draft, while launching says when it does."
    )
    pace: Pace | None = None
    delivery: Delivery | None = Field(
        default=None, description="Hours and days of the recipient in which messages may go."
    )
    confirm_after_seconds: int | None = Field(default=None, ge=10, le=172_800)


Enter = Callable[[str], None]
"""Raises when the caller may not act in this subaccount."""


def create(draft: Draft, created_by: str, desk: Desk, *, enter: Enter) -> Campaign:
    """A new campaign on a channel."""
    subaccount_id = _subaccount(draft.channel_id, desk, enter)
    now = desk.clock()
    campaign = Campaign(
        id=desk.new_id(),
        subaccount_id=subaccount_id,
        channel_id=draft.channel_id,
        name=draft.name.strip() or default_name(now),
        client_message_id=draft.client_message_id,
        created_at=now,
        created_by=created_by,
        updated_at=now,
    )
    store.create(desk.table, campaign)
    return campaign


def default_name(now: datetime) -> str:
    """As people know it: 20261122-01:05PM-CAMPAIGN."""
    return now.strftime("%Y%m%d-%I:%M%p-CAMPAIGN")


def change(campaign: Campaign, wanted: Change, desk: Desk, *, enter: Enter) -> Campaign:
    """Changes a campaign that has not begun. A scheduled one is a draft again: its schedule was for what it was."""
    values = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    if wanted.wish is not None:
        at = moment(wanted.wish, desk.clock(), field="wish.at")
        values["wish"] = Schedule(at=at, time_zone=wanted.wish.time_zone) if at else None
    if wanted.channel_id is not None:
        values["subaccount_id"] = _subaccount(wanted.channel_id, desk, enter)
    return edit(campaign, desk, **values)


def edit(campaign: Campaign, desk: Desk, **values: object) -> Campaign:
    """Writes new values into a campaign that has not begun. The time it was scheduled for stays what is wished."""
    if campaign.state not in EDITABLE:
        raise WrongState(campaign.id, campaign.state, "changed")
    news = {
        "state": State.DRAFT,
        "state_reason": "",
        "schedule": None,
        "wish": campaign.schedule.model_copy(update={"token": ""}) if campaign.schedule else campaign.wish,
        "approved_by": "",
        "updated_at": desk.clock(),
    }
    saved = store.save(desk.table, campaign, campaign.model_copy(update=news | values))
    forget_schedule(campaign, desk)
    return saved


def forget_schedule(before: Campaign, desk: Desk) -> None:
    """Ends the schedule that the campaign had, after the write that forgets it: who waits for one that is gone waits for ever."""
    if before.schedule:
        desk.schedules.cancel(schedule_name(before.schedule.token))


def delete(campaign: Campaign, desk: Desk) -> None:
    """Removes a draft."""
    if campaign.state is not State.DRAFT:
        raise WrongState(campaign.id, campaign.state, "deleted")
    store.delete(desk.table, campaign)


def clone(campaign: Campaign, created_by: str, desk: Desk) -> Campaign:
    """A new draft with the same recipients, message and pace."""
    now = desk.clock()
    copy = campaign.model_copy(
        update={
            "id": desk.new_id(),
            "name": f"{campaign.name[:93]} (copy)",
            "state": State.DRAFT,
            "state_reason": "",
            "version": 1,
            "created_at": now,
            "created_by": created_by,
            "updated_at": now,
            "schedule": None,
            "wish": None,
            "approved_by": "",
            "predicted": None,
            "launched_by": "",
            "run_id": "",
            "runs": (),
        }
    )
    store.create(desk.table, copy)
    return copy


def schedule_name(token: str) -> str:
    """The name of a campaign's schedule."""
    return f"campaign-{token}"


def _subaccount(channel_id: str, desk: Desk, enter: Enter) -> str:
    try:
        channel = channels.get(desk.table, channel_id)
    except ChannelMissing as missing:
        raise Invalid("There is no such channel.", field="channelId", code="channel_unknown") from missing
    enter(channel.subaccount_id)
    if channel.type is not ChannelType.WHATSAPP:
        raise Invalid("A campaign is sent from a WhatsApp number.", field="channelId", code="channel_unknown")
    return channel.subaccount_id
