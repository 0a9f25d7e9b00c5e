"""A webhook body cut into SQS messages: pure, and by dict access alone, for it runs once for every webhook.

A lane message is Meta's own envelope with less in it, so a worker reads it with the parser it has anyway:
`{"v": 1, "at": <received, Unix ms>, "entry": [...]}`. What is too large for SQS is `{"v": 1, "at": ..., "ref": <key>}`
and its envelope lies in the archive bucket under that key (`unpack.updates_of` follows it).

inbound     one message each, in the order of its conversation
statuses    up to STATUSES_PER_MESSAGE of one number; a packed message is retried as a whole, so it stays small
account     one change each: templates, numbers, preferences, errors that belong to no message
"""

import hashlib
from collections.abc import Iterator
from dataclasses import field
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import Any

from chalicelib.cloud.queues import QueueMessage
from chalicelib.dataclass import dataclass

VERSION = 1
# The worker takes fifty of these at once (status_lane.py): a thousand statuses, which it does well within its time.
STATUSES_PER_MESSAGE = 20
# SQS's 256 KiB less room for the frame. Bodies are ASCII (json.dumps escapes), so characters are bytes.
MESSAGE_BYTES = 250_000
OVERSIZE = "oversize/"

# Which list of a value holds messages, and which field names the customer.
_MESSAGES = {"messages": "from", "message_echoes": "to"}


@dataclass
class Lanes:
    """What one webhook body comes to."""

    inbound: list[QueueMessage] = field(default_factory=list)
    statuses: list[QueueMessage] = field(default_factory=list)
    account: list[QueueMessage] = field(default_factory=list)
    parked: dict[str, bytes] = field(default_factory=dict)
    """Bucket key → envelope, to be stored before its lane message is queued."""
    unreadable: int = 0
    """Parts that are no update at all: the whole body belongs in the archive."""


def split(payload: Any, received_ms: int) -> Lanes:
    """Every update of the body in its lane. Never raises for a decoded JSON value."""
    lanes = Lanes()
    for entry in _objects(_get(payload, "entry"), lanes):
        for change in _objects(entry.get("changes"), lanes):
            value = change.get("value")
            if isinstance(value, dict):
                _change(entry, change.get("field"), value, received_ms, lanes)
            else:
                lanes.unreadable += 1
    return lanes


def _change(entry: dict[str, Any], field_name: Any, value: dict[str, Any], received_ms: int, lanes: Lanes) -> None:
    origin = _Origin(entry, field_name, value, received_ms)
    known = [name for name in ("messages", "message_echoes", "statuses", "errors") if name in value]
    if field_name != "messages" and not set(known) - {"errors"}:
        _queue(lanes.account, origin.whole(value), lanes, received_ms)
        return
    people = _People(value.get("contacts"))
    for name in known:
        if name == "statuses":
            _statuses(origin, people, value[name], lanes)
        elif name == "errors":
            _queue(lanes.account, origin.around(f'"errors":{_json(value[name])}'), lanes, received_ms)
        else:
            for message in _objects(value[name], lanes):
                _inbound(origin, people, name, message, lanes)
    if not known:
        lanes.unreadable += 1


class _Origin:
    """Where updates stood. Frames lane messages; what all updates of one value share is serialised once."""

    def __init__(self, entry: dict[str, Any], field_name: Any, value: dict[str, Any], received_ms: int) -> None:
        self.received_ms = received_ms
        self.phone_number_id = _get(value.get("metadata"), "phone_number_id")
        head = _json({key: entry[key] for key in ("id", "time") if key in entry})[1:-1]
        self._start = (
            f'{{"v":{VERSION},"at":{received_ms},"entry":[{{{head}{"," if head else ""}'
            f'"changes":[{{"field":{_json(field_name)},"value":'
        )
        shared = _json({key: value[key] for key in ("messaging_product", "metadata") if key in value})[1:-1]
        self._shared = f"{{{shared}," if shared else "{"

    def whole(self, value: dict[str, Any]) -> str:
        """The envelope around a value as it came."""
        return f"{self._start}{_json(value)}}}]}}]}}"

    def around(self, members: str) -> str:
        """The envelope around the shared part of the value and these members of it, which are JSON already."""
        return f"{self._start}{self._shared}{members}}}}}]}}]}}"


