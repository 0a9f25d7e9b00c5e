"""A workflow hands its conversation to the agents: a ticket, in the queue and with the note it asks for."""

from chalicelib.automation.steps.commands import HandOver, StepFailed
from chalicelib.conversations.model import Conversation
from chalicelib.converse import handed_over
from chalicelib.problems import Conflict, Invalid
from chalicelib.wiring import World


def hand_over(world: World, conversation: Conversation, wanted: HandOver, key: str) -> str:
    """The id of the conversation's unclosed ticket, opened if there is none. Harmless when repeated. Raises StepFailed."""
    asked = (wanted.queue or "", wanted.priority or "", wanted.note or "")
    try:
        return handed_over.hand_over(world, conversation.id, *asked, key)
    except (Invalid, Conflict) as problem:
        raise StepFailed(problem.message) from problem
    except handed_over.TicketContended as busy:
        raise StepFailed(busy.message, transient=True) from busy
