"""A ticket's day on the packaged stack: it comes, is answered, told of, and rescued when its agent vanishes."""

from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import Answer, eventually

Json = dict[str, Any]
Call = Callable[..., Answer]


def test_a_ticket_is_answered_told_of_and_rescued_when_its_agent_vanishes(stack: Json, agent: Call, sim: Call) -> None:
    assert agent("PUT", "/agents/me/presence", {"presence": "available"}).status == 200
    cursor = agent("GET", "/changes").body["cursor"]
    number = stack["channels"][0]["phone_number_id"]
    text = {"phone_number_id": number, "type": "text", "text": {"body": "Do you open on Sundays?"}}
    assert sim("POST", "/customers/6591110042/messages", text).status == 200
    ticket = eventually(lambda: _mine(agent, "Do you open on Sundays?"))
    reply = {"id": "e2e-reply-0001", "message": {"type": "text", "text": {"body": "From ten to six."}}}
    assert agent("POST", f"/tickets/{ticket['id']}/messages", reply).status == 202
    eventually(lambda: _ticked(agent, ticket["id"], "e2e-reply-0001"))
    changes = eventually(lambda: agent("GET", f"/changes?since={cursor}").body["changes"])
    assert ("ticket", ticket["id"]) in {(change["topic"], change["id"]) for change in changes}

    returned = eventually(lambda: _returned(agent, ticket["id"]), seconds=130)
    assert returned["reason"] == "the agent vanished"


def _mine(agent: Call, text: str) -> Json | None:
    listed = agent("GET", "/tickets?view=mine").body["items"]
    return next((dict(ticket) for ticket in listed if ticket["preview"] == text), None)


def _ticked(agent: Call, ticket_id: str, message_id: str) -> bool:
    messages = agent("GET", f"/tickets/{ticket_id}/messages").body["items"]
    statuses = {message["id"]: message["status"] for message in messages}
    return statuses.get(message_id) in {"sent", "delivered", "read"}


def _returned(agent: Call, ticket_id: str) -> Json | None:
    """The history is still the agent's to read: the ticket waits in a queue of theirs. Reading it is no sign of life."""
    entries = agent("GET", f"/tickets/{ticket_id}/history").body["items"]
    return next((dict(entry) for entry in entries if entry["action"] == "returned"), None)
