"""How a webhook is woken: when something waits for it, and when its time to be tried again has come."""

from collections.abc import Iterable

from chalicelib.cloud.queues import QueueMessage, Queues
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

VERSION = 1


def wake(queues: Queues, webhook_ids: Iterable[str], cause: str) -> None:
    """Something waits for these webhooks. A webhook is a FIFO group: one worker at a time, and a slow one holds up no other."""
    queues.send_all(
        "webhooks",
        [
            QueueMessage(f'{{"v":{VERSION},"webhook_id":"{each}"}}', group=each, deduplication_id=f"{each}.{cause}")
            for each in webhook_ids
        ],
    )


def again(timer: Timer, world: World) -> None:
    """The timer of a webhook."""
    wake(world.queues, [timer.subject], world.new_id())
