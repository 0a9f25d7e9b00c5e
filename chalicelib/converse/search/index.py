"""The index over the texts of messages: a small row for each word of each message, in the word's partition of its month.

So a search reads the newest messages with a word by one query a month, and never looks through messages. A message costs one
write for each of its words, at most MOST_INDEXED. Rows live as long as a search looks back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Kept, Table, end_of
from chalicelib.conversations import preview
from chalicelib.conversations.model import Message
from chalicelib.converse.search.words import MOST_INDEXED, words_of
from chalicelib.events.model import Event
from chalicelib.wiring import World

MONTHS = 13
_TALK = {"message.received", "message.submitted"}
_A_READ = 100


class Place(NamedTuple):
    """Where a message is in the index of a month."""

    month: str
    position: str


class Hit(NamedTuple):
    """A message that has all the words."""

    place: Place
    conversation_id: str


def index(world: World, events: list[Event]) -> None:
    """Subscriber: messages that have just come or been written are findable. The same again writes the same rows."""
    talk = [event for event in events if event.type in _TALK and "position" in event.data]
    wanted = [keys.message(event.subject, event.data["position"]) for event in talk]
    found = world.table.get_many(wanted) if wanted else {}
    messages = [Message.model_validate(item) for item in found.values()]
    world.table.write_many(
        row | end_of(world.table, Kept("words", message.at)) for message in messages for row in rows_of(message)
    )


def rows_of(message: Message) -> list[Item]:
    """The rows under which a message is found; who erases the message erases them."""
    text = f"{message.preview} {preview.text_of(message.type, message.content)}"
    words = words_of(text)[:MOST_INDEXED]
    month = month_of(message.at)
    keep = {"conversation_id": message.conversation_id, "words": words}
    where = [keys.message_word(month, word, message.position) for word in words]
    return [{"PK": key.pk, "SK": key.sk, **keep} for key in where]


def hits(
    table: Table, words: list[str], now: datetime, after: Place | None, *, most_reads: int
) -> Iterator[Hit | Place]:
    """The messages that have all these words, newest first, from behind `after`.

    Goes on for at most `most_reads` queries; then, if there is more, the last thing it gives is the Place to go on from.
    """
    rarest = max(words, key=len)
    months = [month for month in _months(now) if after is None or month <= after.month]
    for month in months:
        behind = after.position if after and after.month == month else ""
        while True:
            if most_reads == 0:
                yield Place(month, behind)
                return
            most_reads -= 1
            key = keys.message_word(month, rarest, behind)
            start = {"PK": key.pk, "SK": key.sk} if behind else None
            page = table.query(key.pk, forward=False, limit=_A_READ, start=start)
            for item in page.items:
                if set(words) <= set(item["words"]):
                    yield Hit(Place(month, item["SK"]), item["conversation_id"])
            if page.next is None:
                break
            behind = page.items[-1]["SK"]


def month_of(at: datetime) -> str:
    """Which month's index."""
    return f"{at:%Y-%m}"


def _months(now: datetime) -> Iterator[str]:
    """The months a search looks at, newest first; the coming one too, since a customer's clock may be ahead."""
    year, month = (now + timedelta(days=1)).year, (now + timedelta(days=1)).month
    for _ in range(MONTHS):
        yield f"{year:04}-{month:02}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
