"""What AWS calls: the step function, by every workflow's state machine, and the trigger function, by schedules."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.automation.instances import runner
from chalicelib.automation.wired import automation
from chalicelib.wiring import world

bp = Blueprint(__name__)
log = Logger(service="step")


@bp.lambda_function(name="step")
def step(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One invocation by a state machine: `{step, phase, state, execution, token?}`."""
    answer = runner.handle(event, automation(world()).ports)
    log.info(
        "step",
        instance=event["state"]["instance"],
        branch=event["state"].get("branch"),
        step=event["step"],
        phase=event["phase"],
        next=answer["next"],
    )
    return answer


@bp.lambda_function(name="trigger")
def trigger(event: dict[str, Any], context: Any) -> dict[str, str | None]:
    """EventBridge Scheduler: `{v, definition_id, at}`; a call that is repeated has the same `at`."""
    from chalicelib.automation import triggered  # what a step never needs: not worth a part of each of its cold starts

    here = world()
    started = triggered.scheduled(here, event["definition_id"], triggered.meant_for(event["at"], here.clock()))
    log.info("trigger", definition_id=event["definition_id"], instance=started)
    return {"instance": started}
