"""One step of a job: a stretch of a table or a bucket, and where the next step goes on.

A job that erases looks through everything, table by table and file by file: what no room remembers to forget is found all the
same. Every step may run twice: what is erased already is not found again.
"""

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime
from typing import Any

from chalicelib.automation.instances.ending import forget_objects, stop_executions
from chalicelib.automation.instances.model import InstanceStatus
from chalicelib.automation.wired import automation
from chalicelib.cloud import keys
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.table import Item, Key, Table
from chalicelib.contacts import forgotten, identity
from chalicelib.contacts import service as contacts
from chalicelib.dataclass import dataclass
from chalicelib.media import service as media
from chalicelib.media import store as media_store
from chalicelib.privacy import dead_letters, files, items, knowing
from chalicelib.privacy.model import Job, Kind, Person, Phase
from chalicelib.wiring import World

DATA = ("campaigns/", "chunks/", "contacts/", "exports/", "workflow-data/")
"""Where the media bucket holds rows about people. Files that people sent go with the messages that name them."""
_A_PAGE = 300


@dataclass(frozen=True)
class Step:
    """How much was found, and where the next one goes on: None at the end of the phase."""

    found: int
    position: Any = None


@dataclass
class _Walk:
    """What a step works with."""

    world: World
    job: Job
    person: Person
    until: datetime
    seen: set[str] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        return self.world.clock() >= self.until


def step(world: World, job: Job, person: Person, until: datetime) -> Step:
    """Does the job's next stretch; begins nothing after `until`."""
    walk = _Walk(world, job, person, until)
    return _STEPS[job.kind, job.phase](walk)


# --- erase ---


def _erase_own(walk: _Walk) -> Step:
    """The contact first: from then on nobody writes to the person. Before it goes their opt-outs are remembered."""
    world, table = walk.world, walk.world.table
    for contact_id in sorted(walk.person.contact_ids):
        if known := identity.get(table, contact_id):
            key = forgotten.key_of(world.secrets)
            forgotten.remember(table, key, known.identities, identity.opted_out(table, known.identities, key))
            contacts.delete(world, contact_id)
            for kind, value in known.identities.pairs():
                table.delete(keys.identity(kind, value))
    found = 0
    for pk in list(knowing.own_partitions(table, walk.person)):
        found += _partition(walk, pk)
    return Step(found)


def _erase_main(walk: _Walk) -> Step:
    return _table(walk, walk.world.table, lambda item: items.rewritten(item, walk.person))


def _erase_ledger(walk: _Walk) -> Step:
    return _table(walk, walk.world.ledger, lambda item: items.ledger_row(item, walk.person))


def _table(walk: _Walk, table: Table, rule: Callable[[Item], Item | None]) -> Step:
    found, start = 0, walk.job.position
    while True:
        page = table.scan(limit=_A_PAGE, start=start)
        for item in page.items:
            pk = items.partition_of(item, walk.person) if table is walk.world.table else ""
            found += _partition(walk, pk) if pk else _rewrite(table, item, rule(item))
        start = page.next
        if start is None or walk.is_over:
            return Step(found, start)


def _partition(walk: _Walk, pk: str) -> int:
    """Everything in a partition that is about the person."""
    if pk in walk.seen:
        return 0
    walk.seen.add(pk)
    if pk.startswith("INSTANCE#"):
        _end_instance(walk.world, pk.removeprefix("INSTANCE#"))
    found = 0
    for item in list(walk.world.table.query_all(pk, consistent=True)):
        _forget_files(walk.world, item)
        rule = items.of_partition if pk.startswith(items.ROOMS) else items.rewritten
        found += _rewrite(walk.world.table, item, rule(item, walk.person))
    return found


def _rewrite(table: Table, before: Item, after: Item | None) -> int:
    if after == before:
        return 0
    if after is None:
        table.delete(Key(before["PK"], before["SK"]))
    else:
        table.put(after)
    return 1


