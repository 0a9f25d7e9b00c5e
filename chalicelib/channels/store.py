"""Subaccounts and channels in the main table. They are few: each kind is one partition."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.channels.model import Channel, Subaccount
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item, Put, Table, TransactionRefused, Update

EXISTS = Attr("PK").exists()
"""The condition of whatever changes a channel and must not make one."""
_HEARD_EVERY = timedelta(minutes=1)


class ChannelMissing(Exception):
    """No channel has this id."""

    def __init__(self, channel_id: str) -> None:
        super().__init__(channel_id)
        self.channel_id = channel_id


class NumberTaken(Exception):
    """The phone number already belongs to another channel."""

    def __init__(self, phone_number_id: str) -> None:
        super().__init__(phone_number_id)
        self.phone_number_id = phone_number_id


def subaccounts(table: Table) -> list[Subaccount]:
    """All subaccounts, by id."""
    return [Subaccount.model_validate(item) for item in table.query_all(keys.subaccount("").pk)]


def put_subaccount(table: Table, subaccount: Subaccount) -> None:
    """Creates or replaces the subaccount."""
    key = keys.subaccount(subaccount.id)
    table.put({"PK": key.pk, "SK": key.sk, **subaccount.model_dump(mode="json")})


def channels(table: Table) -> list[Channel]:
    """All channels, by id."""
    return [Channel.model_validate(item) for item in table.query_all(keys.channel("").pk)]


def get(table: Table, channel_id: str) -> Channel:
    """The channel. Raises ChannelMissing."""
    item = table.get(keys.channel(channel_id))
    if item is None:
        raise ChannelMissing(channel_id)
    return Channel.model_validate(item)


def of_number(table: Table, phone_number_id: str) -> Channel | None:
    """The channel of an address (Meta's phone number id, a web chat's id), or None when it is not ours (yet)."""
    pointer = table.get(keys.channel_of_number(phone_number_id))
    return get(table, pointer["channel_id"]) if pointer else None


def create(table: Table, channel: Channel) -> None:
    """Adds a channel. Raises NumberTaken."""
    pointer = keys.channel_of_number(channel.address)
    claim = Attr("PK").not_exists() | Attr("channel_id").eq(channel.id)
    try:
        table.transact(
            [
                Put({"PK": pointer.pk, "SK": pointer.sk, "channel_id": channel.id}, claim),
                Put(_item(channel)),
            ]
        )
    except TransactionRefused as refused:
        raise NumberTaken(channel.address) from refused


def change(table: Table, channel_id: str, **values: Any) -> Channel:
    """Sets some fields of the channel. Raises ChannelMissing."""
    try:
        item = table.update(Update(keys.channel(channel_id), set=values, condition=Attr("PK").exists()))
    except ConditionFailed as failed:
        raise ChannelMissing(channel_id) from failed
    return Channel.model_validate(item)


class Hearing:
    """Notes from a worker's webhooks that Meta's reach us. What this process has noted it does not look up again for a minute,
    so statuses by the thousand cost two reads a minute and number."""

    def __init__(self) -> None:
        self._noted: dict[str, datetime] = {}

    def note(self, table: Table, phone_number_ids: Iterable[str | None], now: datetime) -> None:
        """Notes numbers of ours that webhooks were about."""
        for number in {number for number in phone_number_ids if number}:
            if now - self._noted.get(number, now - _HEARD_EVERY) < _HEARD_EVERY:
                continue
            self._noted[number] = now
            if channel := of_number(table, number):
                heard(table, channel, now)


def heard(table: Table, channel: Channel, now: datetime) -> None:
    """Notes that Meta's webhooks reach us: one write a minute, whatever the traffic."""
    if channel.last_webhook_at is not None and now - channel.last_webhook_at < _HEARD_EVERY:
        return
    long_ago = Attr("last_webhook_at").not_exists() | Attr("last_webhook_at").lt(stamp(now - _HEARD_EVERY))
    never = Attr("last_webhook_at").attribute_type("NULL")
    noted = Update(keys.channel(channel.id), set={"last_webhook_at": stamp(now)}, condition=EXISTS & (long_ago | never))
    with suppress(ConditionFailed):  # another worker has
        table.update(noted)


def _item(channel: Channel) -> Item:
    key = keys.channel(channel.id)
    return {"PK": key.pk, "SK": key.sk, **channel.model_dump(mode="json")}
