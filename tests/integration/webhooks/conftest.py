"""A shop whose own system listens: customers write, events go out, and time moves as the test says."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import service as channel_service
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud.table import Table
from chalicelib.egress import Answer, NoAnswer, Request
from chalicelib.events.model import Event
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from chalicelib.timers import kinds
from chalicelib.timers.run import run
from chalicelib.webhooks import handlers, waking
from chalicelib.webhooks.collecting import collect
from chalicelib.wiring import World
from tests.integration.conftest import Clock
from tests.integration.inbound.test_receive import inbound
from tests.support.api import Caller
from tests.support.iam import acting_as
from tests.support.stream import Stream

URL = "https://crm.example.com/hooks"


@dataclass
class Receiver:
    """The customer's own system, at the end of the wire. `answer` decides by URL and body; None is no answer."""

    answer: Callable[[str, Any], int | None] = lambda *_: 200
    asked: list[Request] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    """The bodies it said yes to, in order."""

    def fetch(self, request: Request) -> Answer:
        self.asked.append(request)
        body = json.loads(request.body or "null")
        status = self.answer(request.url, body)
        if status is None:
            raise NoAnswer("crm.example.com does not answer (NewConnectionError).", transient=True)
        if status < 300:
            self.taken.append(body)
        return Answer(status, "", None)

    def addresses(self, parts: Any) -> list[str]:
        return ["203.0.113.9"]

    def ids(self) -> list[str]:
        return [body["id"] for body in self.taken]


@dataclass
class Studio:
    """The world with a receiver in it."""

    world: World
    clock: Clock
    receiver: Receiver
    api: Caller
    stream: Stream
    wamids: int = 0

    def listens(self, **values: Any) -> dict[str, Any]:
        draft = {"name": "CRM", "url": URL, "events": ["message.received"], **values}
        answer = self.api.post("/api/v1/webhooks", draft)
        assert answer.status == 201, answer.text
        return dict(answer.json)

    def writes(self, customer: int = 0, text: str = "Hello") -> None:
        """One message of one customer."""
        self.wamids += 1
        update = inbound(
            self.world, f"wamid.{self.wamids:05d}", wa_id=f"65912345{customer:02d}", type="text", text={"body": text}
        )
        receive(update, front_door(self.world))

    def happens(self, contact: int, what: str) -> None:
        """Something about a contact, as the stream brings it: quicker than a message through the whole front door."""
        event = Event(
            id=f"{contact}.{what}", type="contact.opted_out", at=self.clock(), topic="contact", subject=str(contact),
            data={"source": what},
        )  # fmt: skip
        collect(self.world, [event])

    def work(self) -> None:
        """The events function, then the webhooks function for each wake-up."""
        self.stream.bring()
        self.deliver()

    def deliver(self) -> None:
        """The webhooks function for each wake-up."""
        while messages := self._wake_ups():
            for webhook_id in messages:
                with acting_as("webhooks"):
                    handlers.work(self.world, webhook_id, self.clock() + timedelta(seconds=40))

    def minutes(self, number: int) -> None:
        """Time goes by, a minute's run at a time."""
        for _ in range(number):
            self.clock.advance(minutes=1)
            subscribers = {kinds.WEBHOOK: lambda timer: waking.again(timer, self.world)}
            with acting_as("timers"):
                run(self.world.table, _Quiet(subscribers), self.clock, until=self.clock() + timedelta(seconds=50))
            self.deliver()

    def _wake_ups(self) -> list[str]:
        client, url = self.world.queues.client, self.world.queues.urls("webhooks")
        found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"])["webhook_id"] for message in found]


class _Quiet(dict[str, Any]):
    """Timers of other rooms are nobody's here."""

    def __missing__(self, _: str) -> Callable[[Any], None]:
        return lambda _: None


@pytest.fixture
def studio(world: World, clock: Clock) -> Studio:
    receiver = Receiver()
    world.egress = receiver  # type: ignore[misc, assignment]
    world.live = None  # type: ignore[misc, assignment]
    channel_service.add_subaccount(world, "acme", "Acme")
    _open(world.table, "ch1", "acme", "1", clock)
    return Studio(world, clock, receiver, Caller(app, world).as_(Role.ADMINISTRATOR), Stream(world))


def _open(table: Table, channel_id: str, subaccount_id: str, number: str, clock: Clock) -> None:
    channels.create(
        table,
        Channel(
            id=channel_id, subaccount_id=subaccount_id, name="Shop", created_at=clock(), phone_number_id=number,
            display_phone_number="+6560000000", waba_id="2",
        ),
    )  # fmt: skip
