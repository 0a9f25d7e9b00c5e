"""The ledger: one small item per recipient of a run, in SHARDS partitions; what is to be said lies in the chunks."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.campaigns.model import BLOCK, SHARDS, shard_of
from chalicelib.campaigns.receipts import Receipt, Receipts
from chalicelib.campaigns.rows import REACHED, RowState, Tally, counted, meta_reason
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item, Key, Table, Update
from chalicelib.contacts.phones import match_key
from chalicelib.conversations.outbound import Declined, NotOurs, Postponed, Refused, Taken, Unconfirmed, Verdict
from chalicelib.dataclass import dataclass
from chalicelib.whatsapp.errors import Action

_NOT_THIS_ONES_FAULT = frozenset({Action.PAUSE_CAMPAIGN, Action.PAUSE_NUMBER_CAMPAIGNS, Action.STOP_NUMBER})
"""Refusals that stop everybody: the recipient waits for the campaign to go on."""

_DECLINED = {"opted_out": "opted_out", "window_closed": "window_closed", "ownership_lost": "owned_by_agent"}


def key_of(run_id: str, row: int) -> Key:
    """Where the row lives."""
    return keys.ledger_row(run_id, shard_of(row), row)


def new_row(
    run_id: str, row: int, *, line: int, to: str, country: str, reason: str, client_id: str, at: datetime
) -> Item:
    """A recipient as the run begins: queued, or skipped with its reason."""
    state = RowState.SKIPPED if reason else RowState.QUEUED
    key = key_of(run_id, row)
    item: Item = {
        "PK": key.pk,
        "SK": key.sk,
        "row": row,
        "line": line,
        "to": to,
        "country": country,
        "state": str(state),
        "rank": state.rank,
        "at": stamp(at),
    }
    if client_id:
        item["client_id"] = client_id
    return item | ({"reason": reason} if reason else {})


def rows_between(ledger: Table, run_id: str, first: int, last: int) -> dict[int, Item]:
    """The rows from one number to another (inclusive), by number: one Query for each block."""
    found: dict[int, Item] = {}
    for block in range(first // BLOCK, last // BLOCK + 1):
        start = key_of(run_id, max(first, block * BLOCK))
        end = key_of(run_id, min(last, block * BLOCK + BLOCK - 1))
        found |= {int(i["SK"]): i for i in ledger.query_all(start.pk, between=(start.sk, end.sk), consistent=True)}
    return found


def rows(
    ledger: Table, run_id: str, shard: int, *, only: tuple[str, ...] = (), consistent: bool = True
) -> Iterator[Item]:
    """Every row of one partition, in order."""
    return ledger.query_all(keys.ledger_row(run_id, shard, 0).pk, consistent=consistent, only=only)


def sent_to(ledger: Table, to: str, since: datetime, most: int = 20) -> list[tuple[str, int]]:
    """(run, row) of what was sent to an address, the newest first."""
    first, last = keys.ledger_address(_place(to), since, "", 0), keys.ledger_address(_place(to), "~", "", 0)
    page = ledger.query(first.pk, index="GSI1", between=(first.sk, last.sk), forward=False, limit=most)
    return [(item["PK"].split("#")[1], int(item["SK"])) for item in page.items]


def messages_to(ledger: Table, to: str, since: datetime, most: int) -> int:
    """How many messages to this address WhatsApp took since then; counted up to `most`."""
    sent = sent_to(ledger, to, since, 4 * most)
    if len(sent) < most:
        return 0
    found = ledger.get_many([key_of(run_id, row) for run_id, row in sent], consistent=False)
    return sum(known_state(item) in REACHED for item in found.values())


def known_state(item: Item) -> RowState:
    """How far the row's message is. One that a worker has in its hands counts as accepted: most are, before their row says so."""
    state = RowState(item["state"])
    return RowState.ACCEPTED if state is RowState.SENDING else state


def note_reply(ledger: Table, run_id: str, row: int, at: datetime) -> bool:
    """Notes that this recipient has answered; False when that is known, or the row is gone."""
    first = Attr("PK").exists() & Attr("replied_at").not_exists()
    try:
        ledger.update(Update(key_of(run_id, row), set={"replied_at": stamp(at)}, condition=first))
    except ConditionFailed:
        return False
    return True


def all_shards() -> Iterable[int]:
    """The numbers of the partitions."""
    return range(SHARDS)


