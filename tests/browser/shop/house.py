"""Everything a deployment has, in one process: memory for DynamoDB, SQS and S3, moto for the rest, a clock that is told the time.

Nothing here is drawn by chance, so that two runs answer every request with the same bytes.
"""

import json
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from app import app
from chalicelib.access import store as people
from chalicelib.access.directory import Tokens, WrongPassword
from chalicelib.access.model import CredentialRefused, User, UserState
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.cloud.batches import Record
from chalicelib.contacts import handlers as contact_lane
from chalicelib.conversations import gate as way_out
from chalicelib.conversations import handlers as reply_lane
from chalicelib.events.model import Event
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from chalicelib.inbound.status_lane import take_statuses
from chalicelib.inbound.stream import SUBSCRIBERS
from chalicelib.whatsapp.webhook import InboundMessage, parse
from chalicelib.wiring import World, _client, _dynamodb
from tests.fakes import FakeMeta
from tests.integration.conftest import _settings
from tests.integration.converse.conftest import Verifier
from tests.integration.webhooks.conftest import Receiver
from tests.support.api import ROOT, Caller
from tests.support.campaigns import Stage
from tests.support.memory import MemoryQueues

MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
LIVE = "wss://live.parley.example"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class House(Stage):
    """The deployment. A Stage, whose campaigns it runs, with the desk, the front door and the portal's sign-in around it."""

    def __post_init__(self) -> None:
        self._made = 0
        self._told: set[str] = set()
        self._campaigns: dict[str, Any] = {}
        super().__post_init__()
        self.clock.now = MONDAY
        arn = "arn:aws:lambda:us-east-1:123456789012:function:parley-local-step"
        more = {
            "websocket_endpoint": LIVE.replace("wss:", "https:"), "step_function_arn": arn, "trigger_function_arn": arn,
            "state_machine_role_arn": "arn:aws:iam::123456789012:role/machines",
        }  # fmt: skip
        self.world = World(_settings().model_copy(update=more), self.clock)
        self.queues = _Lines(self.clock, self.world.queues)
        self.whatsapp = FakeMeta()
        ours: dict[str, Any] = {
            "table": self.table, "ledger": self.ledger, "queues": self.queues, "media": self.media,
            "archive": type(self.media)(), "transport": self.whatsapp, "tokens": Verifier(), "directory": _Directory(self),
            "new_id": self.new_id, "egress": Receiver(), "live": SimpleNamespace(post=lambda *_: True), "schedules": self.schedules,
        }  # fmt: skip
        for name, value in ours.items():
            setattr(self.world, name, value)
        self.desk, self.gate = self._desk(), self._gate()
        self.world.secrets.put("token/200", "secret")

    def new_id(self) -> str:
        """Sorted by time, as `cloud.ids` makes them, with a number in the place of chance."""
        self._made += 1
        value = (
            (int(self.clock().timestamp() * 1000) << 80) | (self._made % 4096 << 68) | (self._made * 0x9E3779B1 % 2**68)
        )
        return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))

    # --- people ---

    def hire(self, person: str, name: str, role: Role, state: UserState = UserState.ACTIVE) -> Caller:
        """Somebody with a profile; answers their client of the API."""
        user = User(
            id=person, email=f"{person}@luckyshrub.example", name=name, role=role, state=state, created_at=self.clock(),
            last_seen_at=self.clock() if state is UserState.ACTIVE else None,
        )  # fmt: skip
        entry = people.entry_of(ROOT, "user.invited", person, now=self.clock(), entry_id=self.new_id())
        people.put_user(self.world.table, user, entry)
        return self.as_(person)

    def as_(self, person: str) -> Caller:
        return Caller(app, self.world).with_credential(f"token-of:{person}")

    # --- customers ---

    def writes(self, wa_id: str, content: str | dict[str, Any], *, number: str = "100", name: str = "") -> None:
        """A customer's message, and all that follows from it at once."""
        said = {"type": "text", "text": {"body": content}} if isinstance(content, str) else content
        self._made += 1
        message = {
            "from": wa_id,
            "id": f"wamid.in{self._made}",
            "timestamp": str(int(self.clock().timestamp())),
            **said,
        }
        value = {
            "metadata": {"phone_number_id": number, "display_phone_number": "6580000000"},
            "contacts": [{"wa_id": wa_id, "profile": {"name": name}}] if name else [],
            "messages": [message],
        }
        (update,) = parse({"entry": [{"id": "200", "changes": [{"field": "messages", "value": value}]}]})
        assert isinstance(update, InboundMessage), update
        receive(update, front_door(self.world))
        self.settle()

    def later(self, **delta: float) -> None:
        self.clock.now += timedelta(**delta)

    # --- what AWS does ---

    def settle(self, *, delivered: str = "read") -> None:
        """Brings the stream, then every message that is due, until nothing is left; WhatsApp tells how far ours came."""
        gate = way_out.gate(self.world)
        while True:
            self._bring_stream()
            found = self.queues.pop("replies", "contacts", "campaign", "bulk")
            if found is None:
                return
            due, queue, body = found
            if due > self.clock():
                self.queues.push(queue, body, due)
                return
            record = Record(json.loads(body), "receipt", "", 1)
            if queue == "replies":
                before = len(self.whatsapp.accepted)
                reply_lane.work(record, self.world, gate)
                for number, _ in enumerate(self.whatsapp.accepted[before:], before + 1):
                    self.tells(f"wamid.{number}", "sent", "delivered", "read")
            elif queue == "contacts":
                contact_lane.work(record, self.world)
            else:
                self.handle(queue, body)

    def tells(self, wamid: str, *states: str) -> None:
        """Status webhooks of one message."""
        for state in states:
            status = {
                "id": wamid, "status": state, "timestamp": str(int(self.clock().timestamp())), "recipient_id": "6591230001",
            }  # fmt: skip
            value = {"metadata": {"phone_number_id": "100"}, "statuses": [status]}
            take_statuses(
                list(parse({"entry": [{"id": "200", "changes": [{"field": "messages", "value": value}]}]})), self.world
            )

    def _bring_stream(self) -> None:
        items = self.table.items()
        fresh = [each for each in items if each["SK"].startswith(keys.EVENT) and each["id"] not in self._told]
        self._told |= {each["id"] for each in fresh}
        happened = [Event.model_validate(each) for each in fresh]
        if happened:
            happened.sort(key=lambda event: (event.at, event.id))
            for subscriber in SUBSCRIBERS:
                subscriber(self.world, happened)

    # --- between two visits ---

    def keep(self) -> dict[str, Any]:
        """Everything as it stands: what a visitor changes is undone with `restore`."""
        return deepcopy(_partitions(self))

    def restore(self, kept: dict[str, Any]) -> None:
        for name, part in _partitions(self).items():
            part.clear()
            part.update(deepcopy(kept[name]))


