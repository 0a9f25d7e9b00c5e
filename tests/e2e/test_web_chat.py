"""A web chat on the packaged stack: its page in a frame's headers, a visitor's question, an agent's answer, the ticks."""

import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.e2e.conftest import Answer, Json, eventually, request

Call = Callable[..., Answer]


def test_a_visitor_asks_and_an_agent_answers(stack: Json, api: Call, agent: Call) -> None:
    site, mark = stack["api_url"], uuid4().hex[:8]
    subaccount = api("GET", "/subaccounts").body["items"][0]["id"]
    draft = {"subaccountId": subaccount, "name": f"Chat {mark}", "allowedOrigins": [site], "greeting": "Hello!"}
    chat = api("POST", "/channels/webchat", draft).body["id"]
    assert agent("PUT", "/agents/me/presence", {"presence": "available"}).status == 200

    def visitor(method: str, path: str, body: Any = None, token: str = "") -> Answer:
        headers = {"Content-Type": "application/json", **({"X-Chat-Session": token} if token else {})}
        return request(method, f"{site}/api/v1/webchat/{chat}{path}", body, headers)

    assert visitor("POST", "/sessions", {"origin": "https://phish.example"}).status == 403
    begun = visitor("POST", "/sessions", {"origin": site})
    assert (begun.status, begun.body["greeting"]) == (201, "Hello!")
    token = begun.body["token"]
    question = f"Do you ship to Norway? {mark}"
    for _ in range(2):
        assert visitor("POST", "/messages", {"id": f"question-{mark}", "text": question}, token).status == 202

    ticket = eventually(lambda: _ticket(agent, question))
    assert (ticket["channelType"], ticket["messageCount"], ticket["window"]["open"]) == ("webchat", 1, True)
    cursor = agent("GET", "/changes").body["cursor"]
    if ticket["agentId"] == "":
        assert agent("POST", f"/tickets/{ticket['id']}/claim").status == 200
    answer = {"message": {"type": "text", "text": {"body": "Yes, within five days."}}}
    assert agent("POST", f"/tickets/{ticket['id']}/messages", answer).status == 202
    told = eventually(lambda: _said(visitor, token, 2))
    assert [(each["from"], each["text"]) for each in told] == [("visitor", question), ("us", "Yes, within five days.")]
    assert visitor("POST", "/seen", {"position": told[-1]["position"]}, token).status == 204
    newest = agent("GET", f"/tickets/{ticket['id']}/messages").body["items"][0]
    assert newest["status"] == "read"
    eventually(lambda: _heard(agent, cursor, ticket["conversationId"]))


def test_its_page_may_stand_in_a_frame_and_the_portals_may_not(stack: Json) -> None:
    with urllib.request.urlopen(f"{stack['api_url']}/chat/widget.html", timeout=20) as page:
        assert b'id="log"' in page.read()
        assert "frame-ancestors http: https:" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] is None
    with urllib.request.urlopen(f"{stack['api_url']}/inbox", timeout=20) as portal:
        assert portal.headers["X-Frame-Options"] == "DENY"


def _ticket(agent: Call, question: str) -> Json | None:
    for view in ("mine", "unassigned"):
        for ticket in agent("GET", f"/tickets?view={view}").body["items"]:
            if ticket["preview"] == question:
                return dict(ticket)
    return None


def _said(visitor: Call, token: str, count: int) -> list[Json] | None:
    items = visitor("GET", "/messages", None, token).body["items"]
    return items if len(items) >= count else None


def _heard(agent: Call, cursor: str, conversation_id: str) -> bool:
    changes = agent("GET", f"/changes?since={cursor}").body["changes"]
    return ("conversation", conversation_id) in {(each["topic"], each["id"]) for each in changes}
