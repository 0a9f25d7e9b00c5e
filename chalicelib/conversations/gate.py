"""The way out and the desk before it, built from the world of this process."""

from datetime import timedelta

from chalicelib.channels.model import Channel
from chalicelib.conversations import window
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.pacing import Pacer
from chalicelib.conversations.replies import Desk
from chalicelib.whatsapp.messages import Outbound
from chalicelib.whatsapp.outcome import Outcome
from chalicelib.wiring import World


def gate(world: World) -> Gate:
    """The outbound gate. Build it once per process: its pacer holds the slots its threads share."""

    def deliver(channel: Channel, message: Outbound) -> Outcome:
        return world.whatsapp(channel.waba_id).send(channel.phone_number_id, message)

    return Gate(
        table=world.table,
        pacer=Pacer(world.table, world.clock),
        deliver=deliver,
        clock=world.clock,
        new_id=world.new_id,
        window_margin=_margin(world),
    )


def desk(world: World) -> Desk:
    """What submitting a reply needs."""
    return Desk(world.table, world.queues, world.clock, _margin(world))


def _margin(world: World) -> timedelta:
    s = world.settings
    return window.margin(s.graph_connect_timeout_seconds, s.graph_read_timeout_seconds)
