"""What people do to tickets. Each use case reads, decides, and writes over exactly what it read."""

from datetime import datetime, timedelta
from functools import cached_property

from boto3.dynamodb.conditions import Attr

from chalicelib.access import store as people
from chalicelib.access.model import CurrentUser, UserState
from chalicelib.access.permissions import Permission
from chalicelib.cloud.table import Operation, Update
from chalicelib.conversations import ownership
from chalicelib.conversations.model import Conversation, OwnerKind
from chalicelib.converse import assignment, labels, settings
from chalicelib.converse.agents import store as agents
from chalicelib.converse.agents.choice import masters
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.sight import Sight, sight_of, takes_tickets
from chalicelib.converse.tickets import blocking, changes, store
from chalicelib.converse.tickets.commit import commit, hand_over
from chalicelib.converse.tickets.model import HistoryEntry, Priority, Status, Ticket
from chalicelib.dataclass import dataclass
from chalicelib.problems import Conflict, Invalid
from chalicelib.wiring import World


class AgentFull(Conflict):
    """The agent has as many tickets as they may."""

    def __init__(self, agent_id: str) -> None:
        super().__init__("This agent has no room for another ticket. A supervisor may assign it all the same.")
        self.agent_id = agent_id


class NotAnAgent(Invalid):
    """The person gets no tickets."""

    def __init__(self, agent_id: str, field: str) -> None:
        super().__init__("This is nobody who gets tickets: choose an active agent or supervisor.", field=field)
        self.agent_id = agent_id


class AlreadyTaken(Conflict):
    """The ticket does not wait for anybody."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__("This ticket is not waiting in a line: somebody has it, or it is done.")
        self.ticket_id = ticket_id


class SkillLacking(Conflict):
    """The queue asks for skills the agent does not have so well."""

    def __init__(self, queue: Queue) -> None:
        wanted = ", ".join(f"{skill.name} ({skill.level})" for skill in queue.skills)
        super().__init__(f"This queue asks for {wanted}. A supervisor may assign the ticket all the same.")
        self.queue_id = queue.id


class NotInHand(Conflict):
    """Nobody works on the ticket, so nobody can be reminded of it."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__("Only a ticket that somebody has in hand can be put off.")
        self.ticket_id = ticket_id


_FURTHEST_REMINDER = timedelta(days=366)


@dataclass(frozen=True)
class Hand:
    """Who does something, with the world they do it in."""

    world: World
    sight: Sight

    @cached_property
    def now(self) -> datetime:
        """When they do it: one time for the ticket, its history and what the reports count."""
        return self.world.clock()

    def entry(self, action: str, *, reason: str = "", note: str = "") -> HistoryEntry:
        """What they do, for the history."""
        return changes.entry(self.world.new_id(), self.now, self.sight.actor, action, reason=reason, note=note)


def claim(hand: Hand, ticket_id: str) -> Ticket:
    """Takes a waiting ticket oneself. Raises TicketMissing, AlreadyTaken, AgentFull, TicketChanged."""
    me = hand.sight.user
    if not takes_tickets(me):
        raise NotAnAgent(me.id, "")
    before = hand.sight.read(hand.world.table, ticket_id)
    if before.agent_id == me.id and before.in_hand:
        return before
    if not before.in_line:
        raise AlreadyTaken(ticket_id)
    queue = queues.get(hand.world.table, before.queue_id)
    if not masters(queue, agents.get(hand.world.table, me.id)):
        raise SkillLacking(queue)
    return _give(hand, before, me.id, hand.entry("claimed"), beyond_capacity=False)


def assign(hand: Hand, ticket_id: str, agent_id: str, note: str = "") -> Ticket:
    """Gives a ticket to somebody. Only who may assign does so beyond capacity.

    Raises TicketMissing, NotYours, NotAnAgent, AgentFull, NotPossible, TicketChanged.
    """
    before = hand.sight.work_on(hand.world.table, ticket_id)
    user = people.user(hand.world.table, agent_id)
    if user is None or user.state is UserState.DISABLED or not takes_tickets(user.current()):
        raise NotAnAgent(agent_id, "agentId")
    if before.agent_id == agent_id and before.in_hand:
        return before
    beyond = hand.sight.user.may(Permission.TICKETS_ASSIGN)
    return _give(hand, before, agent_id, hand.entry("assigned", note=note), beyond_capacity=beyond)


def transfer(hand: Hand, ticket_id: str, queue_id: str, note: str = "") -> Ticket:
    """Puts a ticket into another queue's line, with its age. Raises TicketMissing, NotYours, QueueMissing, NotPossible."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    queue = queues.get(hand.world.table, queue_id)
    if not queue.enabled:
        raise Invalid("This queue is not enabled.", field="queueId")
    after = changes.moved_to_queue(before, queue, hand.now)
    rules = settings.load(hand.world.table).labels
    after = after.model_copy(update={"label": labels.for_transfers(rules, after.label, after.transfer_count)})
    moved = commit(
        hand.world, before, after, hand.entry("transferred", note=note), list(queues.takes_tickets(queue_id))
    )
    _serve(hand, before, moved)
    return store.get(hand.world.table, ticket_id)


def release(hand: Hand, ticket_id: str, note: str = "") -> Ticket:
    """Gives a ticket back into its line, with its age. Raises TicketMissing, NotYours, NotPossible, TicketChanged."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    if not before.agent_id:
        raise AlreadyTaken(ticket_id)
    after = changes.released(before, hand.now).model_copy(update={"preferred_agent_id": ""})
    commit(hand.world, before, after, hand.entry("released", note=note))
    _serve(hand, before, after)
    return store.get(hand.world.table, ticket_id)


