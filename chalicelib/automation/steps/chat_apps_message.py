"""`ChatAppsMessage`: sends a WhatsApp message. Inputs as in the send API."""

from datetime import datetime

from pydantic import JsonValue

from chalicelib.automation.steps import user, whatsapp_message
from chalicelib.automation.steps.commands import Send
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    sub_account_id: str
    user: dict[str, JsonValue]
    type: str
    content: dict[str, JsonValue]
    client_message_id: str | None = None


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
)
