"""Every route that changes something is in the audit log, or is told elsewhere by name; a test walks them."""

from app import app
from chalicelib.access.permissions import Permission
from chalicelib.http import noting
from chalicelib.http.operations import Operation


def _operations() -> list[Operation]:
    return [entry.view_function.operation for entries in app.routes.values() for entry in entries.values()]


def test_every_changing_route_leaves_a_line_or_is_told_elsewhere_by_name() -> None:
    for each in _operations():
        if each.method == "GET" or not isinstance(each.permission, Permission):
            continue
        told = each.permission in noting.ELSEWHERE or each.name in noting.ELSEWHERE_ALONE
        reads = each.permission.value.endswith(":read")
        assert noting.is_noted(each) or told or reads, each.name


def test_settings_channels_templates_campaigns_workflows_and_groups_leave_a_line() -> None:
    noted = {each.name for each in _operations() if noting.is_noted(each)}
    assert {
        "replace_converse_settings", "set_campaign_rules", "set_campaign_prices", "connect_channel", "change_channel",
        "delete_template", "launch_campaign", "approve_campaign", "export_campaign", "create_definition",
        "set_definition_status", "put_workflow_secret", "delete_group", "delete_contact", "import_contacts",
        "replace_queue", "create_subaccount", "change_agent",
    } <= noted  # fmt: skip


def test_the_names_that_are_told_elsewhere_are_routes() -> None:
    assert {*noting.ELSEWHERE_ALONE, *noting.READS_THAT_LEAVE} <= {each.name for each in _operations()}
