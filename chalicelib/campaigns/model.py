"""A campaign: what is to be sent to whom and when, and how far it has come.

draft → needs_approval → scheduled → preparing → sending ⇄ paused → completed
                             ↘ too_late (asks)                    ↘ cancelled | failed
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints

from chalicelib.campaigns.delivery import Delivery
from chalicelib.campaigns.recipients.reading import Options
from chalicelib.campaigns.recipients.summary import Summary
from chalicelib.cloud import keys
from chalicelib.shape import Shape

CHUNK = 250
"""Recipients in one file of a run and at most in one SQS message: enough to make the cost of both vanish. A run keeps its own."""
BLOCK = 50
"""Neighbouring rows in one partition of the ledger: part of every stored key, so never another number."""
PART = 5_000
"""Rows read, checked and written to the ledger between two checkpoints; a multiple of CHUNK."""
SHARDS = keys.LEDGER_SHARDS


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    NEEDS_APPROVAL = "needs_approval"
    SCHEDULED = "scheduled"
    TOO_LATE = "too_late"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.NEEDS_APPROVAL, State.SCHEDULED, State.PREPARING}),
    State.NEEDS_APPROVAL: frozenset({State.DRAFT, State.SCHEDULED, State.PREPARING, State.TOO_LATE, State.CANCELLED}),
    State.SCHEDULED: frozenset({State.DRAFT, State.NEEDS_APPROVAL, State.PREPARING, State.TOO_LATE, State.CANCELLED}),
    State.TOO_LATE: frozenset({State.DRAFT, State.NEEDS_APPROVAL, State.SCHEDULED, State.PREPARING, State.CANCELLED}),
    State.PREPARING: frozenset({State.SENDING, State.PAUSED, State.CANCELLED, State.FAILED, State.COMPLETED}),
    State.SENDING: frozenset({State.PAUSED, State.COMPLETED, State.CANCELLED}),
    State.PAUSED: frozenset({State.SENDING, State.PREPARING, State.CANCELLED}),
    State.COMPLETED: frozenset({State.PREPARING}),
    State.CANCELLED: frozenset({State.PREPARING}),
    State.FAILED: frozenset({State.DRAFT, State.NEEDS_APPROVAL, State.SCHEDULED, State.PREPARING, State.CANCELLED}),
}
"""Every way a campaign may go. From completed and cancelled only a retry leads on: a new run of the same campaign. A retry that
cannot be prepared leads back there."""

ENDED = frozenset({State.COMPLETED, State.CANCELLED, State.FAILED})
EDITABLE = frozenset({State.DRAFT, State.SCHEDULED, State.TOO_LATE, State.NEEDS_APPROVAL, State.FAILED})
"""States in which nothing has been sent; a change leads back to draft."""


class Stored(Shape):
    """What lies in the table: later versions may know more fields."""

    model_config = ConfigDict(defer_build=True, extra="ignore")


FieldName = Annotated[str, StringConstraints(pattern=r"^[^\W\d][\w .-]{0,39}$")]


class FromField(Shape):
    """A placeholder filled from a field of the recipient; `default` where it is empty."""

    field: FieldName
    default: str = Field(default="", max_length=1024)


class Constant(Shape):
    """A placeholder filled with the same text for everyone."""

    value: str = Field(min_length=1, max_length=2000)


Binding = FromField | Constant


class TemplateMessage(Shape):
    """An approved template; `parameters` binds each of its slots (see message/slots.py)."""

    type: Literal["template"] = "template"
    name: str = Field(pattern=r"^[a-z0-9_]{1,512}$")
    language: str = Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2,4})?$")
    parameters: dict[str, Binding] = Field(default_factory=dict, max_length=200)


class TextMessage(Shape):
    """Free text with `{{Field}}`, for those inside their 24-hour window."""

    type: Literal["text"] = "text"
    body: str = Field(min_length=1, max_length=4096)
    preview_url: bool = False
    default: str = Field(default="", max_length=200)
    """What stands for a field that is empty."""


MessagePlan = Annotated[TemplateMessage | TextMessage, Discriminator("type")]


class RecipientsState(StrEnum):
    """How far the recipients have been read."""

    UPLOADED = "uploaded"
    READING = "reading"
    READY = "ready"
    REFUSED = "refused"


class Recipients(Stored):
    """The campaign's recipients: a file in S3 and, once read, its parts and their summary."""

    source: Literal["file", "typed", "contacts"] = "file"
    groups: tuple[str, ...] = ()
    """The contact groups they come from; each knows that this campaign needs it."""
    file_key: str
    file_name: str
    state: RecipientsState = RecipientsState.UPLOADED
    options: Options | None = None
    reading: str = ""
    """Names one reading of the file; its parts lie under this name."""
    fields: tuple[str, ...] = ()
    parts: int = 0
    summary: Summary | None = None
    problem: str = ""
    """Why the file was refused."""


