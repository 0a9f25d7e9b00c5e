"""From counters to the figures of a report. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.converse.reports.counters import Counted
from chalicelib.shape import Shape

By = Literal["total", "day", "hour", "queue", "agent", "channel"]


class Figures(Shape):
    """One line of a report. Averages are null where there was nothing to measure; times are in seconds."""

    key: str = Field(description="The day, the hour, or the id of the queue, agent or channel.")
    name: str = ""
    created: int
    assigned: int = Field(description="How often a ticket was given to somebody.")
    transferred_in: int
    transferred_out: int
    resolved: int
    reopened: int
    closed: int
    messages_in: int
    messages_out: int
    average_wait: float | None = Field(description="From a ticket's birth to its first agent.")
    average_first_response: float | None
    average_response: float | None = Field(description="From the customer's word to ours.")
    average_handling: float | None = Field(description="In one agent's hands.")
    average_resolution: float | None
    sla_met: dict[str, int] = Field(description="By target: assign, first_response, next_response, resolution.")
    sla_missed: dict[str, int]
    dispositions: dict[str, int]


class Report(Shape):
    """Lines, and all of them as one."""

    items: list[Figures]
    total: Figures


def report(counted: Iterable[Counted], by: By, zone: str, names: Mapping[str, str]) -> Report:
    """The figures, grouped; days and hours are those of the time zone."""
    key_of, whole = _grouping(by, ZoneInfo(zone)), Counter[str]()
    groups: dict[str, Counter[str]] = {}
    for each in counted:
        groups.setdefault(key_of(each), Counter()).update(each.counts)
        whole.update(each.counts)
    items = [] if by == "total" else [_figures(key, names.get(key, ""), groups[key]) for key in sorted(groups) if key]
    return Report(items=items, total=_figures("total", "", whole))


def _grouping(by: By, zone: ZoneInfo) -> Callable[[Counted], str]:
    match by:
        case "total":
            return lambda _: "total"
        case "day":
            return lambda each: f"{_local(each.place.slot, zone):%Y-%m-%d}"
        case "hour":
            return lambda each: f"{_local(each.place.slot, zone):%Y-%m-%dT%H:00}"
        case "queue":
            return lambda each: each.place.queue_id
        case "agent":
            return lambda each: each.place.agent_id
        case "channel":
            return lambda each: each.place.channel_id


def _local(slot: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(slot).replace(tzinfo=UTC).astimezone(zone)


def _figures(key: str, name: str, counts: Counter[str]) -> Figures:
    return Figures(
        key=key,
        name=name,
        created=counts["created"],
        assigned=counts["assigned"],
        transferred_in=counts["transferred_in"],
        transferred_out=counts["transferred_out"],
        resolved=counts["resolved"],
        reopened=counts["reopened"],
        closed=counts["closed"],
        messages_in=counts["messages_in"],
        messages_out=counts["messages_out"],
        average_wait=_average(counts, "wait_seconds", "first_assigned"),
        average_first_response=_average(counts, "first_response_seconds", "first_responses"),
        average_response=_average(counts, "response_seconds", "responses"),
        average_handling=_average(counts, "handled_seconds", "handled"),
        average_resolution=_average(counts, "resolution_seconds", "resolved"),
        sla_met=_with_prefix(counts, "sla_met_"),
        sla_missed=_with_prefix(counts, "sla_missed_"),
        dispositions=_with_prefix(counts, "disposition_"),
    )


def _average(counts: Counter[str], total: str, number: str) -> float | None:
    return round(counts[total] / counts[number], 1) if counts[number] else None


def _with_prefix(counts: Counter[str], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): counts[name] for name in sorted(counts) if name.startswith(prefix)}
