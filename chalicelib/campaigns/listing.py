"""The recipients of a run one by one, out of the ledger: pages of them, and any slice as CSV."""

import base64
import csv
import heapq
import io
import json
import tempfile
from collections.abc import Iterator, Sequence

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.campaigns import ledger
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import SHARDS, Run
from chalicelib.campaigns.rows import CANCELLED, RowState, words
from chalicelib.cloud import keys
from chalicelib.cloud.pages import BadPageToken
from chalicelib.cloud.table import Item
from chalicelib.dataclass import dataclass
from chalicelib.problems import Conflict
from chalicelib.shape import Shape
from chalicelib.spreadsheet import harmless

_READS_A_PAGE = 40
"""Queries that one page of a filtered list may take before it answers with what it has and a token."""
AT_ONCE = 50_000
"""Recipients of a run up to which an export comes with its request."""
EXPORT_COLUMNS = (
    "row", "line", "to", "country", "client_id", "state", "reason", "explanation", "wamid", "attempts",
    "accepted_at", "sent_at", "delivered_at", "read_at", "failed_at", "replied_at",
    "price_category", "price_type",
)  # fmt: skip


class RowView(Shape):
    """One recipient of a run."""

    row: int
    line: int
    to: str
    country: str
    client_message_id: str
    state: RowState
    reason: str
    explanation: str
    wamid: str
    attempts: int
    accepted_at: str
    sent_at: str
    delivered_at: str
    read_at: str
    failed_at: str
    replied_at: str
    price_category: str
    price_type: str


def rows(
    run: Run, *, state: Sequence[RowState], reason: str, to: str, limit: int, token: str | None, desk: Desk
) -> tuple[list[RowView], str | None]:
    """A page of recipients, partition by partition; failures and skips by reason come from the index."""
    shard, start = _position(run, token)
    found: list[Item] = []
    condition = _filter(run, state, reason, to)
    for _ in range(_READS_A_PAGE):
        page = desk.ledger.query(
            keys.ledger_row(run.id, shard, 0).pk, limit=limit - len(found), start=start, filter=condition
        )
        found += page.items
        start = page.next
        if start is None:
            shard += 1
        if shard == SHARDS or len(found) >= limit:
            break
    views = [view(item, ended=run.ended_at is not None) for item in found]
    return views, None if shard == SHARDS else _token(run, shard, start)


def _filter(run: Run, state: Sequence[RowState], reason: str, to: str) -> ConditionBase | None:
    conditions: list[ConditionBase] = []
    if state:
        conditions.append(Attr("state").is_in([str(each) for each in state]))
    if reason == CANCELLED and run.ended_at:
        conditions.append(Attr("state").eq(str(RowState.QUEUED)))
    elif reason:
        conditions.append(Attr("reason").eq(reason))
    if to:
        conditions.append(Attr("to").contains(to))
    whole: ConditionBase | None = None
    for each in conditions:
        whole = each if whole is None else whole & each
    return whole


def view(item: Item, *, ended: bool = False) -> RowView:
    """One row of the ledger as a reader sees it; `ended`: of a run that is over."""
    reason = _reason(item, ended=ended)
    texts = {
        name: str(_told(item).get(name, ""))
        for name in (
            "to", "country", "wamid", "accepted_at", "sent_at", "delivered_at", "read_at", "failed_at",
            "replied_at", "price_category", "price_type",
        )
    }  # fmt: skip
    return RowView(
        row=int(item["SK"]),
        line=int(item.get("line", 0)),
        client_message_id=str(item.get("client_id", "")),
        state=RowState(item["state"]),
        reason=reason,
        explanation=words(reason) if reason else "",
        attempts=int(item.get("attempts", 0)),
        **texts,
    )


@dataclass(frozen=True)
class Slice:
    """Which recipients; empty: all."""

    states: Sequence[RowState] = ()
    reason: str = ""
    to: str = ""

    def has(self, item: Item, *, ended: bool) -> bool:
        """Is this one of them? `ended`: the run is over."""
        return (
            (not self.states or item["state"] in self.states)
            and (not self.reason or _reason(item, ended=ended) == self.reason)
            and self.to in str(item["to"])
        )


def export(run: Run, wanted: Slice, desk: Desk) -> Iterator[str]:
    """Every recipient of a run in the order of the file, as CSV, piece by piece."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(EXPORT_COLUMNS)
    ended = run.ended_at is not None
    shards = [ledger.rows(desk.ledger, run.id, shard, consistent=False) for shard in ledger.all_shards()]
    for item in heapq.merge(*shards, key=lambda item: str(item["SK"])):
        if wanted.has(item, ended=ended):
            writer.writerow(_cells(item, ended=ended))
        if out.tell() > 256 * 1024:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


class TooManyAtOnce(Conflict):
    """An export of so many takes longer than a request lasts."""

    def __init__(self, run: Run) -> None:
        super().__init__(
            f"{run.audience:,} recipients take longer than a request lasts. Ask for them by POST …/exports, which has them "
            "written meanwhile.",
            code="export_too_large",
        )
        self.run_id = run.id


def export_link(run: Run, wanted: Slice, desk: Desk) -> str:
    """Writes the export to the bucket and gives a link to it, good for an hour. Raises TooManyAtOnce."""
    if run.audience > AT_ONCE:
        raise TooManyAtOnce(run)
    name = f"{run.id}-{'-'.join(wanted.states) or 'all'}-{desk.new_id()}.csv"
    write(run, wanted, f"exports/{name}", desk)
    return desk.media.download_link(f"exports/{name}", filename=name)


def write(run: Run, wanted: Slice, key: str, desk: Desk) -> None:
    """Writes the export to the bucket."""
    with tempfile.TemporaryFile() as file:
        for piece in export(run, wanted, desk):
            file.write(piece.encode())
        file.seek(0)
        desk.media.put_file(key, file, "text/csv; charset=utf-8")


def _reason(item: Item, *, ended: bool) -> str:
    """Why somebody got nothing. Who was still queued when their run ended was cancelled."""
    return CANCELLED if ended and item["state"] == RowState.QUEUED else str(item.get("reason", ""))


def _cells(item: Item, *, ended: bool) -> Sequence[str]:
    reason = _reason(item, ended=ended)
    explanation = words(reason) if reason else ""
    values = {**_told(item), "row": int(item["SK"]), "reason": reason, "explanation": explanation}
    return [harmless(str(values.get(name, ""))) for name in EXPORT_COLUMNS]


def _told(item: Item) -> Item:
    """A row that went straight to its first status has no time of acceptance: the claim was a moment before it."""
    taken = "wamid" in item and "accepted_at" not in item
    return {**item, "accepted_at": item.get("claimed_at", "")} if taken else item


def _position(run: Run, token: str | None) -> tuple[int, Item | None]:
    if not token:
        return 0, None
    try:
        run_id, shard, sk = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        pk = keys.ledger_row(run.id, int(shard), 0).pk
    except (ValueError, TypeError) as error:
        raise BadPageToken from error
    if run_id != run.id or not 0 <= int(shard) < SHARDS:
        raise BadPageToken
    return int(shard), {"PK": pk, "SK": str(sk)} if sk else None


def _token(run: Run, shard: int, start: Item | None) -> str:
    position = json.dumps([run.id, shard, start["SK"] if start else ""], separators=(",", ":"))
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
