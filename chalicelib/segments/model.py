"""A segment: a filter over contacts with a name. The filter is plain data and reads as a sentence."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.contacts.model import Contact, has_opted_out
from chalicelib.segments.outcomes import Outcome
from chalicelib.shape import Shape

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=60)]
GroupId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,16}$")]


class AttributeIs(Shape):
    """What a custom attribute must be. `exists` and `missing` need no value; case does not matter."""

    name: str = Field(min_length=1, max_length=60)
    op: Literal["is", "is-not", "contains", "exists", "missing"] = "is"
    value: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _has_a_value_where_one_is_needed(self) -> Self:
        if self.op in {"is", "is-not", "contains"} and not self.value:
            raise ValueError(f"say which value {self.name} {self.op}")
        return self


class CampaignOutcome(Shape):
    """What became of a campaign's message to them. Who is no contact of ours cannot be in a segment."""

    campaign_id: str = Field(min_length=1, max_length=64)
    outcome: Outcome


class Filter(Shape):
    """Who: all that is given must hold; within a list one is enough. An empty filter is everybody."""

    countries: tuple[Country, ...] = Field(default=(), max_length=50)
    tags: tuple[Tag, ...] = Field(default=(), max_length=50)
    without_tags: tuple[Tag, ...] = Field(default=(), max_length=50)
    groups: tuple[GroupId, ...] = Field(default=(), max_length=20)
    attributes: tuple[AttributeIs, ...] = Field(default=(), max_length=20)
    wrote_within_days: int | None = Field(default=None, ge=1, le=3650, description="On any of our numbers.")
    silent_for_days: int | None = Field(default=None, ge=1, le=3650, description="Never wrote counts as silent.")
    may_get_marketing: bool | None = Field(default=None, description="Of the subaccount, or without one of any.")
    campaign: CampaignOutcome | None = None
    subaccount_id: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")

    @property
    def asks_for_messages(self) -> bool:
        """Whether conversations must be read for it."""
        return self.wrote_within_days is not None or self.silent_for_days is not None

    def matches(self, contact: Contact, last_inbound_at: datetime | None, now: datetime) -> bool:
        """Whether this contact is meant."""
        return (
            (not self.countries or contact.country in self.countries)
            and (not self.tags or not contact.tags.isdisjoint(self.tags))
            and contact.tags.isdisjoint(self.without_tags)
            and (not self.groups or not contact.groups.isdisjoint(self.groups))
            and all(_holds(each, contact) for each in self.attributes)
            and self._timely(last_inbound_at, now)
            and self._may_be_written_to(contact)
        )

    def _timely(self, last: datetime | None, now: datetime) -> bool:
        wrote, silent = self.wrote_within_days, self.silent_for_days
        if wrote is not None and (last is None or now - last > timedelta(days=wrote)):
            return False
        return silent is None or last is None or now - last > timedelta(days=silent)

    def _may_be_written_to(self, contact: Contact) -> bool:
        if self.may_get_marketing is None:
            return True
        refused = has_opted_out(contact.opted_out, marketing=True, subaccount_id=self.subaccount_id)
        return refused is not self.may_get_marketing

    def sentence(self) -> str:
        """What the filter says, for people.

        >>> Filter(countries=("SG", "MY"), tags=("vip",), wrote_within_days=30).sentence()
        'from SG or MY; tagged vip; wrote in the last 30 days'
        """
        parts = [
            _listed("from", self.countries),
            _listed("tagged", self.tags),
            _listed("not tagged", self.without_tags),
            _listed("in group", self.groups),
            *(f"{each.name} {each.op.replace('-', ' ')} {each.value}".strip() for each in self.attributes),
            f"wrote in the last {self.wrote_within_days} days" if self.wrote_within_days else "",
            f"silent for {self.silent_for_days} days" if self.silent_for_days else "",
            f"{_OUTCOMES[self.campaign.outcome]} campaign {self.campaign.campaign_id}" if self.campaign else "",
            {None: "", True: "may get marketing", False: "has opted out of marketing"}[self.may_get_marketing],
        ]
        return "; ".join(part for part in parts if part) or "everybody"


_OUTCOMES = {
    Outcome.RECEIVED: "received",
    Outcome.READ: "read",
    Outcome.NOT_READ: "received and did not read",
    Outcome.REPLIED: "answered",
    Outcome.NOT_REPLIED: "received and did not answer",
    Outcome.FAILED: "could not be reached by",
}


class Segment(BaseModel):
    """A filter that was kept."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    name: str
    filter: Filter
    created_at: datetime
    created_by: str


def _holds(wanted: AttributeIs, contact: Contact) -> bool:
    value = contact.attributes.get(wanted.name)
    text = "" if value is None else str(value).casefold()
    match wanted.op:
        case "exists":
            return value is not None
        case "missing":
            return value is None
        case "is":
            return value is not None and text == wanted.value.casefold()
        case "is-not":
            return text != wanted.value.casefold()
        case "contains":
            return wanted.value.casefold() in text


def _listed(word: str, values: tuple[str, ...]) -> str:
    return f"{word} {' or '.join(values)}" if values else ""
