"""The minute's run: everything due, in whatever room, and a look after agents who have gone."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.converse.agents import presence
from chalicelib.inbound.later import Later
from chalicelib.timers import kinds
from chalicelib.timers.run import Subscriber, run
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="timers")

LOOK_EVERY = timedelta(seconds=15)
LOOKS = 4
"""A vanished agent's tickets must be back within 60 s and 45 of them are grace, so a look a minute would be too few."""

DUE: Mapping[str, Later] = {
    kinds.TICKET: Later("chalicelib.converse.due", "ring"),
    kinds.UNCONFIRMED_MESSAGE: Later("chalicelib.conversations.unconfirmed", "give_up"),
    kinds.WORKFLOW_WAIT: Later("chalicelib.automation.due", "wait_is_over"),
    kinds.WORKFLOW_DELETE: Later("chalicelib.automation.due", "delete"),
    kinds.WORKFLOW_WINDOW: Later("chalicelib.automation.triggered", "window_is_closing"),
    kinds.MESSAGE_RELEASED: Later("chalicelib.inbound.released", "again"),
    kinds.WEBHOOK: Later("chalicelib.webhooks.waking", "again"),
    kinds.CHANNEL: Later("chalicelib.channels.refreshing", "again"),
    kinds.SEND: Later("chalicelib.conversations.sends.service", "due"),
}
"""Kind → what is called with a timer and the world. Most minutes nothing is due, and then none of these rooms is loaded."""


@bp.schedule("rate(1 minute)", name="timers")
def timers(event: Any) -> None:
    """EventBridge, every minute. The function's timeout leaves 10 s behind the last look."""
    minute(world(), time.sleep)


def minute(here: World, sleep: Callable[[float], None]) -> None:
    """One minute's work. While nobody is at work it is one look and one run: the platform costs nothing at night."""
    begun, finished = here.clock(), False
    for look in range(1, LOOKS + 1):
        at_work = presence.watch(here)
        if not finished:
            ran = run(here.table, subscribers(here), here.clock, until=begun + look * LOOK_EVERY)
            finished = ran.finished
            log.info("timers", done=ran.done, finished=finished)
        if look == LOOKS or (finished and not at_work):
            return
        ahead = (begun + look * LOOK_EVERY - here.clock()).total_seconds()
        sleep(max(ahead, 0))


def subscribers(here: World) -> Mapping[str, Subscriber]:
    """Who is called for which kind of timer."""

    def called(function: Later) -> Subscriber:
        return lambda timer: function(timer, here)

    return {kind: called(function) for kind, function in DUE.items()}
