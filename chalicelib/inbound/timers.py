"""The minute's run: everything due, in whatever room, and a look after agents who have gone."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.automation import due as workflows_due
from chalicelib.automation import triggered, wired
from chalicelib.channels import refreshing
from chalicelib.conversations import unconfirmed
from chalicelib.conversations.sends import service as sends
from chalicelib.converse import due
from chalicelib.converse.agents import presence
from chalicelib.converse.tickets import alarms
from chalicelib.inbound import released
from chalicelib.timers.run import Subscriber, run
from chalicelib.webhooks import waking as webhooks
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="timers")

LOOK_EVERY = timedelta(seconds=15)
LOOKS = 4
"""A vanished agent's tickets must be back within 60 s and 45 of them are grace, so a look a minute would be too few."""


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
    return {
        alarms.KIND: partial(due.ring, world=here),
        unconfirmed.KIND: partial(unconfirmed.give_up, table=here.table, clock=here.clock),
        wired.WAIT_TIMER: partial(workflows_due.wait_is_over, world=here),
        wired.DELETE_TIMER: partial(workflows_due.delete, world=here),
        triggered.WINDOW_TIMER: partial(triggered.window_is_closing, world=here),
        wired.RELEASE_TIMER: partial(released.again, world=here),
        webhooks.KIND: partial(webhooks.again, world=here),
        refreshing.KIND: partial(refreshing.again, world=here),
        sends.KIND: partial(sends.due, world=here),
    }
