"""Opt-outs of people who were erased. Nothing of them may stay, but their no must: what stays is a keyed hash of each address.

The key is the installation's own, in Secrets Manager and not in the table: phone numbers are few enough to try them all, so without
it the hashes tell nobody anything. Who has the key can only ask whether an address that they already have is among them.
"""

import hashlib
import hmac

from chalicelib.cloud import keys
from chalicelib.cloud.secrets import SecretMissing, Secrets
from chalicelib.cloud.table import Item, Key, Table
from chalicelib.contacts.model import Identities

SECRET = "erasure-key"  # noqa: S105 - a name
"""Its name in Secrets Manager. It is never changed: with another key nobody who was forgotten would be known again."""
_KINDS = frozenset({"phone", "bsuid"})
"""Identities that a message can be sent to."""


def key_of(secrets: Secrets) -> str:
    """The installation's key; empty where there is none, and then nobody can have been remembered by it."""
    try:
        return secrets.get(SECRET)
    except SecretMissing:
        return ""


def places(key: str, who: Identities) -> list[Key]:
    """Where the opt-outs of somebody with these identities would be; none without a key."""
    return [keys.forgotten(_hash(key, kind, value)) for kind, value in who.pairs() if key and kind in _KINDS]


def remember(table: Table, key: str, who: Identities, marks: frozenset[str]) -> None:
    """Keeps the opt-outs of somebody who is about to be erased; without any, nothing of them stays. Harmless when repeated."""
    for place in places(key, who):
        if marks:
            table.put({"PK": place.pk, "SK": place.sk, "opted_out": set(marks)})
        else:
            table.delete(place)


def in_force(remembered: Item, opted_in: frozenset[str]) -> frozenset[str]:
    """The opt-outs that still hold: the person has not opted in since."""
    return frozenset(remembered.get("opted_out", ())) - opted_in


def _hash(key: str, kind: str, value: str) -> str:
    return hmac.new(key.encode(), f"{kind}#{value}".encode(), hashlib.sha256).hexdigest()
