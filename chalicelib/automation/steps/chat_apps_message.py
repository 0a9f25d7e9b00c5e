"""`ChatAppsMessage`: sends a WhatsApp message. Inputs as in the send API."""

from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps import user, whatsapp_message
from chalicelib.automation.steps.commands import Send
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    sub_account_id: Annotated[str, shown("Subaccount", "subaccount")]
    user: Annotated[dict[str, JsonValue], shown("Person", "person")]
    type: Annotated[str, shown("Type", "choice", whatsapp_message.TYPES)]
    content: Annotated[dict[str, JsonValue], shown("Content", "message")]
    client_message_id: Annotated[str | None, shown("Your id of the message", "text")] = None


def decide(inputs: Inputs, now: datetime) -> Send:
    return Send(
        sub_account_id=inputs.sub_account_id,
        user=user.parse(inputs.user),
        message=whatsapp_message.message(inputs.type, inputs.content),
        client_message_id=inputs.client_message_id,
    )


CHAT_APPS_MESSAGE = StepType(
    name="ChatAppsMessage",
    kind=Kind.ACT,
    description="Sends a message.",
    inputs=Inputs,
    decide=decide,
    outputs=("requestId", "umid", "status", "description"),
    check=lambda inputs: whatsapp_message.message(inputs.type, inputs.content),
    checked=("type", "content"),
)
