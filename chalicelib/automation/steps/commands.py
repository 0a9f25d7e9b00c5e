"""What a step wants done. Steps do no I/O: they return one of these, and whoever runs them does it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import JsonValue

from chalicelib.dataclass import dataclass

PRIORITIES = ("low", "medium", "high", "urgent")
"""As definitions write them; `normal` is `medium`."""


@dataclass(frozen=True)
class User:
    """A person by phone number (E.164) or business-scoped user id. The phone wins when both are there."""

    phone: str | None = None
    bsuid: str | None = None


@dataclass(frozen=True)
class Nothing:
    """The step only chooses where to go on."""


@dataclass(frozen=True)
class Choose:
    """An If: whether its inner steps run."""

    condition: bool


@dataclass(frozen=True)
class SetValues:
    values: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Send:
    """One WhatsApp message, in the Cloud API's JSON, from the channel of a subaccount."""

    sub_account_id: str | None
    user: User
    message: Mapping[str, JsonValue]
    client_message_id: str | None = None


@dataclass(frozen=True)
class Call:
    """One HTTP request. Secrets are still references in it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    timeout_seconds: float = 5.0
    connection: str | None = None


@dataclass(frozen=True)
class Sleep:
    until: datetime


@dataclass(frozen=True)
class AwaitReply:
    """Park until this user writes on this channel, or until the deadline."""

    sender: str
    channel: str
    deadline: datetime
    coalesce: timedelta | None = None


@dataclass(frozen=True)
class HandOver:
    """The conversation goes to the agents: a ticket, in a queue when one is named."""

    payload: JsonValue = None
    queue: str | None = None
    priority: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class ChangeGroup:
    user: User | None
    group: str
    change: Literal["add", "remove"]


@dataclass(frozen=True)
class ChangeConsent:
    user: User | None
    opted_in: bool


@dataclass(frozen=True)
class ChangeContact:
    user: User | None
    fields: Mapping[str, JsonValue]


@dataclass(frozen=True)
class StartAnother:
    definition_id: str
    data: Mapping[str, JsonValue]


Pure = Nothing | Choose | SetValues
Act = Send | Call | HandOver | ChangeGroup | ChangeConsent | ChangeContact | StartAnother
Command = Pure | Act | Sleep | AwaitReply


class StepFailed(Exception):
    """The step cannot do its work, for a reason its author should read. `transient` ones are worth another try."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.message, self.transient = message, transient
