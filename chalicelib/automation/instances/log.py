"""The log of an instance as items, and the ways from step to step that it counts."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pydantic import JsonValue

from chalicelib.automation.engine import Entry
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Item, Kept, Put

MAX_LOGGED = 16 * 1024
_WAY, _TO = "way ", " → "
_MOST_WAYS = 150
"""Different ways counted in one move: an update expression has 4 KB."""


def log_lines(
    instance_id: str, branch: str, seq: int, log: Iterable[Entry], *, since: datetime | None = None, part: str = ""
) -> list[Put]:
    """The first line of a move belongs to the step the branch stood at: it began when the branch came there."""
    return [
        Put(
            _line(instance_id, f"{branch}#{seq:06}{part}#{index:04}", entry, since if index == 0 else None),
            kept=Kept("workflows", entry.completed_at),
        )
        for index, entry in enumerate(log)
    ]


def _line(instance_id: str, place: str, entry: Entry, since: datetime | None) -> Item:
    key = keys.instance_log(instance_id, entry.completed_at, place)
    return {
        "PK": key.pk,
        "SK": key.sk,
        "id": place,
        "step": entry.step,
        "status": str(entry.status),
        "started_at": stamp(since or entry.started_at),
        "completed_at": stamp(entry.completed_at),
        "inputs": _short(entry.inputs),
        "outputs": _short(entry.outputs),
        "error": entry.error or "",
        "next": list(entry.next),
    }


def ways_taken(log: Iterable[Entry]) -> dict[str, int]:
    """How often a move took each way from step to step, as attributes of the instance's item.

    Attributes of their own and not a map: an instance that was stored before they were counted has no map to add to.
    """
    taken = Counter(f"{_WAY}{escaped(entry.step)}{_TO}{escaped(target)}" for entry in log for target in entry.next)
    return dict(taken.most_common(_MOST_WAYS))


def ways_of(item: Item) -> dict[tuple[str, str], int]:
    """The ways an instance took, from its item: (from, to) and how often."""
    found = {}
    for name, count in item.items():
        if name.startswith(_WAY):
            source, _, target = name.removeprefix(_WAY).partition(_TO)
            found[plain(source), plain(target)] = int(count)
    return found


def _short(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_LOGGED else json.dumps(text[:MAX_LOGGED] + "…")


def escaped(name: str) -> str:
    """A dot in a name would be a path."""
    return name.replace("%", "%25").replace(".", "%2E")


def plain(name: str) -> str:
    return name.replace("%2E", ".").replace("%25", "%")
