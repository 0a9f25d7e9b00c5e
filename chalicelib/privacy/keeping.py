"""A new setting of how long things are kept holds for what is there, too: a job in steps, resumed after a crash, that gives every
item of the classes that changed its new end. The end itself is DynamoDB's and S3's work.

One job at a time: a newer setting takes its place. It begins when no process can write by the setting before it any more.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict

from chalicelib.access import store as audit
from chalicelib.access.model import CurrentUser
from chalicelib.cloud import keys, retention
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.objects import Lifetime
from chalicelib.cloud.retention import LOOK_AGAIN, Retention
from chalicelib.cloud.table import ConditionFailed, Item, Kept, Key, Put, Table
from chalicelib.converse.tickets import ageing
from chalicelib.privacy.classes import class_of, class_of_row
from chalicelib.wiring import World

STEP_LASTS = timedelta(seconds=60)
_BEGINS_AFTER = LOOK_AGAIN + timedelta(seconds=30)
_A_PAGE, _AT_ONCE = 300, 8
_COLD_AFTER_DAYS = 30
_IN_BUCKETS = frozenset({"raw_webhooks", "exports", "lists"})
_IN_LEDGER = frozenset({"recipients"})
_IN_MAIN = frozenset(Retention.model_fields) - {"raw_webhooks", "lists", "recipients"}


class Phase(StrEnum):
    """What a job goes through, in this order."""

    BUCKETS = "buckets"
    MAIN = "main"
    LEDGER = "ledger"
    DONE = "done"


class Applying(BaseModel):
    """The job. `wanted` is the setting it carries out."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    wanted: Retention
    classes: frozenset[str]
    """What has changed, and so is looked at."""
    created_at: datetime
    created_by: str
    begins_at: datetime
    finished_at: datetime | None = None
    phase: Phase = Phase.BUCKETS
    position: Any = None
    step: int = 0
    looked_at: int = 0
    changed: int = 0

    @property
    def is_over(self) -> bool:
        """Whether everything there has the end that was asked for."""
        return self.phase is Phase.DONE


def keep_for(world: World, user: CurrentUser, wanted: Retention) -> Applying | None:
    """Sets for how long things are kept, with its line in the audit log, and begins to carry it out for what is there.

    The same setting again begins nothing, but wakes a job that was left half-way.
    """
    now, before, job = world.clock(), retention.stored(world.table), find(world.table)
    classes = _changed(before, wanted) | (job.classes if job and not job.is_over else frozenset())
    if wanted == before:
        _wake(world, job)
        return job
    job = Applying(
        id=world.new_id(),
        wanted=wanted,
        classes=classes,
        created_at=now,
        created_by=user.id,
        begins_at=now + _BEGINS_AFTER,
    )
    entry = audit.entry_of(
        user, "retention.set", "retention", now=now, entry_id=world.new_id(), detail=wanted.model_dump()
    )
    world.table.transact([Put(retention.item_of(wanted)), Put(_item(job)), audit.audit_put(entry)])
    retention.know(world.table, wanted)
    _wake(world, job)
    return job


def find(table: Table) -> Applying | None:
    """The newest job, or None."""
    item = table.get(keys.retention_job())
    return Applying.model_validate(item) if item else None


def every_day(world: World) -> None:
    """Takes up a job that was left half-way, and sees that the buckets still say what was set: a deployment may reset them."""
    _wake(world, find(world.table))
    _expire_objects(world, retention.stored(world.table))


def work(world: World, job_id: str, number: int, until: datetime) -> Applying | None:
    """Does one step and sends for the next. One that was done before only sends for the next again."""
    job = find(world.table)
    if job is None or job.id != job_id or job.is_over:
        return None
    if job.step == number and world.clock() >= job.begins_at:
        after = _stepped(world, job, until)
        job = after if _save(world.table, after) else find(world.table) or after
    _wake(world, job)
    return job


