"""The registry of step types: one file each, named as in the JSON."""

from typing import Any

from chalicelib.automation.steps.assign_ticket import ASSIGN_TICKET
from chalicelib.automation.steps.branch import BRANCH
from chalicelib.automation.steps.chat_apps_message import CHAT_APPS_MESSAGE
from chalicelib.automation.steps.consent import OPT_IN, OPT_OUT
from chalicelib.automation.steps.groups import ADD_TO_GROUP, REMOVE_FROM_GROUP
from chalicelib.automation.steps.http_request import HTTP_REQUEST
from chalicelib.automation.steps.if_ import IF
from chalicelib.automation.steps.not_connected import SMS, VOICE_MESSAGE, WAIT_FOR_DTMF
from chalicelib.automation.steps.send_template import SEND_TEMPLATE
from chalicelib.automation.steps.send_to_converse import SEND_TO_CONVERSE
from chalicelib.automation.steps.set_data import SET_DATA
from chalicelib.automation.steps.start_workflow import START_WORKFLOW
from chalicelib.automation.steps.step_type import Kind, StepType
from chalicelib.automation.steps.update_contact import UPDATE_CONTACT
from chalicelib.automation.steps.wait import WAIT
from chalicelib.automation.steps.wait_for_reply import WAIT_FOR_REPLY

__all__ = ["TYPES", "Kind", "StepType", "find"]

TYPES: tuple[StepType[Any], ...] = (
    CHAT_APPS_MESSAGE,
    SEND_TEMPLATE,
    HTTP_REQUEST,
    BRANCH,
    IF,
    SET_DATA,
    WAIT,
    WAIT_FOR_REPLY,
    SEND_TO_CONVERSE,
    ASSIGN_TICKET,
    ADD_TO_GROUP,
    REMOVE_FROM_GROUP,
    OPT_OUT,
    OPT_IN,
    UPDATE_CONTACT,
    START_WORKFLOW,
    SMS,
    VOICE_MESSAGE,
    WAIT_FOR_DTMF,
)

_BY_NAME = {one.name.lower(): one for one in TYPES}


def find(name: str) -> StepType[Any] | None:
    """The step type of a name in any casing, or None."""
    return _BY_NAME.get(name.lower())
