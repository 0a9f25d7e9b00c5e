"""What tests put in the place of the world outside."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.whatsapp.http import HttpRequest, HttpResponse, HttpStream

Answer = HttpResponse | Exception


@dataclass
class FakeMeta:
    """Meta at the end of the wire: accepts messages and names them, unless `answer` says otherwise."""

    answer: Callable[[dict[str, Any]], Answer | None] = lambda _: None
    accepted: list[dict[str, Any]] = field(default_factory=list)
    name: Callable[[int], str] = lambda number: f"wamid.{number}"
    """The id of the n-th message."""

    def send(self, request: HttpRequest) -> HttpResponse:
        body = json.loads(request.body or b"{}")  # type: ignore[arg-type]
        special = self.answer(body)
        if isinstance(special, Exception):
            raise special
        if special is not None:
            return special
        self.accepted.append(body)
        wamid = self.name(len(self.accepted))
        answer = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": body.get("to"), "wa_id": str(body.get("to", "")).lstrip("+")}],
            "messages": [{"id": wamid, "message_status": "accepted"}],
        }
        return HttpResponse(200, {}, json.dumps(answer).encode())

    def stream(self, request: HttpRequest) -> AbstractContextManager[HttpStream]:
        raise NotImplementedError


def meta_error(code: int, status: int = 400) -> HttpResponse:
    error = {"message": f"(#{code})", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return HttpResponse(status, {}, json.dumps({"error": error}).encode())
