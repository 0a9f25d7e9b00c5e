"""What contacts cost in requests: an import of 20,000, the same file again, and a group of 50,000 listed page by page.

In process, against tables in memory: a request is what DynamoDB would be asked, a transaction is one.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Key, Operation, Page, Update
from chalicelib.contacts import api, groups, handlers, jobs
from chalicelib.contacts.jobs import JobStatus, JobType
from chalicelib.settings import Settings
from chalicelib.wiring import World
from tests.bench.rows import Row
from tests.support.memory import MemoryObjects, MemoryQueues, MemoryTable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONTACTS, MEMBERS, PAGE = 20_000, 50_000, 500


class Counted(MemoryTable):
    """Counts requests as the real table would make them."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = self.items = 0
        self.queries: Counter[str] = Counter()

    def put(self, item: Item, **how: Any) -> None:
        self.writes += 1
        super().put(item, **how)

    def update(self, update: Update) -> Item:
        self.writes += 1
        return super().update(update)

    def delete(self, key: Key, **how: Any) -> None:
        self.writes += 1
        super().delete(key, **how)

    def transact(self, operations: Sequence[Operation]) -> None:
        self.writes += 1
        self.items += len(operations)
        super().transact(operations)

    def write_many(self, puts: Iterable[Item], deletes: Iterable[Key] = ()) -> None:
        wanted, gone = list(puts), list(deletes)
        self.writes += -(-(len(wanted) + len(gone)) // 25)
        super().write_many(wanted, gone)

    def query(self, pk: str, **how: Any) -> Page:
        self.queries[pk] += 1
        return super().query(pk, **how)


def world() -> tuple[World, Counted]:
    """All in memory; the clock stands still."""
    made, table = World(Settings(main_table="main"), lambda: NOW), Counted()
    made.__dict__.update(table=table, media=MemoryObjects(), queues=MemoryQueues(lambda: NOW))
    return made, table


def measure() -> list[Row]:
    """Counts, not times."""
    return [*_imports(), *_group()]


def _imports() -> list[Row]:
    here, table = world()
    text = io.StringIO()
    text.write("Mobile,FirstName,LastName\n")
    text.writelines(f"+6591{n:06d},Ann{n},Tan\n" for n in range(CONTACTS))
    rows = []
    for what, count, limit in (("new", "insertedRows", 2), ("unchanged", "unchangedRows", 0)):
        here.media.put("contacts/uploads/file.csv", text.getvalue().encode())
        table.writes = table.items = 0
        job = _imported(here)
        assert job.status is JobStatus.COMPLETED, job.problem
        assert job.counts[count] == CONTACTS, job.counts
        steps = job.step + 1  # the job's own: stored, each step noted, finished
        note = f"{CONTACTS:,} rows; {table.items / CONTACTS:.1f} items written for each; {steps} requests more are the job's own"
        rows.append(
            Row(f"import: write requests per {what} contact", (table.writes - steps) / CONTACTS, limit, note=note)
        )
    return rows


def _imported(here: World) -> jobs.Job:
    options = {"file_key": "contacts/uploads/file.csv", "file_name": "file.csv", "groups": [], "has_header": True}
    job = jobs.start(here, JobType.CREATE_CONTACTS, "bench", **options, columns="", country="")
    while waiting := here.queues.pop("contacts"):  # type: ignore[attr-defined]
        handlers.work(_record(waiting[2]), here)
    return jobs.get(here.table, job.id)


def _record(body: str) -> Any:

    from chalicelib.cloud.batches import Record

    return Record(json.loads(body), "", "", 1)


def _group() -> list[Row]:
    here, table = world()
    group = groups.create(here.table, "Everybody", "", is_blacklist=False, now=NOW, new_id="01KAXYZ0123456789ABCDEFGHJ")
    stamp = "2026-11-22T12:00:00.000Z"
    table.write_many(_contact(n, stamp) for n in range(1, MEMBERS + 1))
    table.write_many({"PK": (k := keys.membership(group.id, str(n))).pk, "SK": k.sk} for n in range(1, MEMBERS + 1))
    table.update(Update(keys.group(group.id), set={"contacts": MEMBERS}))
    members, seen, pages = keys.membership(group.id, "0").pk, 0, MEMBERS // PAGE
    table.queries.clear()
    for offset in range(pages):
        query = api.ContactQuery(limit=PAGE, offset=offset, group_id=int(group.id))
        seen += len(api.search_contacts(query, here).items)
    assert seen == MEMBERS
    return [Row(f"group of {MEMBERS:,}: queries of the group per page of {PAGE}", table.queries[members] / pages, 1)]


def _contact(n: int, stamp: str) -> Item:
    key = keys.contact(str(n))
    return {"PK": key.pk, "SK": key.sk, "id": str(n), "created_at": stamp, "updated_at": stamp, "groups": []}