@dataclass
class RowEntry:
    """One recipient's row as the way out sees it: what it claims and where it keeps the verdict."""

    ledger: Table
    run_id: str
    item: Item
    tally: Tally
    receipts: Receipts | None = None
    """Where it is kept that WhatsApp took the message; in the row itself without one."""

    @property
    def attempts(self) -> int:
        """How often it has been claimed before."""
        return int(self.item.get("attempts", 0))

    def settled(self) -> bool:
        """Only a queued row may be sent. One that another worker holds is left to that worker or to the recount."""
        return self._state is not RowState.QUEUED

    def claim(self, attempt: str, now: datetime) -> bool:
        """queued → sending. From here on the row is found by its address."""
        index = keys.ledger_address(_place(str(self.item["to"])), now, self.run_id, int(self.item["SK"]))
        return self._moved(
            RowState.SENDING,
            Attr("state").eq(str(RowState.QUEUED)),
            attempt=attempt,
            claimed_at=now,
            attempts=self.attempts + 1,
            **({"chunk": self.receipts.chunk} if self.receipts else {}),
            GSI1PK=index.pk,
            GSI1SK=index.sk,
        )

    def record(self, attempt: str | None, verdict: Verdict, now: datetime) -> None:
        """Keeps the verdict, unless a status of WhatsApp's was faster."""
        held = Attr("state").eq(str(RowState.QUEUED)) if attempt is None else _held_by(attempt)
        match verdict:
            case Taken(wamid=wamid, held=waits):
                self._taken(Receipt(wamid, now, waits), held)
            case Unconfirmed():
                self._moved(RowState.UNKNOWN, held)
            case Postponed(after=after):
                self._moved(RowState.QUEUED, held, retry_at=now + after)
            case Refused(rule=rule) if rule.action in _NOT_THIS_ONES_FAULT:
                self._moved(RowState.QUEUED, held)
            case Refused(code=code):
                self._moved(RowState.FAILED, held, reason=meta_reason(code), failed_at=now)
            case Declined(reason="number_stopped"):
                return  # stays queued: the campaign pauses
            case Declined(reason=reason) if reason in _DECLINED:
                self._moved(RowState.SKIPPED, held, reason=_DECLINED[reason])
            case Declined(reason=reason):
                known = "temporary" if reason == "unreachable" else reason
                self._moved(RowState.FAILED, held, reason=known, failed_at=now)
            case NotOurs():
                return

    @property
    def waits_until(self) -> str:
        """The time before which a postponed row is not tried again, as a stamp; "" when it may go at once."""
        return str(self.item.get("retry_at", "")) if self._state is RowState.QUEUED else ""

    def _taken(self, receipt: Receipt, held: ConditionBase) -> None:
        if self.receipts is None:
            self._moved(RowState.ACCEPTED, held, **receipt.values)
            return
        self.receipts.add(int(self.item["SK"]), receipt)
        self.item = {**self.item, "state": str(RowState.ACCEPTED)}

    @property
    def _state(self) -> RowState:
        return RowState(self.item["state"])

    def _moved(self, state: RowState, condition: ConditionBase, **values: object) -> bool:
        row, reason, before = int(self.item["SK"]), str(values.get("reason", "")), self._state
        plain = {name: stamp(value) if isinstance(value, datetime) else value for name, value in values.items()}
        change = {"state": str(state), "rank": state.rank, **plain}
        try:
            self.item = self.ledger.update(Update(key_of(self.run_id, row), set=change, condition=condition))
        except ConditionFailed:
            if not self._is_mine(values.get("attempt")):
                self._overtaken(before)
                return False
        if state is RowState.SENDING:
            return True
        self.tally.moved(counted(before), state, now=reason)
        at = values.get(f"{state}_at")
        if isinstance(at, datetime):
            self.tally.happened(str(state), at)
        return True

    def _overtaken(self, before: RowState) -> None:
        """A status was faster than the answer. It has counted from `accepted` on; that it came so far is ours to count."""
        if before is not RowState.SENDING:
            return
        self.item = self.ledger.get(key_of(self.run_id, int(self.item["SK"]))) or self.item
        if self._state.rank >= RowState.ACCEPTED.rank and self._state is not RowState.SKIPPED:
            self.tally.moved(RowState.QUEUED, RowState.ACCEPTED)

    def _is_mine(self, attempt: object) -> bool:
        """Did this very claim succeed although its answer was lost, and the client tried again?"""
        if attempt is None:
            return False
        self.item = self.ledger.get(key_of(self.run_id, int(self.item["SK"]))) or self.item
        return self.item.get("attempt") == attempt and self._state is RowState.SENDING


def _place(to: str) -> str:
    """As identities are matched: a number may come back from WhatsApp written another way."""
    return match_key(to) if to.startswith("+") else to


def _held_by(attempt: str) -> ConditionBase:
    return Attr("state").eq(str(RowState.SENDING)) & Attr("attempt").eq(attempt)
