"""`python -m chalicelib.inbound.replay --since 2026-11-22T09 --until 2026-11-22T18`: what WhatsApp sent, taken in once more.

For an operator who has lost derived data (a table restored from an older backup): the raw archive has every webhook as it came.
What is known stays as it is; what is missing is stored as if it came at its own time. Nothing leaves: no reply, no workflow, no
webhook, no notification. Acts are not done again, but for opting out and in, which is state.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from chalicelib.cloud import keys
from chalicelib.cloud.table import Operation, Put, Table
from chalicelib.conversations.model import Message
from chalicelib.converse.search.index import index
from chalicelib.events.model import Event
from chalicelib.inbound import account
from chalicelib.inbound.front import front_door, perform
from chalicelib.inbound.message_lane import take_message
from chalicelib.inbound.status_lane import take_statuses
from chalicelib.inbound.unpack import updates_of
from chalicelib.whatsapp.webhook import AccountUpdate, Update
from chalicelib.wiring import World, world

_HOUR = timedelta(hours=1)
_LANES = ("inbound", "statuses", "account")
_STATE = frozenset({"opt_out", "opt_in"})


class SentWhileReplaying(Exception):
    """Something wanted to leave. Nothing may: this is our mistake, and the replay stops."""


class _Nowhere:
    """Stands where messages would leave."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def refuse(*_: Any, **__: Any) -> NoReturn:
            raise SentWhileReplaying(name)

        return refuse


class _Untold:
    """The table without events: nobody is told, and no workflow or webhook begins. They are kept here to be indexed."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.events: list[Event] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def transact(self, operations: Sequence[Operation]) -> None:
        """As the table's own, but for the events."""
        told = [each for each in operations if isinstance(each, Put) and str(each.item["SK"]).startswith(keys.EVENT)]
        self._table.transact([each for each in operations if each not in told])
        self.events += [Event.model_validate(each.item) for each in told]


class _Clock:
    """Says when the webhook came."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def replay(here: World, since: datetime, until: datetime) -> dict[str, int]:
    """Takes in what came from `since` until before `until`, in the order in which it came. Answers how many of each lane."""
    clock = _Clock()
    quiet, table = _quiet(here, clock)
    door = replace(front_door(quiet), perform=lambda act, message: _keep_state(quiet, act, message))
    done = dict.fromkeys(_LANES, 0)
    for lane, came_at, updates in _archived(here, since, until):
        clock.now = came_at
        match lane:
            case "inbound":
                for update in updates:
                    take_message(update, door)
            case "statuses":
                take_statuses(updates, quiet)
            case _:
                _take_account(updates, quiet)
        done[lane] += len(updates)
        index(here, table.events)
        table.events.clear()
    return done


def _quiet(here: World, clock: _Clock) -> tuple[World, _Untold]:
    quiet, table = World(here.settings, clock), _Untold(here.table)
    # These stand before the properties that would build the real ones.
    vars(quiet).update(
        table=table, ledger=here.ledger, archive=here.archive, media=here.media,
        queues=_Nowhere(), transport=_Nowhere(), schedules=_Nowhere(), live=_Nowhere(),
    )  # fmt: skip
    return quiet, table


def _keep_state(quiet: World, act: str, message: Message) -> None:
    if act.partition(":")[0] in _STATE:
        perform(quiet, act, message)


def _take_account(updates: list[Update], quiet: World) -> None:
    for update in updates:
        if isinstance(update, AccountUpdate):
            account.apply(update, quiet)


def _archived(here: World, since: datetime, until: datetime) -> Iterator[tuple[str, datetime, list[Update]]]:
    """Hour by hour, and within one in the order of receipt: a batch lies in the hour in which it was worked on."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    while hour < until:
        found = [
            (body["at"], lane, body)
            for lane in _LANES
            for key in here.archive.keys(f"raw/{lane}/{hour:%Y/%m/%d/%H}/")
            for body in map(json.loads, _lines(here.archive.get(key)))
        ]
        for at, lane, body in sorted(found, key=lambda each: each[0]):
            yield lane, datetime.fromtimestamp(at / 1000, UTC), list(updates_of(body, here.archive.get))
        hour += _HOUR


def _lines(content: bytes) -> list[str]:
    """Those of an object of the archive. Only \\n ends one: a text may have what other readers take for an end."""
    return [line for line in gzip.decompress(content).decode().split("\n") if line]


def main(arguments: list[str]) -> int:
    """Replays a period on the stage that the environment names (PARLEY_MAIN_TABLE, PARLEY_ARCHIVE_BUCKET, …)."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.inbound.replay")
    parser.add_argument("--since", type=_time, required=True, help="2026-11-22T09, in UTC")
    parser.add_argument("--until", type=_time, required=True, help="the first hour that is left out")
    options = parser.parse_args(arguments)
    done = replay(world(), options.since, options.until)
    sys.stdout.write("".join(f"{lane}: {number} updates\n" for lane, number in done.items()))
    return 0


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text if ":" in text or "T" not in text else f"{text}:00").replace(tzinfo=UTC)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
