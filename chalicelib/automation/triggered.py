"""What happens elsewhere starts workflows: a resolved ticket, a window about to close, a schedule's time.

Events come from the table's stream, closings from timers, times from EventBridge Scheduler, and each may come twice: the id of
an instance follows from its definition and from what started it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.automation import documents
from chalicelib.automation.definition import triggers
from chalicelib.automation.definition.model import Status, TriggerType
from chalicelib.automation.instances import ending
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.launch import launch
from chalicelib.automation.versions import DefinitionNotFound, Head
from chalicelib.automation.wired import Automation, automation
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import Put, TransactionRefused
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation
from chalicelib.converse.queues import store as queues
from chalicelib.converse.tickets import store as tickets
from chalicelib.converse.tickets.model import Status as TicketStatus
from chalicelib.events.model import Event
from chalicelib.timers import kinds
from chalicelib.timers import store as timers
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

_RESOLVED, _RECEIVED = "ticket.resolved", "message.received"
_TAKEN_UP = ("ticket.reopened", "ticket.set_open")
_KEPT = timedelta(days=2)


def on_events(world: World, events: list[Event]) -> None:
    """The subscriber of the stream, which brings messages received and tickets resolved, reopened and opened again."""
    room = automation(world)
    heads = room.versions.enabled(TriggerType.TICKET_RESOLVED, TriggerType.WINDOW_CLOSING)
    for event in events:
        if event.type in _TAKEN_UP:
            _taken_up(room, event)
        elif event.type == _RESOLVED:
            _resolved(room, event, [head for head in heads if head.trigger is TriggerType.TICKET_RESOLVED])
    received = dict.fromkeys(event.subject for event in events if event.type == _RECEIVED)
    for conversation_id in received:
        _watch(room, conversation_id, [head for head in heads if head.trigger is TriggerType.WINDOW_CLOSING])


def window_is_closing(timer: Timer, world: World) -> None:
    """The timer of a watched window: starts the workflow, or waits on when the customer has written since."""
    room, now = automation(world), world.clock()
    head = _enabled(room, timer.data["definition_id"], TriggerType.WINDOW_CLOSING)
    conversation = conversations.find(world.table, timer.subject)
    if head is None or conversation is None or conversation.window_closes_at is None:
        return
    closes = conversation.window_closes_at
    if _due(head, closes) > now:
        _arm(room, head, conversation.id, _due(head, closes))
    elif closes > now:
        data = {"window": {"closesAt": stamp(closes)}, "ticketId": conversation.ticket_id}
        trigger_id = f"window/{conversation.id}/{stamp(closes)}"
        _begin(room, head, conversation, data, trigger_id, epoch_=conversation.epoch)


def meant_for(written: str, now: datetime) -> datetime:
    """The time a schedule's call is for. The local emulator leaves the placeholder as it is: then it is this minute's call."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return now.replace(second=0, microsecond=0)


def scheduled(world: World, definition_id: str, at: datetime) -> str | None:
    """A schedule's time has come. The id of the instance; None when the definition runs by no schedule any more."""
    room = automation(world)
    head = _enabled(room, definition_id, TriggerType.SCHEDULE)
    if head is None:
        return None
    wanted = triggers.inputs(head.trigger, head.trigger_inputs)
    assert isinstance(wanted, triggers.Schedule)
    data = {**wanted.data, "scheduledAt": stamp(at.astimezone(UTC))}
    started = launch(room, head, data, f"schedule/{stamp(at.astimezone(UTC))}", Where(head.sub_account_id))
    return started.id if started else None


def _resolved(room: Automation, event: Event, heads: list[Head]) -> None:
    if not heads:
        return
    table = room.world.table
    ticket = tickets.get(table, event.subject)
    if ticket.status not in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        return  # taken up again before this was read
    conversation = conversations.get(table, ticket.conversation_id)
    queue = queues.get(table, ticket.queue_id)
    data = {
        "ticket": {"id": ticket.id, "queueId": queue.id, "queue": queue.name, "disposition": ticket.disposition or None}
    }
    for head in heads:
        wanted = triggers.inputs(head.trigger, head.trigger_inputs)
        if isinstance(wanted, triggers.TicketResolved) and wanted.applies(queue.id, queue.name):
            _begin(room, head, conversation, data, event.id, after_ticket=ticket.id)


def _taken_up(room: Automation, event: Event) -> None:
    """Agents work on the ticket again: what its resolution started has nothing to say any more."""
    around = room.waits.around(str(event.data.get("conversation_id")))
    for instance_id in (*around.instances, *around.silent):
        instance = room.instances.find(instance_id)
        if instance is not None and instance.after_ticket == event.subject and instance.started_at <= event.at:
            ending.terminate(instance, "The ticket was taken up again.", room.ports)


def _watch(room: Automation, conversation_id: str, heads: list[Head]) -> None:
    if not heads:
        return
    conversation = conversations.find(room.world.table, conversation_id)
    if conversation is None or conversation.window_closes_at is None:
        return
    channel = channels.get(room.world.table, conversation.channel_id)
    for head in heads:
        if head.serves(channel.subaccount_id):
            _arm(room, head, conversation_id, _due(head, conversation.window_closes_at))


def _arm(room: Automation, head: Head, conversation_id: str, due: datetime) -> None:
    """Sets the timer unless one is set: a window that moves on is looked at when its timer comes."""
    now, key = room.world.clock(), keys.window_watch(conversation_id, head.id)
    watch = {"PK": key.pk, "SK": key.sk, "until": stamp(due), "expires_at": epoch(due + _KEPT)}
    over = Attr("PK").not_exists() | Attr("until").lte(stamp(now))
    timer = Timer(
        id=f"window-{head.id}-{conversation_id}", kind=kinds.WORKFLOW_WINDOW, subject=conversation_id, due_at=due,
        data={"definition_id": head.id},
    )  # fmt: skip
    try:
        room.world.table.transact([Put(watch, over), timers.armed(timer, now)])
    except TransactionRefused:
        return  # one is set


def _due(head: Head, closes: datetime) -> datetime:
    wanted = triggers.inputs(head.trigger, head.trigger_inputs)
    assert isinstance(wanted, triggers.WindowClosing)
    return closes - timedelta(minutes=wanted.minutes_before)


def _begin(
    room: Automation, head: Head, conversation: Conversation, data: dict[str, Any], trigger_id: str, *,
    epoch_: int | None = None, after_ticket: str | None = None,
) -> None:  # fmt: skip
    channel = channels.get(room.world.table, conversation.channel_id)
    if not head.serves(channel.subaccount_id):
        return
    where = Where(channel.subaccount_id, conversation.id, epoch_, hears=False, after_ticket=after_ticket)
    launch(room, head, {**_person(room, conversation, channel), **data}, trigger_id, where)


def _person(room: Automation, conversation: Conversation, channel: Channel) -> dict[str, Any]:
    contact = identity.get(room.world.table, conversation.contact_id) or Contact(
        id=conversation.contact_id,
        created_at=conversation.created_at,
        phone=conversation.phone,
        bsuid=conversation.bsuid,
    )
    known = {name: value for name, value in documents.user(contact).items() if value is not None}
    return {"user": known, "recipient": {"channel": "whatsapp", "channelId": channel.id}}


def _enabled(room: Automation, definition_id: str, trigger: TriggerType) -> Head | None:
    try:
        head = room.versions.head(definition_id)
    except DefinitionNotFound:
        return None
    return head if head.status is Status.ENABLED and head.trigger is trigger else None
