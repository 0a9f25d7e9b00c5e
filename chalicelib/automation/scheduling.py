"""Keeps EventBridge Scheduler as the definitions say: one schedule for each enabled one that a schedule starts.

What fires asks the definition again, so a schedule too many does no harm; one too few would. So it is put before the version is
stored and taken away after.
"""

from chalicelib.automation.definition import triggers
from chalicelib.automation.definition.model import Status, TriggerType, Workflow
from chalicelib.automation.expressions import timezones
from chalicelib.cloud.schedules import SCHEDULED_AT, ExpressionRefused, Schedules
from chalicelib.problems import Invalid


def before_storing(schedules: Schedules, definition_id: str, workflow: Workflow) -> None:
    """Sets the schedule that the version wants. Raises Invalid when Scheduler refuses it."""
    if not _wants(workflow):
        return
    wanted = triggers.inputs(workflow.trigger, workflow.trigger_inputs)
    assert isinstance(wanted, triggers.Schedule)
    payload = {"v": 1, "definition_id": definition_id, "at": SCHEDULED_AT}
    zone = str(timezones.zone(wanted.time_zone))  # Windows names too: Scheduler knows IANA's only
    try:
        schedules.repeat(_name(definition_id), wanted.expression, zone, payload)
    except ExpressionRefused as refused:
        raise Invalid(f"This schedule is not possible: {refused}", field="triggerInputs.expression") from refused


def after_storing(schedules: Schedules, definition_id: str, workflow: Workflow) -> None:
    """Takes the schedule away when the newest version wants none."""
    if not _wants(workflow):
        schedules.cancel(_name(definition_id))


def forget(schedules: Schedules, definition_id: str) -> None:
    """The definition is deleted."""
    schedules.cancel(_name(definition_id))


def _wants(workflow: Workflow) -> bool:
    return workflow.trigger is TriggerType.SCHEDULE and workflow.status is Status.ENABLED


def _name(definition_id: str) -> str:
    return f"workflow-{definition_id}"
