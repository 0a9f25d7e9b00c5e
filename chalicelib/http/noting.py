"""Who did what: each change over the API leaves a line in the audit log, written here for every route at once.

Not those that are told better elsewhere: routes that store their line with the change itself, and the daily work at desk and
contacts, which tickets, contacts, messages and workflow instances keep in histories of their own.
"""

from collections.abc import Mapping

from chalicelib.access import store
from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.http.operations import Operation
from chalicelib.wiring import World

_P = Permission
ELSEWHERE = frozenset(
    {
        _P.USERS_WRITE, _P.API_KEYS_WRITE, _P.CONTACTS_ERASE, _P.EXPORTS_WRITE, _P.WEBHOOKS_WRITE, _P.HEALTH_WRITE,
        _P.TICKETS_WRITE, _P.MESSAGES_SEND, _P.MEDIA_WRITE, _P.WORKFLOWS_RUN,
    }
)  # fmt: skip
"""Permissions whose routes are told elsewhere: in the audit log with the change, or in a history."""
ELSEWHERE_ALONE = frozenset(
    {
        "create_contact", "change_contact", "record_consent", "blacklist_msisdn", "add_customer_note",
        "replace_customer_note", "delete_customer_note", "set_retention",
    }
)  # fmt: skip
"""Single routes that are, too."""
READS_THAT_LEAVE = frozenset({"export_campaign"})
"""Routes that change nothing and take people's data out."""


def is_noted(operation: Operation) -> bool:
    """Whether a call of this route leaves a line."""
    if operation.name in READS_THAT_LEAVE:
        return True
    if operation.method == "GET" or not isinstance(operation.permission, Permission):
        return False
    reads = operation.permission.value.endswith(":read")
    return not reads and operation.permission not in ELSEWHERE and operation.name not in ELSEWHERE_ALONE


def note(operation: Operation, user: CurrentUser | None, given: Mapping[str, str], world: World) -> None:
    """Writes the line of a call that has succeeded."""
    if user is None or not is_noted(operation):
        return
    target = "/".join(value for name, value in given.items() if name != "accountId")
    entry = store.entry_of(user, operation.name, target, now=world.clock(), entry_id=world.new_id())
    world.table.put(store.audit_put(entry).item)