class Pace(Shape):
    """A limit of the person's own, below the number's speed."""

    messages: int = Field(ge=1, le=1_000_000)
    per: Literal["minute", "hour", "day"]


class Schedule(Shape):
    """When it starts: `at` with the time zone it was chosen in."""

    at: datetime
    time_zone: str = "UTC"
    token: str = ""
    """Names this one schedule: an earlier one that still fires finds another name and does nothing."""


class FrequencyCap(Shape):
    """The most campaign messages one person gets within some days, from all campaigns together."""

    messages: int = Field(ge=1, le=100)
    days: int = Field(ge=1, le=30)


class AccountRules(Shape):
    """What a subaccount demands of its campaigns."""

    approval: bool = False
    """Nobody launches alone: a second person must approve."""
    frequency_cap: FrequencyCap | None = None


class Campaign(Stored):
    """One campaign. `version` grows with every change."""

    id: str
    subaccount_id: str
    channel_id: str
    name: str
    client_message_id: str = ""
    state: State = State.DRAFT
    state_reason: str = ""
    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    recipients: Recipients | None = None
    message: MessagePlan | None = None
    schedule: Schedule | None = None
    pace: Pace | None = None
    delivery: Delivery | None = None
    confirm_after_seconds: int = 900
    """How long an unanswered send waits for a status before it becomes `failed: not confirmed`."""
    wish: Schedule | None = None
    """When it is meant to start: of a draft, or once it is approved."""
    approved_by: str = ""
    predicted: dict[str, int] | None = None
    """What the preflight of this version foresaw when it was launched: recipients by reason why they get nothing."""
    launched_by: str = ""
    run_id: str = ""
    runs: tuple[str, ...] = ()


class RunKind(StrEnum):
    """Why a run was started."""

    FIRST = "first"
    RETRY = "retry"


class Run(Stored):
    """One pass over the recipients. The numbers are checkpoints: each job says which one it expects to find."""

    id: str
    campaign_id: str
    number: int
    kind: RunKind = RunKind.FIRST
    of_run: str = ""
    """A retry: the run whose failures are tried again."""
    of_part: int | None = None
    """A retry: the first part of the recipients that the run before has not whole, if it broke off while it was prepared."""
    came_from: State = State.COMPLETED
    """A retry: where the campaign stood before it."""
    with_not_confirmed: bool = False
    predicted: dict[str, int] | None = None
    """The campaign's, if this is its first run."""
    created_at: datetime
    started_by: str = ""
    chunk: int = 50
    """Recipients in a chunk; runs that do not say so were made when it was 50."""

    prepared_parts: int = 0
    lease: str = ""
    lease_until: datetime | None = None
    prepared_at: datetime | None = None

    wave: int = 0
    wave_at: datetime | None = None
    cursor: int = 0
    """The next chunk to release."""
    offset: int = 0
    """How many recipients of that chunk are released already."""
    released: int = 0
    audience: int = 0
    eligible: int = 0

    waits_until: datetime | None = None
    """When the first recipients are due, as the last recount had it, if all who are left wait for a time."""
    recounts: int = 0
    totals: dict[str, int] = Field(default_factory=dict)
    counted_at: datetime | None = None
    live_then: dict[str, int] = Field(default_factory=dict)
    """The live counters just before the recount: what they show more since then came after it."""
    ended_at: datetime | None = None
    looks: int = 0
    """Recounts since the end."""


def shard_of(row: int) -> int:
    """The ledger partition of a row: neighbours of one block together, blocks spread."""
    return row // BLOCK % SHARDS


def callback(run_id: str, row: int) -> str:
    """What names a row to the status webhook; the sender adds the attempt."""
    return f"c:{run_id}:{shard_of(row)}:{row}"


def parse_callback(data: str) -> tuple[str, int, int]:
    """(run, shard, row) of `c:{run}:{shard}:{row}:{attempt}`. Raises ValueError when it is not ours."""
    kind, run_id, shard, row, _attempt = data.split(":")
    if kind != "c":
        raise ValueError("not a campaign's callback data")
    return run_id, int(shard), int(row)


def as_item(model: BaseModel) -> dict[str, Any]:
    """The model as DynamoDB takes it."""
    return model.model_dump(mode="json", exclude_none=True)
