"""Seats: how many people may be agents or supervisors. The limit is one of Converse's settings; here it is only read."""

from chalicelib.access import store
from chalicelib.access.model import User, UserState
from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.cloud.table import Table
from chalicelib.problems import Conflict

_SEATED = {Role.AGENT, Role.SUPERVISOR}


class SeatsTaken(Conflict):
    """As many people are agents or supervisors as the account has seats."""

    def __init__(self, seats: int) -> None:
        super().__init__(f"All {seats} seats are taken. Disable somebody, or raise the limit in Converse's settings.")
        self.seats = seats


def takes_seat(user: User) -> bool:
    """Whether this person takes up a seat."""
    return user.role in _SEATED and user.state is not UserState.DISABLED


def taken(table: Table) -> int:
    """How many seats are taken."""
    return sum(1 for user in store.users(table) if takes_seat(user))


def require_free(table: Table, before: User | None, after: User) -> None:
    """Raises SeatsTaken when this change needs a seat and there is none. Two at the same moment may overshoot by one."""
    if not takes_seat(after) or (before is not None and takes_seat(before)):
        return
    limit = (table.get(keys.desk_settings()) or {}).get("seats")
    if limit is not None and taken(table) >= limit:
        raise SeatsTaken(int(limit))