def _changed(before: Retention, after: Retention) -> frozenset[str]:
    return frozenset(name for name in Retention.model_fields if getattr(before, name) != getattr(after, name))


def _stepped(world: World, job: Applying, until: datetime) -> Applying:
    match job.phase:
        case Phase.BUCKETS:
            if job.classes & _IN_BUCKETS:
                _expire_objects(world, job.wanted)
            looked_at, changed, position = 0, 0, None
        case Phase.MAIN if job.classes & _IN_MAIN:
            looked_at, changed, position = _table(world, world.table, job, class_of, until)
        case Phase.LEDGER if job.classes & _IN_LEDGER:
            looked_at, changed, position = _table(world, world.ledger, job, class_of_row, until)
        case _:
            looked_at, changed, position = 0, 0, None
    news: dict[str, Any] = {
        "step": job.step + 1,
        "position": position,
        "looked_at": job.looked_at + looked_at,
        "changed": job.changed + changed,
    }
    if position is None:
        phases = list(Phase)
        news["phase"] = phases[phases.index(job.phase) + 1]
        news |= {"finished_at": world.clock()} if news["phase"] is Phase.DONE else {}
    return job.model_copy(update=news)


def _table(
    world: World, table: Table, job: Applying, class_of: Callable[[Item], Kept | None], until: datetime
) -> tuple[int, int, Item | None]:
    """A stretch of a table: how many items it looked at and changed, and where the next one goes on."""
    start, looked_at, changed = job.position, 0, 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while True:
            page = table.scan(limit=_A_PAGE, start=start)
            wrong = [(item, end) for item, end in _ends(page.items, job.wanted, class_of)]
            changed += sum(pool.map(lambda each: _mark(table, *each), wrong))
            looked_at, start = looked_at + len(page.items), page.next
            if start is None or world.clock() >= until:
                return looked_at, changed, start


def _ends(
    items: list[Item], wanted: Retention, class_of: Callable[[Item], Kept | None]
) -> Iterator[tuple[Item, int | None]]:
    """The items of a class that have another end than the setting says. A closed ticket always: its history may."""
    for item in items:
        if kept := class_of(item):
            end = retention.until(wanted.days(kept.what), kept.since).get("expires_at")
            if item.get("expires_at") != end or kept.what == "tickets":
                yield item, end


def _mark(table: Table, item: Item, end: int | None) -> int:
    if item["PK"].startswith("TICKET#"):
        return ageing.mark(table, item, end)
    return int(retention.set_end(table, Key(item["PK"], item["SK"]), end))


def _expire_objects(world: World, wanted: Retention) -> None:
    world.media.expire(
        [
            Lifetime("exports", "exports/", wanted.exports),
            Lifetime("campaign-lists", "campaigns/", wanted.lists),
            Lifetime("contact-lists", "contacts/", wanted.lists),
            Lifetime("chunks", "chunks/", wanted.days("chunks")),
        ]
    )
    world.archive.expire([Lifetime("raw-webhooks", "", wanted.raw_webhooks, cold_after=_COLD_AFTER_DAYS)])


def _wake(world: World, job: Applying | None) -> None:
    """Sends for the job's next step, not before it may begin."""
    if job and not job.is_over:
        ahead = ceil(max((job.begins_at - world.clock()).total_seconds(), 0))
        body = {"v": 1, "do": "retention", "job_id": job.id, "step": job.step}
        world.queues.send("privacy", body, delay_seconds=ahead)


def _save(table: Table, job: Applying) -> bool:
    """False when another worker was faster, or a newer setting has come."""
    try:
        table.put(_item(job), condition=Attr("id").eq(job.id) & Attr("step").eq(job.step - 1))
    except ConditionFailed:
        return False
    return True


def _item(job: Applying) -> Item:
    key = keys.retention_job()
    values = job.model_dump(mode="json", exclude_none=True, by_alias=False)
    return {"PK": key.pk, "SK": key.sk, **values, "created_at": stamp(job.created_at)}
