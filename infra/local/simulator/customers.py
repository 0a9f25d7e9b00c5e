"""The people on the other side: made up on first sight, always the same ones for the same seed."""

import hashlib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from .config import Config
from .phone_numbers import region
from .records import Customer
from .store import Store


def _names() -> tuple[list[str], list[str]]:
    text = Path(__file__).with_name("names.txt").read_text(encoding="utf-8").partition("\n")[2]
    first, _, last = text.partition("\n\n")
    return first.split(), last.split()


FIRST, LAST = _names()
# A customer who was messaged, or wrote, under the phone number shows it for this long.
PHONE_SHOWN_SECONDS = 30 * 86_400


def known(store: Store, config: Config, wa_id: str) -> Customer:
    """The customer with this number, made up and remembered when new."""
    customer = store.customer(wa_id)
    if customer is None:
        customer = made_up(config, wa_id)
        store.put_customer(customer)
    return customer


def made_up(config: Config, wa_id: str) -> Customer:
    first, last = (
        FIRST[_number(config.seed, wa_id, "first") % len(FIRST)],
        LAST[_number(config.seed, wa_id, "last") % len(LAST)],
    )
    hides = _share(config.seed, wa_id, "hides") < config.hidden_phone_share
    return Customer(
        wa_id=wa_id,
        name=f"{first} {last}",
        username=_username(first, last, wa_id) if hides else None,
        hides_phone=hides,
        on_whatsapp=not any(fnmatchcase(wa_id, pattern) for pattern in config.not_on_whatsapp),
        online=_share(config.seed, wa_id, "online") >= config.timing.offline_share,
        reads=_share(config.seed, wa_id, "reads") < config.timing.read_share,
    )


def user_id(store: Store, config: Config, portfolio: str, customer: Customer) -> str:
    """The customer's BSUID in a portfolio, remembered so that a send to it finds its way back."""
    row = store.row("SELECT user_id FROM identities WHERE portfolio=? AND wa_id=?", portfolio, customer.wa_id)
    if row:
        return str(row[0])
    made = bsuid(config, portfolio, customer.wa_id, customer.generation)
    store.run("INSERT INTO identities VALUES (?,?,?,NULL)", portfolio, customer.wa_id, made)
    return made


def bsuid(config: Config, portfolio: str, wa_id: str, generation: int = 0) -> str:
    digits = 10**15 + _number(config.seed, portfolio, wa_id, generation) % (9 * 10**15)
    return f"{region(wa_id)}.{digits}"


def parent_user_id(config: Config, wa_id: str) -> str | None:
    if not config.parent_user_ids:
        return None
    return f"{region(wa_id)}.ENT.{10**15 + _number(config.seed, 'parent', wa_id) % (9 * 10**15)}"


def find_by_user_id(store: Store, config: Config, portfolio: str, given: str) -> str | None:
    """The wa_id behind a BSUID of this portfolio, or behind a parent BSUID."""
    row = store.row("SELECT wa_id FROM identities WHERE portfolio=? AND user_id=?", portfolio, given)
    if row or ".ENT." not in given:
        return str(row[0]) if row else None
    rows = store.rows("SELECT wa_id FROM identities WHERE portfolio=?", portfolio)
    return next((wa_id for (wa_id,) in rows if parent_user_id(config, wa_id) == given), None)


def change_user_id(store: Store, config: Config, portfolio: str, customer: Customer) -> tuple[str, str]:
    """A new BSUID in place of the old one; answers both."""
    old = user_id(store, config, portfolio, customer)
    store.run("DELETE FROM identities WHERE portfolio=? AND wa_id=?", portfolio, customer.wa_id)
    customer.generation += 1
    store.put_customer(customer)
    return old, user_id(store, config, portfolio, customer)


def count_phone_contact(store: Store, portfolio: str, wa_id: str, now: float) -> None:
    store.run("UPDATE identities SET phone_contact_at=? WHERE portfolio=? AND wa_id=?", now, portfolio, wa_id)


def shows_phone(store: Store, portfolio: str, customer: Customer, now: float) -> bool:
    if not customer.hides_phone:
        return True
    row = store.row("SELECT phone_contact_at FROM identities WHERE portfolio=? AND wa_id=?", portfolio, customer.wa_id)
    return bool(row and row[0] is not None and row[0] > now - PHONE_SHOWN_SECONDS)


def contact(
    store: Store,
    config: Config,
    portfolio: str,
    customer: Customer,
    now: float,
    *,
    identity_check: bool = False,
) -> dict[str, Any]:
    """The customer as an entry of `contacts` in a webhook."""
    entry: dict[str, Any] = {"profile": {"name": customer.name}}
    if customer.username:
        entry["profile"]["username"] = "@" + customer.username.lstrip("@")
    if shows_phone(store, portfolio, customer, now):
        entry["wa_id"] = customer.wa_id
    entry["user_id"] = user_id(store, config, portfolio, customer)
    if parent := parent_user_id(config, customer.wa_id):
        entry["parent_user_id"] = parent
    if identity_check:
        entry["identity_key_hash"] = identity_key_hash(customer)
    return entry


def identity_key_hash(customer: Customer) -> str:
    return hashlib.sha256(f"{customer.wa_id}:{customer.generation}".encode()).hexdigest()[:12]


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(":".join(map(str, parts)).encode()).digest()[:8], "big")


def _share(*parts: object) -> float:
    return _number(*parts) / 2**64


def _username(first: str, last: str, wa_id: str) -> str:
    ascii_name = f"{first}.{last}".lower().encode("ascii", "ignore").decode()
    return f"{ascii_name}{wa_id[-2:]}"
