"""The inbound message and the delivery receipt as 8x8's webhooks write them: what reads those reads ours."""

from typing import Any

from chalicelib.automation import documents, messages
from chalicelib.channels.model import Channel
from chalicelib.contacts.model import Contact
from chalicelib.conversations.model import MessageStatus
from chalicelib.events.model import Event
from chalicelib.webhooks.facts import Facts

Json = dict[str, Any]

_STATES = {
    MessageStatus.QUEUED: ("queued", None),
    MessageStatus.ACCEPTED: ("sent", "delivered_to_operator"),
    MessageStatus.SENT: ("sent", "delivered_to_operator"),
    MessageStatus.DELIVERED: ("delivered", "delivered_to_recipient"),
    MessageStatus.READ: ("read", None),
    MessageStatus.PLAYED: ("read", None),
    MessageStatus.FAILED: ("undelivered", "undelivered_to_recipient"),
    MessageStatus.NOT_CONFIRMED: ("undelivered", "undelivered_to_recipient"),
}
"""`sending` and `unknown` are ours alone: there is nothing to tell yet."""

_PROVIDER_ERRORS = {
    130429: 1009, 131026: 1018, 131047: 1022, 131048: 1023, 131049: 1024, 131056: 1028, 132000: 1030, 132001: 1031,
    132015: 1035, 132016: 1036, 131050: 1051, 131062: 1054,
}  # fmt: skip
_FAILED = 15
"""Their code for a destination that cannot be written to, where Meta's has no own."""


def payload(event: Event, facts: Facts) -> Json | None:
    """The document, or None when their format has nothing to say of this event."""
    match event.type:
        case "message.received" if facts.message and facts.channel:
            return _inbound(facts, facts.channel)
        case "message.status":
            return _receipt(event, facts)
        case _:
            return None


def _inbound(facts: Facts, channel: Channel) -> Json:
    message, contact = facts.message, facts.contact
    assert message is not None
    who = contact or Contact(id="", created_at=message.at)
    document = documents.document(
        message.type, message.content, message_id=message.id, at=message.at, contact=who, channel=channel,
        reply_to=message.context_wamid,
    )  # fmt: skip
    body = document["payload"]
    user = {**body["user"], **({"channelUserId": who.bsuid} if who.bsuid else {})}
    return {"version": 3, **document, "payload": {**body, "user": user}}


def _receipt(event: Event, facts: Facts) -> Json | None:
    state, detail = _STATES.get(MessageStatus(str(event.data["status"])), ("", None))
    if not state:
        return None
    code = event.data.get("code") or (facts.message.failure.code if facts.message and facts.message.failure else None)
    status: Json = {"state": state, "detail": detail, "timestamp": messages.timestamp(event.at)}
    if state == "undelivered":
        why = facts.message.failure.text if facts.message and facts.message.failure else None
        status |= {"errorCode": _PROVIDER_ERRORS.get(int(code), _FAILED) if code else _FAILED, "errorMessage": why}
    subaccount_id = facts.channel.subaccount_id if facts.channel else event.data.get("subaccount_id")
    body: Json = {
        **_names(event, facts),
        "subAccountId": subaccount_id,
        "channel": "whatsapp",
        "user": _user(facts),
        "status": _present(status),
        "whatsapp": {"providerErrorCode": code} if code else None,
    }
    return {
        "version": 9,
        "namespace": "ChatApps",
        "eventType": "outbound_message_status_changed",
        "description": "ChatApps outbound message status changed",
        "payload": _present(body),
    }


def _names(event: Event, facts: Facts) -> Json:
    if facts.message:
        return {"umid": facts.message.id}
    row = facts.row or {}
    umid = f"{event.data.get('run_id', '')}:{event.data.get('row', '')}"
    return {"umid": umid, "batchId": event.data.get("campaign_id"), "clientMessageId": row.get("client_id")}


def _user(facts: Facts) -> Json:
    if facts.contact:
        phone, bsuid = facts.contact.phone, facts.contact.bsuid
    else:
        to = str((facts.row or {}).get("to", ""))
        phone, bsuid = (to, None) if to.startswith("+") else (None, to or None)
    return _present({"msisdn": phone, "channelUserId": bsuid or (phone or "").removeprefix("+") or None})


def _present(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}
