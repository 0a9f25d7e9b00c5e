"""Every route that changes something is in the audit log, or is told elsewhere by name; a test walks them."""

from app import app
from chalicelib.access.permissions import Permission
from chalicelib.http import noting
from chalicelib.http.operations import Operation


def _operations() -> list[Operation]:
    return [entry.view_function.operation for entries in app.routes.values() for entry in entries.values()]


def _told(operation: Operation) -> list[str]:
    """Where a call of the route is told."""
    places = {
        "audit log, by the border": noting.is_noted(operation),
        "audit log, with the change": operation.name in noting.WITH_THE_CHANGE,
        "a history": noting.is_in_a_history(operation),
        "nowhere: it only reads": isinstance(operation.permission, Permission)
        and operation.permission.value.endswith(":read")
        and operation.name not in noting.READS_THAT_LEAVE,
        "nowhere: a visitor, or signing in": not isinstance(operation.permission, Permission),
    }
    return [place for place, is_there in places.items() if is_there]


def test_every_changing_route_is_told_in_one_place() -> None:
    for each in _operations():
        if each.method != "GET":
            assert len(_told(each)) == 1, (each.name, _told(each))


def test_routes_that_change_nothing_of_ours_but_write_to_the_outside_leave_a_line() -> None:
    noted = {each.name for each in _operations() if noting.is_noted(each)}
    assert {"repeat_invitation", "test_webhook", "replay_deliveries", "refresh_channel", "send_campaign_test"} <= noted


def test_settings_channels_templates_campaigns_workflows_and_groups_leave_a_line() -> None:
    noted = {each.name for each in _operations() if noting.is_noted(each)}
    assert {
        "replace_converse_settings", "set_campaign_rules", "set_campaign_prices", "connect_channel", "change_channel",
        "delete_template", "launch_campaign", "approve_campaign", "export_campaign", "create_definition",
        "set_definition_status", "put_workflow_secret", "delete_group", "delete_contact", "import_contacts",
        "replace_queue", "create_subaccount", "change_agent",
    } <= noted  # fmt: skip


def test_the_names_that_are_told_elsewhere_are_routes() -> None:
    assert {
        each.name for each in _operations()
    } >= noting.WITH_THE_CHANGE | noting.IN_HISTORIES_ALONE | noting.READS_THAT_LEAVE
