"""What became of a campaign's message to each of its recipients, as the ledger says: read by row, never person by person.

Segments stand below campaigns and know two things of them: where a campaign's rows are, and the words for how far a message came,
which conversations share. A run that tries failures again writes rows of the same numbers, so the last one that has a row decides.
"""

from collections.abc import Sequence
from enum import StrEnum

from chalicelib.cloud import keys
from chalicelib.cloud.pages import BadPageToken, start_of, token_of
from chalicelib.cloud.table import Item, Key, Table
from chalicelib.contacts import groups
from chalicelib.contacts.model import Contact
from chalicelib.contacts.phones import match_key
from chalicelib.dataclass import dataclass

_RECEIVED = frozenset({"delivered", "read", "played"})
_READ = frozenset({"read", "played"})
_FAILED = frozenset({"failed", "not_confirmed"})
_FIRST = "-"
"""Sorts before every row's number: where a partition begins."""


class Outcome(StrEnum):
    """What became of the message to a recipient."""

    RECEIVED = "received"
    READ = "read"
    NOT_READ = "not-read"
    REPLIED = "replied"
    NOT_REPLIED = "not-replied"
    FAILED = "failed"


@dataclass(frozen=True)
class Found:
    """Contacts with the outcome, how many rows were read for them, and the token of the next page."""

    contacts: list[Contact]
    looked_at: int
    next: str | None


def page(table: Table, ledger: Table, campaign_id: str, outcome: Outcome, *, token: str | None, limit: int) -> Found:
    """A page of a campaign's recipients. Raises BadPageToken. Nobody, when the campaign is gone or was never launched."""
    campaign = table.get(keys.campaign(campaign_id)) or {}
    runs = [str(run) for run in campaign.get("runs", ())]
    if not runs:
        return Found([], 0, None)
    shard, start = _position(token, runs[0])
    rows = ledger.query(keys.ledger_row(runs[0], shard, 0).pk, limit=limit, start=start)
    lasts = _last_rows(ledger, rows.items, runs[1:], shard)
    addresses = [str(last["to"]) for last in lasts if last.get("to") and holds(last, outcome)]
    following = rows.next
    if following is None and shard + 1 < keys.LEDGER_SHARDS:
        following = {"PK": keys.ledger_row(runs[0], shard + 1, 0).pk, "SK": _FIRST}
    return Found(_contacts(table, addresses), len(rows.items), token_of(following))


def holds(row: Item, outcome: Outcome) -> bool:
    """Whether a recipient's row says so. Who read or answered has received; who did not, too."""
    state, replied = str(row["state"]), "replied_at" in row
    match outcome:
        case Outcome.RECEIVED:
            return state in _RECEIVED or replied
        case Outcome.READ:
            return state in _READ
        case Outcome.NOT_READ:
            return state in _RECEIVED and state not in _READ
        case Outcome.REPLIED:
            return replied
        case Outcome.NOT_REPLIED:
            return state in _RECEIVED and not replied
        case Outcome.FAILED:
            return state in _FAILED


def _last_rows(ledger: Table, rows: Sequence[Item], later: Sequence[str], shard: int) -> list[Item]:
    """Each row as the last run left it that has it."""
    again = [[keys.ledger_row(run, shard, int(row["SK"])) for row in rows] for run in later]
    found = ledger.get_many([key for of_run in again for key in of_run], consistent=False) if again else {}
    lasts: list[Item] = []
    for index, row in enumerate(rows):
        versions = [row, *(found[of_run[index]] for of_run in again if of_run[index] in found)]
        replied = next((each["replied_at"] for each in versions if "replied_at" in each), None)
        lasts.append(versions[-1] | ({"replied_at": replied} if replied else {}))
    return lasts


def _contacts(table: Table, addresses: Sequence[str]) -> list[Contact]:
    """The contacts behind addresses; who is no contact of ours is left out."""
    places: list[Key] = [
        keys.identity("phone", match_key(each)) if each.startswith("+") else keys.identity("bsuid", each)
        for each in addresses
    ]
    found = table.get_many(places, consistent=False)
    ids = [str(found[place].get("contact_id", "")) for place in places if place in found]
    return groups.load(table, dict.fromkeys(filter(None, ids)))


def _position(token: str | None, run_id: str) -> tuple[int, Item | None]:
    if not token:
        return 0, None
    for shard in range(keys.LEDGER_SHARDS):
        try:
            return shard, start_of(token, keys.ledger_row(run_id, shard, 0).pk)
        except BadPageToken:
            continue
    raise BadPageToken
