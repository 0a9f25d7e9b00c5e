"""How long a closed ticket stays: its item, its history and its rows in the views go at one time. Repeating it changes nothing."""

from chalicelib.cloud import keys
from chalicelib.cloud.retention import set_end
from chalicelib.cloud.table import Item, Kept, Key, Table, end_of
from chalicelib.converse.tickets import views
from chalicelib.converse.tickets.model import Ticket
from chalicelib.events.model import Event
from chalicelib.wiring import World


def closed(world: World, events: list[Event]) -> None:
    """Subscriber: what was closed, or noted on a closed ticket, gets its end."""
    for ticket_id in sorted({event.subject for event in events}):
        item = world.table.get(keys.ticket(ticket_id))
        since = Ticket.model_validate(item).closed_at if item else None
        if item and since and (end := end_of(world.table, Kept("tickets", since))):
            mark(world.table, item, end["expires_at"])


def mark(table: Table, item: Item, end: int | None) -> int:
    """Gives everything of a ticket this end, None being no end; answers how many items it changed."""
    pages = table.query_all(item["PK"], prefix="HISTORY#", only=("PK", "SK", "expires_at"), consistent=True)
    history = [Key(each["PK"], each["SK"]) for each in pages if each.get("expires_at") != end]
    rows = [
        key
        for key, row in table.get_many(views.rows(Ticket.model_validate(item))).items()
        if row.get("expires_at") != end
    ]
    own = [Key(item["PK"], item["SK"])] if item.get("expires_at") != end else []
    return sum(set_end(table, key, end) for key in [*history, *rows, *own])
