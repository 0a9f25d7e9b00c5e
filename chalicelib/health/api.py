"""Routes of the platform's health, for administrators."""

from chalice.app import Blueprint

from chalicelib.access import store as access
from chalicelib.access.model import CurrentUser, Outcome
from chalicelib.access.permissions import Permission
from chalicelib.health import lines, watched
from chalicelib.health.checklist import checklist
from chalicelib.health.model import HOURS, LINES, Checklist, DeadLetters, PlatformHealth, SentBack
from chalicelib.http.endpoint import endpoint
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.HEALTH_READ, Permission.HEALTH_WRITE


@endpoint(bp, "GET", "/api/v1/health/platform", permission=_READ, tag="Health")
def get_platform_health(world: World) -> PlatformHealth:
    """Tells how long the SQS queues are, what they have put aside, and how often functions failed in the last day."""
    now = world.clock()
    names = [lines.aws_name(world.queues.urls(each.name)) for each in LINES if each.is_queue]
    ages = watched.ages(world, names, now)
    return PlatformHealth(
        at=now,
        hours=HOURS,
        queues=[lines.health(world, each, ages) for each in LINES],
        functions=watched.functions(world, now),
    )


@endpoint(bp, "GET", "/api/v1/health/checklist", permission=_READ, tag="Health")
def get_checklist(world: World) -> Checklist:
    """Tells what is left to set up, from what is there."""
    return checklist(world)


@endpoint(bp, "GET", "/api/v1/health/queues/{queueName}/dead-letters", permission=_READ, tag="Health")
def list_dead_letters(queue_name: str, world: World) -> DeadLetters:
    """Shows up to ten dead letters with the error their function logged; they stay where they are."""
    line = lines.line(queue_name)
    return DeadLetters(items=watched.with_reasons(world, line, lines.peek(world, line)))


@endpoint(bp, "POST", "/api/v1/health/queues/{queueName}/redrive", permission=_WRITE, tag="Health")
def redrive_dead_letters(user: CurrentUser, queue_name: str, world: World) -> SentBack:
    """Sends dead letters back to their queue, a few hundred at a time. Twice is harmless."""
    line = lines.line(queue_name)
    entry = access.entry_of(user, "queue.redriven", queue_name, now=world.clock(), entry_id=world.new_id())
    access.audit_attempt(world.table, entry)
    sent = lines.send_back(world, line)
    access.audit_settle(world.table, entry, Outcome.DONE, detail={"messages": sent.moved})
    return sent
