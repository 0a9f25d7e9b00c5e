"""Sending. A send returns an Outcome and never raises for what the network or Meta did."""

from typing import TYPE_CHECKING, Any, Literal

from chalicelib.whatsapp import outcome
from chalicelib.whatsapp.calls.base import Calls
from chalicelib.whatsapp.http import AnswerLost, NothingSent
from chalicelib.whatsapp.outcome import Ambiguous, NotSent, Outcome

if TYPE_CHECKING:
    from chalicelib.whatsapp.messages import Outbound  # its models are a tenth of a cold start

ProductPolicy = Literal["CLOUD_API_FALLBACK", "STRICT"]


class MessageCalls(Calls):
    """Messages out, and the marks on messages that came in."""

    def send(self, phone_number_id: str, message: "Outbound") -> Outcome:
        """Sends one message. Never retried, here or below: after Ambiguous a second send may be a second message."""
        return self._send(f"{phone_number_id}/messages", message, {})

    def send_marketing(
        self,
        phone_number_id: str,
        message: "Outbound",
        *,
        product_policy: ProductPolicy | None = None,
        message_activity_sharing: bool | None = None,
    ) -> Outcome:
        """Sends a marketing template by the Marketing Messages API."""
        extra = {"product_policy": product_policy, "message_activity_sharing": message_activity_sharing}
        given = {key: value for key, value in extra.items() if value is not None}
        return self._send(f"{phone_number_id}/marketing_messages", message, given)

    def mark_read(self, phone_number_id: str, wamid: str, *, typing: bool = False) -> None:
        """Marks the message and all before it as read; with `typing` the customer sees the dots."""
        from chalicelib.whatsapp.messages import mark_read_json

        self.call("POST", f"{phone_number_id}/messages", body=mark_read_json(wamid, typing=typing))

    def _send(self, path: str, message: "Outbound", extra: dict[str, Any]) -> Outcome:
        from chalicelib.whatsapp.messages import to_json

        body = to_json(message) | extra
        try:
            return outcome.of_response(self.transport.send(self.endpoint.request("POST", path, body=body)))
        except NothingSent as error:
            return NotSent(error.reason)
        except AnswerLost as error:
            return Ambiguous(error.reason)
