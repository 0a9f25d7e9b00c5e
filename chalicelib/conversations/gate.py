"""The way out and the desk before it, built from the world of this process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.channels.model import Channel
from chalicelib.contacts import forgotten
from chalicelib.conversations import window
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.pacing import Pacer
from chalicelib.conversations.replies import Desk
from chalicelib.media import service as files
from chalicelib.whatsapp.outcome import Outcome
from chalicelib.wiring import World

if TYPE_CHECKING:
    from chalicelib.whatsapp.messages import Message, Outbound  # its models are a tenth of a cold start

_ASK_AGAIN = timedelta(hours=1)
"""Shorter than the life that an id of Meta's still has when it is given out."""


def gate(world: World) -> Gate:
    """The outbound gate. Build it once per process: its pacer holds the slots its threads share."""

    def deliver(channel: Channel, message: "Outbound") -> Outcome:
        return world.whatsapp(channel.waba_id).send(channel.phone_number_id, message)

    return Gate(
        table=world.table,
        pacer=Pacer(world.table, world.clock),
        deliver=deliver,
        clock=world.clock,
        new_id=world.new_id,
        window_margin=_margin(world),
        with_files=_with_files(world),
        erasure_key=cache(lambda: forgotten.key_of(world.secrets)),
    )


def desk(world: World) -> Desk:
    """What submitting a reply needs."""
    return Desk(world.table, world.queues, world.clock, _margin(world))


def _with_files(world: World) -> "Callable[[Channel, Message], Message]":
    """Puts Meta's ids in the place of ours. A campaign's picture is asked for once per process, not once per message."""
    known: dict[tuple[str, str], tuple[str, datetime]] = {}

    def meta_id(channel: Channel, media_id: str) -> str:
        place, now = (media_id, channel.phone_number_id), world.clock()
        found, until = known.get(place, ("", now))
        if until <= now:
            found = files.meta_id(world, media_id, channel)
            known[place] = (found, now + _ASK_AGAIN)
        return found

    def at_meta(channel: Channel, message: "Message") -> "Message":
        from chalicelib.media import references  # as above

        return references.at_meta(message, lambda media_id: meta_id(channel, media_id))

    return at_meta


def _margin(world: World) -> timedelta:
    s = world.settings
    return window.margin(s.graph_connect_timeout_seconds, s.graph_read_timeout_seconds)