def _partitions(house: House) -> dict[str, dict[str, Any]]:
    return {"table": house.table._partitions, "ledger": house.ledger._partitions}


class _Lines(MemoryQueues):
    """Queues in memory; the health page looks at those of SQS, which stay empty."""

    def __init__(self, clock: Any, real: Any) -> None:
        super().__init__(clock)
        self.client, self.urls = real.client, real.urls


class _Directory:
    """Cognito: everybody's password is the same, and the refresh token is the person."""

    def __init__(self, house: House) -> None:
        self.house = house

    def sign_in(self, email: str, password: str) -> Tokens:
        if password != "Parley-local-1":
            raise WrongPassword
        return Tokens(f"token-of:{email.split('@', maxsplit=1)[0]}", email.split("@", maxsplit=1)[0], 3600)

    def renew(self, refresh: str) -> Tokens:
        if not refresh:
            raise CredentialRefused("Nobody is signed in.")
        return Tokens(f"token-of:{refresh}", None, 3600)

    def sign_out(self, refresh: str) -> None:
        """Forgets nothing: there is nothing it keeps."""


class Chance:
    """`os.urandom` that gives each module the same in each run, whatever other modules have asked for before."""

    def __init__(self) -> None:
        self._of: dict[str, random.Random] = {}

    def __call__(self, count: int) -> bytes:
        frame = sys._getframe(1)
        while frame.f_globals["__name__"] == "uuid" and frame.f_back:
            frame = frame.f_back
        module = str(frame.f_globals["__name__"])
        return self._of.setdefault(module, random.Random(module)).randbytes(count)


@contextmanager
def a_house() -> Iterator[House]:
    """An empty one."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        _client.cache_clear()
        _dynamodb.cache_clear()
        boto3.setup_default_session()
        patch.setattr(os, "urandom", Chance())
        yield House()
        _client.cache_clear()
        _dynamodb.cache_clear()


def channel_of(house: House, **values: Any) -> None:
    """What is known of the shop's own number."""
    channels.change(house.world.table, "main", **values)