def set_status(hand: Hand, ticket_id: str, status: Status, reason: str = "") -> Ticket:
    """Open, pending or on hold. Raises TicketMissing, NotYours, NotPossible, TicketChanged."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    if before.status is status:
        return before
    match status:
        case Status.OPEN:
            after = changes.reopened(before, hand.now)
        case Status.PENDING:
            after = changes.set_pending(before, hand.now, pending_lasts(hand.world))
        case Status.ON_HOLD:
            after = changes.held(before, hand.now)
        case _:
            raise Invalid("Resolve and close have operations of their own.", field="status")
    commit(hand.world, before, after, hand.entry(f"set_{status}", reason=reason))
    _serve(hand, before, after)
    return store.get(hand.world.table, ticket_id)


def resolve(hand: Hand, ticket_id: str, disposition: str = "", summary: str = "", note: str = "") -> Ticket:
    """Answered. Raises TicketMissing, NotYours, NotPossible, Invalid (a disposition the queue does not have), TicketChanged."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    if before.status is Status.RESOLVED:
        return before
    lasts = timedelta(minutes=settings.load(hand.world.table).resolved_closes_after_minutes)
    after = changes.resolved(before, hand.now, lasts, _disposition(hand, before, disposition), summary)
    done = commit(hand.world, before, after, hand.entry("resolved", reason=disposition, note=note))
    _serve(hand, before, after)
    return done


def close(hand: Hand, ticket_id: str, disposition: str = "", summary: str = "", note: str = "") -> Ticket:
    """Closed for good. Raises as `resolve`."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    if before.is_closed:
        return before
    after = changes.closed(before, hand.now, _disposition(hand, before, disposition), summary)
    done = commit(hand.world, before, after, hand.entry("closed", reason=disposition, note=note))
    _serve(hand, before, after)
    return done


def label(
    hand: Hand,
    ticket_id: str,
    *,
    tags: tuple[str, ...] | None = None,
    priority: Priority | None = None,
    label: str | None = None,
    spam: bool | None = None,
) -> Ticket:
    """Changes what a ticket is marked with; None leaves it. Raises TicketMissing, NotYours, TicketChanged."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    wished = {"tags": tags, "priority": priority, "label": label}
    values = {name: value for name, value in wished.items() if value is not None and value != getattr(before, name)}
    if label:
        _require_label(hand, label)
    after = _sorted_out(hand, before.model_copy(update=values), spam)
    if after == before:
        return before
    marked = commit(hand.world, before, after, hand.entry("marked"))
    _serve(hand, before, marked)
    return store.get(hand.world.table, ticket_id)


def snooze(hand: Hand, ticket_id: str, until: datetime, reminder: str = "") -> Ticket:
    """Puts a ticket off until a time, or until the customer writes. Raises TicketMissing, NotYours, NotInHand, Invalid."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    if not before.in_hand:
        raise NotInHand(ticket_id)
    if not hand.now < until <= hand.now + _FURTHEST_REMINDER:
        raise Invalid("Choose a time in the coming twelve months.", field="at")
    after = changes.snoozed(before, until, reminder, hand.now)
    return commit(hand.world, before, after, hand.entry("snoozed", reason=reminder))


def wake(hand: Hand, ticket_id: str) -> Ticket:
    """Takes a reminder back: the ticket is in its agent's list again. Raises TicketMissing, NotYours, TicketChanged."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    if before.snoozed_until is None:
        return before
    return commit(hand.world, before, changes.woken(before, hand.now), hand.entry("woken"))


def note(hand: Hand, ticket_id: str, text: str, mentions: tuple[str, ...] = ()) -> HistoryEntry:
    """Writes an internal note; whoever is mentioned is told. Raises TicketMissing."""
    ticket = hand.sight.read(hand.world.table, ticket_id)
    for place, person in enumerate(mentions):
        user = people.user(hand.world.table, person)
        if user is None or not sight_of(hand.world.table, user.current()).sees(ticket):
            raise Invalid("Nobody who may see this ticket has this id.", field=f"mentions.{place}")
    entry = hand.entry("noted", note=text).model_copy(update={"mentions": mentions})
    hand.world.table.transact([store.noted(ticket, entry), *store.told(ticket, entry)])
    return entry


