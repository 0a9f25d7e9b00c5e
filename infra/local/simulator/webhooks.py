"""Webhooks out: what happened is listed, packed into POSTs as Meta batches them, signed, and retried."""

import hashlib
import hmac
import json
from typing import Any, NamedTuple

from .records import Number, Waba
from .world import World

RETRY_FOR = 36 * 3600
SLOWEST_RETRY = 3600.0
# Number-level overrides get these fields only.
NUMBER_FIELDS = {"messages"}


class Update(NamedTuple):
    """One thing to tell. `lane` names what must not overtake itself: the messages of one chat."""

    field: str
    kind: str
    body: dict[str, Any]
    linger_ms: int = 0
    lane: str = ""


Contact = dict[str, Any] | None


def put_status(world: World, waba: Waba, number: Number, status: dict[str, Any], contact: Contact) -> None:
    piece = {"metadata": metadata(number), "contact": contact, "statuses": status}
    linger = world.config.webhook_linger_ms if world.faults.batch_statuses > 1 else 0
    _put(world, waba, number, Update("messages", "statuses", piece, linger))


def put_message(
    world: World, waba: Waba, number: Number, message: dict[str, Any], contact: Contact, *, wa_id: str
) -> None:
    piece = {"metadata": metadata(number), "contact": contact, "messages": message}
    linger = world.config.webhook_linger_ms if world.config.batch_messages > 1 else 0
    _put(world, waba, number, Update("messages", "messages", piece, linger, f"{number.id}:{wa_id}"))


def put_value(world: World, waba: Waba, field: str, value: dict[str, Any], number: Number | None = None) -> None:
    """A webhook of any other field, one in a POST."""
    _put(world, waba, number, Update(field, "value", value))


def _put(world: World, waba: Waba, number: Number | None, update: Update) -> None:
    url = callback_url(world, waba, number, update.field)
    if url is None:
        world.store.count("webhooks_unsubscribed")
        return
    due = world.now() + (update.linger_ms + world.faults.webhook_delay_ms) / 1000
    world.store.run(
        "INSERT INTO events (due, kind, url, waba_id, field, lane, body) VALUES (?,?,?,?,?,?,?)",
        due, update.kind, url, waba.id, update.field, update.lane, json.dumps(update.body),
    )  # fmt: skip
    world.wake()


def callback_url(world: World, waba: Waba, number: Number | None, field: str) -> str | None:
    """The number's own URL, else the WABA's, else the app's; nothing when the app is not subscribed."""
    if not waba.subscribed:
        return None
    if number is not None and number.override and field in NUMBER_FIELDS:
        return number.override.url
    return waba.override.url if waba.override else world.config.webhook_url


def metadata(number: Number) -> dict[str, str]:
    return {"display_phone_number": number.digits, "phone_number_id": number.id}


class Listed(NamedTuple):
    """An update on the list."""

    id: int
    kind: str
    url: str
    waba_id: str
    field: str
    lane: str
    body: str


LIST = "SELECT id, kind, url, waba_id, field, lane, body FROM events"


class Batch(NamedTuple):
    """What goes into one POST."""

    url: str
    lane: str
    listed: list[Listed]


def pack(world: World) -> int:
    """Turns what is due into POSTs ready to go; answers how many it made."""
    now, made = world.now(), 0
    rows = world.store.rows(f"{LIST} WHERE due<=? ORDER BY id LIMIT 5000", now)
    if not rows:
        return 0
    if any(Listed(*row).kind == "statuses" for row in rows):
        # The first status waited long enough: those that came after it go along and wait less.
        along = now + world.config.webhook_linger_ms / 1000
        rows = world.store.rows(
            f"{LIST} WHERE due<=? OR (kind='statuses' AND due<=?) ORDER BY id LIMIT 5000",
            now,
            along,
        )
    listed = [Listed(*row) for row in rows]
    shuffles = world.dice.hits(world.faults.shuffle_webhooks)
    if shuffles:
        world.dice.shuffle(listed)
    with world.store.transaction():
        for batch in _batches(world, listed):
            body = encode(_envelope(batch.listed, now))
            late = world.dice.delay() if shuffles else 0.0
            _add(world, now + late, batch.url, "" if shuffles else batch.lane, body)
            made += 1
            if world.dice.hits(world.faults.duplicate_webhooks):
                _add(world, now + world.dice.delay(), batch.url, "", body)
        world.store.db.executemany("DELETE FROM events WHERE id=?", [(update.id,) for update in listed])
    return made


def _add(world: World, due: float, url: str, lane: str, body: bytes) -> None:
    world.store.run(
        "INSERT INTO deliveries (due, first, tries, url, lane, body) VALUES (?,?,0,?,?,?)",
        due, due, url, lane, body,
    )  # fmt: skip


def _batches(world: World, listed: list[Listed]) -> list[Batch]:
    """Many statuses together, messages few, anything else alone."""
    most = {"statuses": world.faults.batch_statuses, "messages": world.config.batch_messages, "value": 1}
    filling: dict[tuple[str, str, str], Batch] = {}
    full: list[Batch] = []
    for update in listed:
        room = most[update.kind]
        lane = update.lane if room == 1 else ""
        key = (update.url, update.kind, lane)
        batch = filling.setdefault(key, Batch(update.url, lane, []))
        batch.listed.append(update)
        if len(batch.listed) >= room:
            full.append(filling.pop(key))
    return full + list(filling.values())


def _envelope(listed: list[Listed], now: float) -> dict[str, Any]:
    entries: dict[str, list[dict[str, Any]]] = {}
    values: dict[tuple[str, str], dict[str, Any]] = {}
    for update in listed:
        piece = json.loads(update.body)
        changes = entries.setdefault(update.waba_id, [])
        if update.kind == "value":
            changes.append({"value": piece, "field": update.field})
            continue
        key = (piece["metadata"]["phone_number_id"], update.kind)
        if key not in values:
            values[key] = {"messaging_product": "whatsapp", "metadata": piece["metadata"]}
            changes.append({"value": values[key], "field": update.field})
        _join(values[key], update.kind, piece)
    # Only fields other than messages say when.
    time = {"time": int(now)} if any(update.kind == "value" for update in listed) else {}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba_id} | time | {"changes": changes} for waba_id, changes in entries.items()],
    }


def _join(value: dict[str, Any], kind: str, piece: dict[str, Any]) -> None:
    contact = piece["contact"]
    if contact is not None and contact not in value.setdefault("contacts", []):
        value["contacts"].append(contact)
    value.setdefault(kind, []).append(piece[kind])


def encode(envelope: dict[str, Any]) -> bytes:
    r"""Meta's bytes: no blanks, everything above U+007F as `\uXXXX` in lower case, and `/` as `\/`."""
    return json.dumps(envelope, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Delivery(NamedTuple):
    """A POST that waits for its answer."""

    id: int
    url: str
    lane: str
    tries: int
    first: float
    body: bytes


def settle(world: World, delivery: Delivery, ok: bool) -> None:
    """Forgets a POST that was answered 200; otherwise tries again later, and later still, for 36 hours."""
    now = world.now()
    if ok or now - delivery.first > RETRY_FOR:
        world.store.count("webhooks_acknowledged" if ok else "webhooks_dropped")
        world.store.run("DELETE FROM deliveries WHERE id=?", delivery.id)
        return
    wait = min(SLOWEST_RETRY, world.config.webhook_retry_ms / 1000 * 2**delivery.tries)
    world.store.run("UPDATE deliveries SET tries=tries+1, due=? WHERE id=?", now + wait, delivery.id)
