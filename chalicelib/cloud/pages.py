"""Pages of a partition for readers outside: the place to go on is an opaque token.

A token is only a position. It is checked against the partition that is being read, so one taken from another list (or made
up) is refused and can never lead a reader into somebody else's rows.
"""

import base64
import binascii
import json
from typing import Any

from chalicelib.cloud.table import Item, Table
from chalicelib.dataclass import dataclass
from chalicelib.problems import Invalid

_MAX_TOKEN = 4096


class BadPageToken(Invalid):
    """The page token was not made by this list."""

    def __init__(self) -> None:
        super().__init__("This page token does not belong to this list. Start again without it.", field="next")


@dataclass(frozen=True)
class TokenPage:
    """Some items and the token of the next page; None on the last."""

    items: list[Item]
    next: str | None


def read_page(table: Table, pk: str, *, token: str | None, limit: int, index: str = "", **how: Any) -> TokenPage:
    """One page of a partition, as `Table.query`, from where the token says. Raises BadPageToken."""
    page = table.query(pk, index=index, limit=limit, start=start_of(token, pk, index), **how)
    return TokenPage(page.items, token_of(page.next))


def token_of(key: Item | None) -> str | None:
    """The token that means: go on after this key."""
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def start_of(token: str | None, pk: str, index: str = "") -> Item | None:
    """The key a token stands for, if it is one of partition `pk`. Raises BadPageToken."""
    if not token:
        return None
    key = _decoded(token)
    names = {"PK", "SK"} | ({f"{index}PK", f"{index}SK"} if index else set())
    if not isinstance(key, dict) or set(key) != names or key[f"{index}PK"] != pk:
        raise BadPageToken
    if not all(isinstance(value, str) and 0 < len(value.encode("utf-8", "replace")) <= 1024 for value in key.values()):
        raise BadPageToken
    return key


def _decoded(token: str) -> Any:
    if len(token) > _MAX_TOKEN:
        raise BadPageToken
    try:
        return json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadPageToken from error
