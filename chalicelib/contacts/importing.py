"""Putting the rows of one part of a file into the contacts: new ones many to a transaction, changed ones one by one, unchanged
ones not at all. Running a part again changes nothing and counts the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field

from chalicelib.cloud import keys
from chalicelib.cloud.ids import number_of
from chalicelib.cloud.table import Item, Key, TransactionRefused
from chalicelib.contacts import groups
from chalicelib.contacts.changes import change, creation, uncrossed
from chalicelib.contacts.model import MOST_ATTRIBUTES, MOST_GROUPS, Contact, full_name
from chalicelib.contacts.rows import Row
from chalicelib.dataclass import dataclass
from chalicelib.wiring import World

_OPERATIONS = 100
_TRIES = 6


@dataclass
class Outcome:
    """What became of a part's rows."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicated: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def put_rows(world: World, job_id: str, rows: Iterable[Row], group_ids: frozenset[str]) -> Outcome:
    """Imports some rows, in their order: what a later row says of the same person is added to the earlier."""
    waiting, repeated = _folded(rows)
    outcome = Outcome(duplicated=repeated)
    stuck = 0
    while waiting and stuck < _TRIES:
        left = _try(world, job_id, waiting, group_ids, outcome, alone=stuck > 0)
        stuck = stuck + 1 if len(left) == len(waiting) else 0
        waiting = left
    outcome.refused += [(row.line, "somebody else keeps changing this contact") for row in waiting]
    return outcome


def actor_of(job_id: str) -> str:
    """Who a contact's history says has changed it."""
    return f"import:{job_id}"


def _folded(rows: Iterable[Row]) -> tuple[list[Row], int]:
    """Rows that name the same addresses as one, and how many that saves."""
    found: dict[tuple[tuple[str, str], ...], Row] = {}
    total = 0
    for row in rows:
        total += 1
        who = tuple(row.who.pairs())
        found[who] = _on_top(found[who], row) if who in found else row
    return list(found.values()), total - len(found)


def _on_top(first: Row, later: Row) -> Row:
    values = first.values | {name: value for name, value in later.values.items() if value}
    joined = {name: first.values[name] | later.values[name] for name in ("addresses", "attributes", "tags")}
    names = full_name(values["first_name"], values["last_name"])
    return Row(first.line, values | joined | {"name": names})


def _try(
    world: World, job_id: str, rows: list[Row], group_ids: frozenset[str], outcome: Outcome, *, alone: bool
) -> list[Row]:
    """One go at all rows; answers those to try again because somebody else changed the same contact."""
    known = world.table.get_many(keys.identity(*pair) for row in rows for pair in row.who.pairs())
    owners = {row.line: _owners(row, known) for row in rows}
    stored = {contact.id: contact for contact in groups.load(world.table, set().union(*owners.values()))}
    again: list[Row] = []
    fresh: list[tuple[Row, Contact]] = []
    taken: set[tuple[str, str]] = set()
    born: set[str] = set()
    for row in rows:
        if not taken.isdisjoint(row.who.pairs()):
            again.append(row)  # the same person as an earlier row: it goes on top of what that one writes
            continue
        taken.update(row.who.pairs())
        ids = owners[row.line]
        if len(ids) > 1:
            outcome.refused.append((row.line, f"its addresses belong to contacts {' and '.join(sorted(ids))}"))
        elif not ids:
            fresh.append((row, _new(world, job_id, row, group_ids, known, born)))
        elif (contact := stored.get(next(iter(ids)))) is None or not _update(
            world, job_id, row, contact, group_ids, outcome
        ):
            again.append(row)
    for part in _transactions(fresh, alone=alone):
        try:
            world.table.transact(uncrossed([operation for _, contact in part for operation in creation(contact)]))
        except TransactionRefused:
            again += [row for row, _ in part]
            continue
        outcome.inserted += len(part)
    return sorted(again, key=lambda row: row.line)


def _owners(row: Row, known: dict[Key, Item]) -> set[str]:
    """The contacts that have one of a row's identities."""
    found = (known.get(keys.identity(*pair), {}) for pair in row.who.pairs())
    return {item["contact_id"] for item in found if item.get("contact_id")}


def _new(
    world: World, job_id: str, row: Row, group_ids: frozenset[str], known: dict[Key, Item], born: set[str]
) -> Contact:
    # An address nobody has now may have said no to somebody before.
    marks = (frozenset(known.get(keys.identity(*pair), {}).get("opted_out", ())) for pair in row.who.pairs())
    return Contact(
        id=_free_id(world, born),
        created_at=world.clock(),
        source=f"import:{job_id}:{row.line}",
        groups=group_ids,
        opted_out=frozenset().union(*marks),
        **row.values,
    )


def _free_id(world: World, born: set[str]) -> str:
    """An id that no other new contact of this part has: one millisecond has only 4,096. One that is stored is refused later."""
    while (made := str(number_of(world.new_id()))) in born:
        pass
    born.add(made)
    return made


def _update(world: World, job_id: str, row: Row, before: Contact, group_ids: frozenset[str], outcome: Outcome) -> bool:
    """Adds what a row says to a contact; False when it changed meanwhile."""
    said = {name: value for name, value in row.values.items() if value}
    after = before.model_copy(
        update=said
        | {
            "addresses": before.addresses | row.values["addresses"],
            "attributes": before.attributes | row.values["attributes"],
            "tags": before.tags | row.values["tags"],
            "groups": before.groups | group_ids,
        }
    )
    after = after.model_copy(update={"name": full_name(after.first_name, after.last_name) or after.name})
    if len(after.groups) > MOST_GROUPS or len(after.attributes) > MOST_ATTRIBUTES:
        outcome.refused.append((row.line, f"contact {before.id} would have too many groups or attributes"))
        return True
    operations = change(before, after, now=world.clock(), entry_id=f"{job_id}.{row.line}", actor=actor_of(job_id))
    if operations:
        try:
            world.table.transact(operations)
        except TransactionRefused:
            return False
    _count(outcome, job_id, row, before, changed=bool(operations))
    return True


def _count(outcome: Outcome, job_id: str, row: Row, before: Contact, *, changed: bool) -> None:
    if before.source == f"import:{job_id}:{row.line}":
        outcome.inserted += 1  # this very row made it, in an earlier run of this part
    elif before.source.startswith(f"import:{job_id}:"):
        outcome.duplicated += 1
    elif changed:
        outcome.updated += 1
    else:
        outcome.unchanged += 1


def _transactions(fresh: list[tuple[Row, Contact]], *, alone: bool) -> Iterator[list[tuple[Row, Contact]]]:
    part: list[tuple[Row, Contact]] = []
    size = 0
    for row, contact in fresh:
        own = len(creation(contact))
        if part and (alone or size + own > _OPERATIONS):
            yield part
            part, size = [], 0
        part.append((row, contact))
        size += own
    if part:
        yield part
