"""A person with an API key, one number, and a Meta that takes files."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud.batches import Record
from chalicelib.media import handlers
from chalicelib.wiring import World
from tests.integration.conftest import Clock
from tests.support.api import Answer, Caller
from tests.support.iam import acting_as
from tests.support.media import MediaMeta, form


@dataclass
class Library:
    """Everything around files."""

    world: World
    clock: Clock
    meta: MediaMeta
    api: Caller
    channel: Channel

    def upload(self, content: bytes, name: str = "file", content_type: str = "application/octet-stream") -> Answer:
        body, headers = form(name, content, content_type)
        return self.api.call("POST", "/api/v1/media", body, headers=headers)

    def stored(self) -> list[str]:
        return list(self.world.media.keys("media/"))

    def jobs(self) -> list[dict[str, Any]]:
        """What waits in the SQS queue, taken out of it."""
        sqs, url = self.world.client("sqs"), self.world.settings.media_queue_url
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(each["Body"]) for each in found]

    def work(self, job: dict[str, Any], tries: int = 1) -> None:
        with acting_as("media"):
            handlers.work(Record(job, "receipt", "", tries), self.world)


@pytest.fixture
def library(world: World, clock: Clock) -> Library:
    meta = MediaMeta()
    world.transport = meta  # type: ignore[misc]
    world.secrets.put("token/2", "secret-token")
    channel = Channel(
        id="ch1", subaccount_id="acme", name="Shop", created_at=clock(),
        phone_number_id="1", display_phone_number="+6560000000", waba_id="2",
    )  # fmt: skip
    channels.create(world.table, channel)
    return Library(world, clock, meta, Caller(app, world).as_(Role.AGENT), channel)
