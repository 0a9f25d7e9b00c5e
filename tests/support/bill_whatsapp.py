"""WhatsApp as tests/support/bill.py plays it: it takes what is sent, and says what becomes of it in signed POSTs."""

import json
from datetime import datetime
from typing import Any

from chalicelib.whatsapp.signature import sign
from infra.bill.meter import Meter
from tests.fakes import FakeMeta
from tests.support.campaigns import Clock

SECRET = "app-secret"


class Whatsapp(FakeMeta):
    """WhatsApp, and when it took each message."""

    def __init__(self, clock: Clock, meter: Meter) -> None:
        super().__init__(name=wamid)
        self._clock, self._meter = clock, meter
        self.times: list[datetime] = []

    def send(self, request: Any) -> Any:
        self.times.append(self._clock())
        self._meter.took("whatsapp")
        return super().send(request)


def wamid(number: int) -> str:
    """As long as WhatsApp's."""
    return f"wamid.HBgKNjU5MTAwMDAwMBUCABEYEjQ1{number:032d}"


def status_of(number: int, said: dict[str, Any], status: str, at: datetime) -> dict[str, Any]:
    return {
        "id": wamid(number + 1), "status": status, "timestamp": str(int(at.timestamp())),
        "recipient_id": str(said["to"]).lstrip("+"), "biz_opaque_callback_data": said["biz_opaque_callback_data"],
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"},
    }  # fmt: skip


def posted(statuses: list[dict[str, Any]]) -> dict[str, Any]:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "6580000000", "phone_number_id": "100"},
        "statuses": statuses,
    }
    entry = {"id": "200", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":"))
    headers = {"content-type": "application/json", "x-hub-signature-256": sign(SECRET, body.encode())}
    context = {"http": {"method": "POST", "path": "/webhook"}}
    return {"version": "2.0", "requestContext": context, "headers": headers, "body": body, "isBase64Encoded": False}