def merge(hand: Hand, ticket_id: str, into_id: str) -> Ticket:
    """Closes a duplicate in favour of another ticket; both histories say so. Raises TicketMissing, NotYours, Invalid."""
    if ticket_id == into_id:
        raise Invalid("A ticket cannot be merged into itself.", field="into")
    duplicate = hand.sight.work_on(hand.world.table, ticket_id)
    kept = hand.sight.work_on(hand.world.table, into_id)
    if kept.is_closed:
        raise Invalid("The ticket that stays must not be closed.", field="into")
    after = changes.closed(duplicate, hand.now, "Duplicate").model_copy(update={"merged_into": kept.id})
    tags = tuple(dict.fromkeys([*kept.tags, *duplicate.tags]))
    note = hand.entry("took_in", reason=duplicate.id)
    also = store.changed(kept, kept.model_copy(update={"tags": tags}), note)
    commit(hand.world, duplicate, after, hand.entry("merged", reason=kept.id), also)
    _serve(hand, duplicate, after)
    return store.get(hand.world.table, kept.id)


def hand_of(world: World, user: CurrentUser) -> Hand:
    """The hand of whoever asks."""
    return Hand(world, sight_of(world.table, user))


def take_over(hand: Hand, ticket_id: str) -> Ticket:
    """Silences the bot: when this answers, nothing it had decided can still leave. Raises TicketMissing, NotYours."""
    ticket = hand.sight.work_on(hand.world.table, ticket_id)
    if ticket.is_closed:
        raise Conflict("A closed ticket has no conversation to take over.", code="ticket_closed")
    _own(hand, ticket, OwnerKind.AGENT, ticket.agent_id or hand.sight.user.id, hand.entry("taken_over"))
    return ticket


def hand_back(hand: Hand, ticket_id: str) -> Ticket:
    """Lets workflows speak in the conversation again; the ticket stays where it is. Raises TicketMissing, NotYours."""
    ticket = hand.sight.work_on(hand.world.table, ticket_id)
    _own(hand, ticket, OwnerKind.NOBODY, "", hand.entry("handed_back"))
    return ticket


def block(hand: Hand, ticket_id: str, *, blocked: bool) -> Ticket:
    """Puts the customer on WhatsApp's block list, or takes them off. Raises TicketMissing, NotYours, BlockRefused."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    blocking.set_blocked(hand.world, before.conversation_id, blocked=blocked)
    if before.blocked == blocked:
        return before
    after = _sorted_out(hand, before, blocked or None).model_copy(update={"blocked": blocked})
    done = commit(hand.world, before, after, hand.entry("blocked" if blocked else "unblocked"))
    _serve(hand, before, done)
    return done


def _own(hand: Hand, ticket: Ticket, owner: OwnerKind, owner_id: str, entry: HistoryEntry) -> None:
    def also(conversation: Conversation) -> list[Operation]:
        if (conversation.owner, conversation.owner_id) == (owner, owner_id):
            return []
        return [store.noted(ticket, entry), *store.told(ticket, entry)]

    ownership.take(hand.world.table, ticket.conversation_id, owner, owner_id, clock=hand.world.clock, also=also)


def _give(hand: Hand, before: Ticket, agent_id: str, entry: HistoryEntry, *, beyond_capacity: bool) -> Ticket:
    after = changes.assigned(before, agent_id, hand.now)
    more = agents.given_one(agent_id, hand.now)
    if not beyond_capacity:
        agent = agents.get(hand.world.table, agent_id)
        limit = agent.limit(settings.load(hand.world.table).capacity)
        if agent.load >= limit:
            raise AgentFull(agent_id)
        room = Attr("load").not_exists() | Attr("load").lt(limit)
        more = Update(more.key, add=more.add, set=more.set, condition=room)
    also: list[Operation] = [more]
    if before.in_hand and before.agent_id == agent_id:
        also = []
    given = hand_over(hand.world, before, after, entry, also)
    _serve(hand, before, after)
    return given


def _serve(hand: Hand, before: Ticket, after: Ticket) -> None:
    """Somebody may have room now, or a ticket waits now."""
    if after.in_line:
        assignment.drain(hand.world, [after.queue_id])
    if before.in_hand and (not after.in_hand or after.agent_id != before.agent_id):
        assignment.drain_for(hand.world, before.agent_id)


def _sorted_out(hand: Hand, ticket: Ticket, spam: bool | None) -> Ticket:
    """Marked as spam, or no spam after all."""
    if spam is None or spam == ticket.spam:
        return ticket
    if spam:
        return changes.marked_spam(ticket, hand.now)
    return changes.cleared_of_spam(ticket, queues.get(hand.world.table, ticket.queue_id), hand.now)


def _require_label(hand: Hand, wished: str) -> None:
    known = [label.name for label in settings.load(hand.world.table).labels]
    if known and wished not in known:
        raise Invalid(f"Choose one of: {', '.join(known)}.", field="label")


def pending_lasts(world: World) -> timedelta:
    """How long a pending ticket waits for the customer."""
    return timedelta(minutes=settings.load(world.table).pending_closes_after_minutes)


def _disposition(hand: Hand, ticket: Ticket, wished: str) -> str:
    """What the ticket may be ended with: one of the queue's own, when it has some."""
    known = queues.get(hand.world.table, ticket.queue_id).dispositions
    if known and wished not in known:
        raise Invalid(f"Choose one of: {', '.join(known)}.", field="disposition")
    return wished
