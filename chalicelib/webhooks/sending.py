"""One delivery on the wire: written, signed, posted; whatever comes back is an attempt."""

import json
import time
from collections.abc import Callable
from dataclasses import field
from typing import Protocol

from chalicelib.cloud.clock import Clock
from chalicelib.cloud.table import Table
from chalicelib.dataclass import dataclass
from chalicelib.egress import Answer, NoAnswer, Request
from chalicelib.events.model import Event
from chalicelib.webhooks import compatible, payload, signing
from chalicelib.webhooks.facts import facts_of
from chalicelib.webhooks.model import Attempt, Credentials, Delivery, Format, Webhook
from chalicelib.webhooks.scope import Scopes

TIMEOUT_SECONDS = 10.0
"""As the Standard Webhooks specification has it at the least: whoever needs longer answers first and works then."""


class SecretStore(Protocol):
    """Where the credentials lie."""

    def get(self, name: str) -> str:
        """The secret's text."""


@dataclass(frozen=True)
class Sender:
    """What sending needs of the world."""

    table: Table
    ledger: Table
    secrets: SecretStore
    clock: Clock
    fetch: Callable[[Request], Answer]
    stopwatch: Callable[[], float] = field(default=time.monotonic)

    def __call__(self, webhook: Webhook, delivery: Delivery) -> Attempt | None:
        """Sends one delivery. None: this webhook's format has nothing to say of it."""
        body = self._body(webhook, delivery.event)
        return None if body is None else self.post(webhook, delivery.event.id, body)

    def post(self, webhook: Webhook, event_id: str, body: str) -> Attempt:
        """Posts a body that is written already."""
        now, begun = self.clock(), self.stopwatch()
        current = credentials(self.secrets, webhook.id, webhook.credentials)
        headers = {
            "Content-Type": "application/json",
            **signing.headers(self._keys(webhook, current), event_id, body, now),
            **({"Authorization": current.authorization} if current.authorization else {}),
        }
        status, error = None, ""
        try:
            status = self.fetch(Request("POST", webhook.url, headers, body, TIMEOUT_SECONDS, redirects=0)).status
        except NoAnswer as failed:
            error = failed.message
        return Attempt(at=now, status=status, error=error, milliseconds=round((self.stopwatch() - begun) * 1000))

    def _keys(self, webhook: Webhook, current: Credentials) -> list[str]:
        before = webhook.credentials_before
        if before is None or webhook.before_until is None or webhook.before_until <= self.clock():
            return [current.key]
        return list(dict.fromkeys([current.key, credentials(self.secrets, webhook.id, before).key]))

    def _body(self, webhook: Webhook, event: Event) -> str | None:
        facts = facts_of(self.table, self.ledger, event)
        if webhook.format is Format.COMPATIBLE:
            told = compatible.payload(event, facts)
        else:
            told = payload.payload(event, Scopes(self.table).subaccount_of(event), facts)
        return None if told is None else json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def secret_name(webhook_id: str, number: int) -> str:
    """Where a webhook's credentials of this number lie."""
    return f"webhook/{webhook_id}/{number}"


def credentials(secrets: SecretStore, webhook_id: str, number: int) -> Credentials:
    """The credentials of a webhook by number."""
    return Credentials.model_validate_json(secrets.get(secret_name(webhook_id, number)))
