"""A channel's health and templates are read from Meta once a day: webhooks may be lost, and some facts have none."""

from datetime import timedelta

from aws_lambda_powertools import Logger

from chalicelib.channels import service, store
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Update
from chalicelib.problems import Problem
from chalicelib.timers import kinds
from chalicelib.timers import store as timers
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

EVERY = timedelta(days=1)
AFTER_A_FAILURE = timedelta(hours=1)
log = Logger(service="channels")


def plan(world: World, channel_id: str, after: timedelta = EVERY) -> None:
    """Sets the next reading. It takes the place of one that was set before: that one finds another time on the channel."""
    due_at = world.clock() + after
    timer = Timer(id=f"channel.{channel_id}", kind=kinds.CHANNEL, subject=channel_id, due_at=due_at)
    noted = Update(keys.channel(channel_id), set={"refresh_at": stamp(due_at)}, condition=store.EXISTS)
    world.table.transact([timers.armed(timer, world.clock()), noted])


def again(timer: Timer, world: World) -> None:
    """The day is over. Harmless when repeated: a second reading finds the same."""
    try:
        channel = store.get(world.table, timer.subject)
    except store.ChannelMissing:
        return
    if not _is_the_one(timer, channel):
        return
    try:
        service.refresh(world, channel.id)
    except Problem as problem:  # Meta is down, or the token is: somebody may mend it meanwhile
        log.warning("not refreshed", channel_id=channel.id, code=problem.problem_code)
        plan(world, channel.id, AFTER_A_FAILURE)
        return
    plan(world, channel.id)


def _is_the_one(timer: Timer, channel: Channel) -> bool:
    return channel.refresh_at is not None and stamp(channel.refresh_at) == stamp(timer.due_at)
