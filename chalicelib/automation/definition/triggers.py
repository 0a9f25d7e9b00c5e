"""What starts a workflow, and the inputs each trigger takes."""

import re
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints, ValidationError, field_validator

from chalicelib.automation.definition.document import Document
from chalicelib.automation.definition.model import TriggerType
from chalicelib.automation.expressions import timezones
from chalicelib.automation.forms import shown

_FIELD = r"[0-9A-Za-z*?/,#LW-]+"
_CRON = re.compile(rf"cron\(\s*{_FIELD}(?:\s+{_FIELD}){{5}}\s*\)")
_RATE = re.compile(r"rate\(\s*[1-9]\d{0,4}\s+(?:minute|hour|day)s?\s*\)")


class NoInputs(Document):
    pass


class Keyword(Document):
    """Starts on messages that are, start with, or contain one of the words (not case sensitive)."""

    keywords: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)], ...],
        Field(min_length=1, max_length=100),
        shown("Words", "list"),
    ]
    match: Annotated[Literal["exact", "prefix", "contains"], shown("The message", "choice")] = "exact"

    def applies(self, text: str) -> bool:
        said = _folded(text)
        words = [_folded(keyword) for keyword in self.keywords]
        match self.match:
            case "exact":
                return said in words
            case "prefix":
                return any(said == word or said.startswith(word + " ") for word in words)
            case "contains":
                return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) for word in words)


class Schedule(Document):
    """Starts at times: `cron(…)` or `rate(…)` as EventBridge Scheduler writes them, on the clocks of a zone."""

    expression: Annotated[
        str, StringConstraints(pattern=r"^(cron|rate)\(.+\)$", max_length=256), shown("When", "schedule")
    ]
    time_zone: Annotated[str, shown("Time zone", "time_zone")] = "UTC"
    data: Annotated[dict[str, JsonValue], shown("Data", "mapping")] = Field(default_factory=dict)

    @field_validator("expression")
    @classmethod
    def _is_possible(cls, expression: str) -> str:
        if not (_CRON.fullmatch(expression) or _RATE.fullmatch(expression)):
            raise ValueError("write cron(minutes hours day-of-month month day-of-week year) or rate(5 minutes)")
        return expression

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        timezones.zone(name)
        return name


class TicketResolved(Document):
    """Starts when agents resolve a ticket, of one queue or of any."""

    queue: Annotated[str | None, shown("Queue", "queue")] = None

    def applies(self, queue_id: str, queue_name: str) -> bool:
        """Whether a ticket of this queue starts it."""
        return self.queue is None or self.queue == queue_id or self.queue.casefold() == queue_name.casefold()


class WindowClosing(Document):
    """Starts when a customer service window is about to close."""

    minutes_before: Annotated[int, Field(ge=1, le=1380), shown("Minutes before", "number")] = 60


class CampaignReply(Document):
    """Starts when somebody answers a campaign message, of one campaign or of any."""

    campaign_id: Annotated[str | None, shown("Campaign", "campaign")] = None


DESCRIPTIONS: dict[TriggerType, str] = {
    TriggerType.INBOUND_SMS: "An SMS comes in (no such channel is connected).",
    TriggerType.INBOUND_CHAT_APPS: "A customer writes.",
    TriggerType.HTTP_REQUEST: "Another system calls.",
    TriggerType.KEYWORD: "A customer writes one of some words.",
    TriggerType.SCHEDULE: "A time comes, once or again and again.",
    TriggerType.TICKET_RESOLVED: "Agents resolve a ticket.",
    TriggerType.WINDOW_CLOSING: "A customer service window is about to close.",
    TriggerType.CAMPAIGN_REPLY: "Somebody answers a campaign message.",
}

TriggerInputs = NoInputs | Keyword | Schedule | TicketResolved | WindowClosing | CampaignReply

TYPES: dict[TriggerType, type[Document]] = {
    TriggerType.INBOUND_SMS: NoInputs,
    TriggerType.INBOUND_CHAT_APPS: NoInputs,
    TriggerType.HTTP_REQUEST: NoInputs,
    TriggerType.KEYWORD: Keyword,
    TriggerType.SCHEDULE: Schedule,
    TriggerType.TICKET_RESOLVED: TicketResolved,
    TriggerType.WINDOW_CLOSING: WindowClosing,
    TriggerType.CAMPAIGN_REPLY: CampaignReply,
}


def inputs(trigger: TriggerType, values: dict[str, JsonValue]) -> Document:
    """The typed inputs of a trigger; raises ValidationError."""
    return TYPES[trigger].model_validate(values)


def problems(trigger: TriggerType, values: dict[str, JsonValue]) -> list[tuple[str, str]]:
    """What is wrong with a trigger's inputs: (path, message)."""
    try:
        inputs(trigger, values)
    except ValidationError as reason:
        return [
            ("/" + "/".join(str(part) for part in one["loc"]), one["msg"]) for one in reason.errors(include_url=False)
        ]
    return []


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip().strip(".!?,;:'\"").casefold())
