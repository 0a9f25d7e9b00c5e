"""`SMS`, `VoiceMessage`, `WaitForDTMF`: read on import, kept, and refused at enable: no such channel is connected."""

from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from chalicelib.automation.steps.commands import Command, StepFailed
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class SmsInputs(StepInputs):
    sub_account_id: str
    destination: str
    text: str
    source: str | None = None
    country: str | None = None
    client_message_id: str | None = None
    encoding: str | None = None
    scheduled: str | None = None
    expiry: str | None = None
    dlr_callback_url: str | None = None


class VoiceInputs(StepInputs):
    action: Literal["say", "say&capture", "playFile"] = "say"
    params: dict[str, JsonValue]
    sub_account_id: str | None = None
    client_request_id: str | None = None


class DtmfInputs(StepInputs):
    dtmf_request_id: str | None = None
    correlation_id: str | None = None
    timeout: str | int | None = None


def refuse(inputs: StepInputs, now: datetime) -> Command:
    raise StepFailed("The channel of this step is not connected.")


SMS = StepType(
    name="SMS",
    kind=Kind.NOT_CONNECTED,
    description="Sends an SMS.",
    inputs=SmsInputs,
    decide=refuse,
    outputs=("requestId", "umid", "status", "description", "destination", "encoding", "clientMessageId"),
)
VOICE_MESSAGE = StepType(
    name="VoiceMessage",
    kind=Kind.NOT_CONNECTED,
    description="Makes a call.",
    inputs=VoiceInputs,
    decide=refuse,
    outputs=("response",),
)
WAIT_FOR_DTMF = StepType(
    name="WaitForDTMF",
    kind=Kind.NOT_CONNECTED,
    description="Waits for keys pressed in a call.",
    inputs=DtmfInputs,
    decide=refuse,
    outputs=("dtmfData",),
)
