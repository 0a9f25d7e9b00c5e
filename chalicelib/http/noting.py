"""Who did what: each change over the API leaves a line in the audit log, written here for every route at once.

The line is written before the route acts and says afterwards how it ended: a process that is killed in between leaves
`attempted`, and never a change without its line. A line that cannot be written means that nothing is done.

Not those that are told better elsewhere: routes that store their line with the change itself, and the daily work at desk and
contacts, which tickets, contacts, messages and workflow instances keep in histories of their own. A file says who
uploaded it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.access import store
from chalicelib.access.model import CurrentUser, Outcome
from chalicelib.access.permissions import Permission
from chalicelib.http.errors import problem_of
from chalicelib.http.operations import Operation
from chalicelib.http.replies import Reply
from chalicelib.wiring import World

WITH_THE_CHANGE = frozenset(
    {
        "invite_user", "change_user", "create_api_key", "revoke_api_key", "erase_person", "export_person",
        "export_message_log", "set_retention", "redrive_dead_letters", "create_webhook", "change_webhook", "delete_webhook",
        "rotate_webhook_secret",
    }
)  # fmt: skip
"""Routes that store their line with the change, with details that only they know."""
IN_HISTORIES = frozenset({Permission.TICKETS_WRITE, Permission.MESSAGES_SEND, Permission.WORKFLOWS_RUN})
"""Permissions whose routes are told in a history of the thing itself."""
IN_HISTORIES_ALONE = frozenset(
    {
        "create_contact", "change_contact", "record_consent", "blacklist_msisdn", "add_customer_note",
        "replace_customer_note", "delete_customer_note", "add_media", "begin_media_upload", "complete_media_upload",
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
    return not reads and operation.name not in WITH_THE_CHANGE and not is_in_a_history(operation)


def is_in_a_history(operation: Operation) -> bool:
    """Whether what this route does is told by the thing it does it to."""
    return operation.permission in IN_HISTORIES or operation.name in IN_HISTORIES_ALONE


def noted(
    operation: Operation, user: CurrentUser | None, given: Mapping[str, str], world: World, call: Callable[[], Any]
) -> Any:
    """Calls the view, with its line around it. What is made is named by its id once it has one."""
    if user is None or not is_noted(operation):
        return call()
    target = "/".join(value for name, value in given.items() if name != "accountId")
    entry = store.entry_of(user, operation.name, target, now=world.clock(), entry_id=world.new_id())
    store.audit_attempt(world.table, entry)
    try:
        result = call()
    except Exception as error:
        if problem_of(error) is not None:  # else nobody knows how far it came
            store.audit_settle(world.table, entry, Outcome.REFUSED)
        raise
    store.audit_settle(world.table, entry, Outcome.DONE, target=target or _id_of(result))
    return result


def _id_of(result: Any) -> str:
    made = result.body if isinstance(result, Reply) else result
    return str(getattr(made, "id", ""))