class _People:
    """The `contacts[]` of a value by their ids; a value may carry a thousand."""

    def __init__(self, contacts: Any) -> None:
        self._all = [contact for contact in contacts if isinstance(contact, dict)] if isinstance(contacts, list) else []
        self._by_id = {
            person[key]: person
            for person in self._all
            for key in ("wa_id", "user_id")
            if isinstance(person.get(key), str)
        }

    def find(self, wa_id: Any, user_id: Any) -> dict[str, Any] | None:
        """Whose message it is; one that names nobody belongs to the only contact there is."""
        for key in (user_id, wa_id):
            if isinstance(key, str) and key in self._by_id:
                return self._by_id[key]
        return self._all[0] if len(self._all) == 1 and not wa_id and not user_id else None


def _inbound(origin: _Origin, people: _People, name: str, message: dict[str, Any], lanes: Lanes) -> None:
    wamid = message.get("id")
    if not isinstance(wamid, str) or not wamid:
        lanes.unreadable += 1
        return
    whom = _MESSAGES[name]
    wa_id, user_id = message.get(whom), message.get(f"{whom}_user_id")
    person = people.find(wa_id, user_id)
    members = {"contacts": [person], name: [message]} if person else {name: [message]}
    customer = user_id or _get(person, "user_id") or wa_id or _get(person, "wa_id") or wamid
    _queue(
        lanes.inbound,
        origin.around(_json(members)[1:-1]),
        lanes,
        origin.received_ms,
        group=_token(f"{origin.phone_number_id}:{customer}"),
        deduplication_id=_token(wamid),
    )


def _statuses(origin: _Origin, people: _People, statuses: Any, lanes: Lanes) -> None:
    for pack, persons in _packs(people, _objects(statuses, lanes)):
        contacts = f'"contacts":[{",".join(persons)}],' if persons else ""
        body = origin.around(f'{contacts}"statuses":[{",".join(pack)}]')
        _queue(lanes.statuses, body, lanes, origin.received_ms)


def _packs(people: _People, statuses: Iterator[dict[str, Any]]) -> Iterator[tuple[list[str], list[str]]]:
    """Statuses as JSON, few enough to retry together and small enough for one message; beside them their contacts."""
    pack: list[str] = []
    persons: dict[int, str] = {}
    size = 0
    for status in statuses:
        text = _json(status)
        person = people.find(status.get("recipient_id"), status.get("recipient_user_id"))
        about = "" if person is None or id(person) in persons else _json(person)
        length = len(text) + len(about)
        if pack and (len(pack) == STATUSES_PER_MESSAGE or size + length > MESSAGE_BYTES * 4 // 5):
            yield pack, list(persons.values())
            pack, persons, size = [], {}, 0
            about = _json(person) if person is not None else ""
        pack.append(text)
        size += length
        if about:
            persons[id(person)] = about
    if pack:
        yield pack, list(persons.values())


def _queue(
    lane: list[QueueMessage], body: str, lanes: Lanes, received_ms: int, *, group: str = "", deduplication_id: str = ""
) -> None:
    if len(body) > MESSAGE_BYTES:
        key = f"{OVERSIZE}{_digest(body)}.json"
        lanes.parked[key] = body.encode()
        body = _json({"v": VERSION, "at": received_ms, "ref": key})
    lane.append(QueueMessage(body, group, deduplication_id))


def _objects(value: Any, lanes: Lanes) -> Iterator[dict[str, Any]]:
    """The objects of a list; anything else in its place is unreadable."""
    if not isinstance(value, list):
        lanes.unreadable += 1
        return
    for item in value:
        if isinstance(item, dict):
            yield item
        else:
            lanes.unreadable += 1


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _token(text: str) -> str:
    """As SQS takes a group or a deduplication id: at most 128 characters of ASCII without blanks."""
    return text if len(text) <= 128 and text.isascii() and text.isprintable() and " " not in text else _digest(text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# `json.dumps(value, separators=(",", ":"))`, which would make an encoder anew for each message: a third of its time. None:
# what json.loads made has no cycles to look for.
_encode = c_make_encoder(None, str, encode_basestring_ascii, None, ":", ",", False, False, True)


def _json(value: Any) -> str:
    return "".join(_encode(value, 0))
