"""The same conversation that the tests of conversations begin with, and the world as a whole."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.inbound import archive
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from chalicelib.privacy import service
from chalicelib.whatsapp.webhook import parse
from chalicelib.wiring import World
from tests.integration.conftest import Clock
from tests.integration.conversations.conftest import scene  # noqa: F401 - a fixture
from tests.support.api import Answer, Caller
from tests.support.iam import acting_as
from tests.support.stream import Stream

DIGITS, BSUID = "6591234567", "SG.1349111222333444555"
NAMES = ("Rumpelstilzchen", "Quetzalcoatl")


class Place:
    """The world with an API in front."""

    def __init__(self, world: World, clock: Clock, folder: Path) -> None:
        self.world, self.clock, self.folder = world, clock, folder
        self.api = Caller(app, world).as_(Role.ADMINISTRATOR)
        self.stream = Stream(world)
        world.live = None  # type: ignore[misc, assignment]

    def writes(self, wamid: str, text: str, digits: str = DIGITS, bsuid: str = BSUID, name: str = NAMES[0]) -> None:
        """One message, as the inbound lane brings it: archived, stored, indexed, told."""
        contacts = [{"wa_id": digits, "user_id": bsuid, "profile": {"name": name}}]
        message = {"from": digits, "from_user_id": bsuid, "id": wamid, "timestamp": str(int(self.clock().timestamp())),
                   "type": "text", "text": {"body": text}}  # fmt: skip
        value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"},
                 "contacts": contacts, "messages": [message]}  # fmt: skip
        payload = {"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]}
        archive.keep(self.world.archive, "inbound", [json.dumps(payload), json.dumps({"v": 1})], self.clock())
        (update,) = parse(payload)
        receive(update, front_door(self.world))  # type: ignore[arg-type]
        self.stream.bring()

    def ask(self, contact_id: str, what: str) -> Answer:
        return self.api.post(f"/api/v1/contacts/{contact_id}/{what}")

    def work(self) -> int:
        """The privacy function until nothing is left; how many steps."""
        client, url, steps = self.world.queues.client, self.world.queues.urls("privacy"), 0
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                body = json.loads(message["Body"])
                with acting_as("privacy"):
                    service.work(self.world, body["job_id"], body["step"], self.clock() + timedelta(seconds=60))
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                steps += 1
        return steps


@pytest.fixture
def place(world: World, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(service, "ON_ITS_WAY_SECONDS", 0)
    channels.create(
        world.table,
        Channel(id="ch1", subaccount_id="acme", name="Shop", created_at=clock(), phone_number_id="1",
                display_phone_number="+6560000000", waba_id="2"),
    )  # fmt: skip
    return Place(world, clock, tmp_path)