def _end_instance(world: World, instance_id: str) -> None:
    room = automation(world)
    instance = room.instances.find(instance_id)
    if instance is not None and instance.status in {InstanceStatus.RUNNABLE, InstanceStatus.SUSPENDED}:
        room.instances.change_status(
            instance, InstanceStatus.TERMINATED, world.clock(),
            allowed=(InstanceStatus.RUNNABLE, InstanceStatus.SUSPENDED), failed_step="", failure="",
        )  # fmt: skip
        stop_executions(instance, room.ports)
        room.instances.unmark(instance)
    forget_objects(world, instance_id)


def _forget_files(world: World, item: Item) -> None:
    """What the person sent; what we sent may have gone to others as well."""
    if item.get("direction") != "in":
        return
    for media_id in media_store.some(world.table, sorted(knowing.media_of(item))):
        media.delete(world, media_id)


def _erase_files(walk: _Walk) -> Step:
    return _bucket(walk, walk.world.media, DATA)


def _erase_archive(walk: _Walk) -> Step:
    return _bucket(walk, walk.world.archive, ("raw/",))


def _bucket(walk: _Walk, bucket: Objects, prefixes: tuple[str, ...]) -> Step:
    place, after = walk.job.position or (0, "")
    found = 0
    while int(place) < len(prefixes):
        page = bucket.page(prefixes[int(place)], after=str(after))
        for key in page:
            content = bucket.get(key)
            kept = files.rewritten(key, content, walk.person)
            if kept is None:
                bucket.delete(key)
            elif kept != content:
                bucket.put(key, kept, _type_of(key))
            found += kept != content
        place, after = (place, page[-1]) if page else (int(place) + 1, "")
        if walk.is_over:
            return Step(found, [place, after])
    return Step(found)


def _type_of(key: str) -> str:
    endings = {".gz": "application/gzip", ".json": "application/json", ".csv": "text/csv; charset=utf-8"}
    return next((kind for ending, kind in endings.items() if key.endswith(ending)), "application/octet-stream")


def _erase_dead_letters(walk: _Walk) -> Step:
    return Step(dead_letters.forget(walk.world, walk.person))


# --- export ---


def _export_own(walk: _Walk) -> Step:
    return _write(walk, knowing.items(walk.world.table, walk.person))


def _export_ledger(walk: _Walk) -> Step:
    start, mine = walk.job.position, []
    while True:
        page = walk.world.ledger.scan(limit=_A_PAGE, start=start)
        rows = [item for item in page.items if not items.is_receipts(item)]
        mine += [item for item in rows if walk.person.is_meant_in(knowing.line_of(item))]
        start = page.next
        if start is None or walk.is_over:
            return Step(_write(walk, mine).found, start)


def _write(walk: _Walk, found: Iterable[Item]) -> Step:
    lines = [knowing.line_of(item) for item in found]
    if lines:
        key = f"{export_prefix(walk.job)}{walk.job.step:05d}.jsonl"
        walk.world.media.put(key, ("\n".join(lines) + "\n").encode(), "application/x-ndjson")
    return Step(len(lines))


def export_prefix(job: Job) -> str:
    """Where an export's files lie; the bucket's lifecycle clears them away."""
    return f"exports/person-{job.id}/"


_STEPS: dict[tuple[Kind, Phase], Callable[[_Walk], Step]] = {
    (Kind.ERASE, Phase.OWN): _erase_own,
    (Kind.ERASE, Phase.MAIN): _erase_main,
    (Kind.ERASE, Phase.LEDGER): _erase_ledger,
    (Kind.ERASE, Phase.FILES): _erase_files,
    (Kind.ERASE, Phase.ARCHIVE): _erase_archive,
    (Kind.ERASE, Phase.DEAD_LETTERS): _erase_dead_letters,
    (Kind.EXPORT, Phase.OWN): _export_own,
    (Kind.EXPORT, Phase.LEDGER): _export_ledger,
}
