"""Routes of what holds for the whole of Converse."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.converse import settings
from chalicelib.converse.dashboard.live import Dashboard, dashboard
from chalicelib.converse.settings import DeskSettings, DeskSettingsDraft
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets.model import Status
from chalicelib.converse.tickets.transitions import TRANSITIONS, Act
from chalicelib.http.endpoint import endpoint
from chalicelib.problems import Invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class Transition(Shape):
    """In this status, when this happens, it becomes that status."""

    status: Status
    act: Act
    becomes: Status


@endpoint(bp, "GET", "/api/v1/converse/settings", permission=Permission.SETTINGS_READ)
def get_converse_settings(world: World) -> DeskSettings:
    """Reads timers, capacity, dispositions and aux codes."""
    return settings.load(world.table)


@endpoint(bp, "PUT", "/api/v1/converse/settings", permission=Permission.SETTINGS_WRITE)
def replace_converse_settings(body: DeskSettingsDraft, if_match: int | None, world: World) -> DeskSettings:
    """Writes the settings anew; If-Match names the version that was read, and another one is refused."""
    if if_match is None:
        raise Invalid("Say in If-Match which version you have read: the ETag of the settings.", field="If-Match")
    return settings.save(world.table, body, over=if_match)


@endpoint(bp, "GET", "/api/v1/converse/dashboard", permission=Permission.REPORTS_READ)
def get_dashboard(user: CurrentUser, world: World) -> Dashboard:
    """Tells what waits, what is in hand and who is there, in the queues the caller answers for."""
    return dashboard(world.table, sight_of(world.table, user), world.clock())


@endpoint(bp, "GET", "/api/v1/converse/transitions", permission=Permission.TICKETS_READ)
def get_ticket_transitions() -> list[Transition]:
    """Publishes the table of a ticket's life: what is not in it is refused."""
    return [Transition(status=status, act=act, becomes=becomes) for (status, act), becomes in TRANSITIONS.items()]
