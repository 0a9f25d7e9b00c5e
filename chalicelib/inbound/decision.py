"""The one decision: who handles an inbound message. Pure, and its order is the order of the lines."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from chalicelib.channels.model import Channel
from chalicelib.conversations.model import OwnerKind
from chalicelib.dataclass import dataclass


class Handler(StrEnum):
    """Who gets the message."""

    NOBODY = "nobody"
    """It only enters the log: a reaction, a change of number, a welcome."""
    AGENT = "agent"
    INSTANCE = "instance"
    WORKFLOW = "workflow"
    TICKET = "ticket"


class Wish(StrEnum):
    """What the customer asked for with a whole-message keyword."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


@dataclass(frozen=True)
class Situation:
    """What the decision rests on."""

    channel: Channel
    message_type: str
    text: str
    owner: OwnerKind = OwnerKind.NOBODY
    has_ticket: bool = False
    ticket_is_resolved: bool = False
    """Its agents are done with it; a message opens it again, unless somebody else waits for one."""
    instance_id: str | None = None
    """A running or waiting workflow instance of this contact on this number."""


@dataclass(frozen=True)
class Decision:
    """Who handles it, and what the customer wished beside."""

    handler: Handler
    wish: Wish | None = None
    workflows: tuple[str, ...] = ()

    @property
    def confirms(self) -> bool:
        """Whether the platform itself answers the wish: only if no workflow took the message."""
        return self.wish is not None and self.handler not in {Handler.WORKFLOW, Handler.INSTANCE}


_SILENT = {"reaction", "system", "request_welcome", "edit", "revoke"}


def decide(situation: Situation, workflows: Callable[[], tuple[str, ...]] = tuple) -> Decision:
    """Who handles the message. `workflows` answers the enabled definitions that it would start.

    To know them, every enabled definition runs its first steps: asked only where it matters.
    """
    if situation.message_type in _SILENT:
        return Decision(Handler.NOBODY)
    wish = wish_of(situation.text, situation.channel)
    # A workflow that asks how it was speaks after the ticket was resolved: the answer is its.
    agents_are_done = situation.ticket_is_resolved and situation.instance_id is not None
    if situation.owner is OwnerKind.AGENT and situation.has_ticket and not agents_are_done:
        return Decision(Handler.AGENT, wish)
    if situation.instance_id:
        return Decision(Handler.INSTANCE, wish)
    if situation.has_ticket and situation.channel.first == "agent":
        return Decision(Handler.AGENT, wish)
    if starting := workflows():
        return Decision(Handler.WORKFLOW, wish, starting)
    if situation.has_ticket:
        return Decision(Handler.AGENT, wish)
    # STOP alone asks nothing of an agent: the platform records and confirms it.
    return Decision(Handler.NOBODY if wish else Handler.TICKET, wish)


def wish_of(text: str, channel: Channel) -> Wish | None:
    """The wish a message is, when the whole of it is one of the channel's words."""
    word = normal(text)
    if not word:
        return None
    if word in _normal(channel.opt_out_words):
        return Wish.OPT_OUT
    if word in _normal(channel.opt_in_words):
        return Wish.OPT_IN
    return None


@lru_cache(maxsize=64)
def _normal(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(normal, words))


def normal(text: str) -> str:
    """A keyword as it is compared: no case, no punctuation around it, single spaces, letters however they are put together.

    >>> normal("  STOP!! ")
    'stop'
    >>> normal("Opt-Out.")
    'opt-out'
    """
    return " ".join(re.sub(r"^\W+|\W+$", "", unicodedata.normalize("NFKC", text).casefold()).split())
