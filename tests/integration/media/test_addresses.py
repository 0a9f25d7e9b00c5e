"""A campaign's file by its address: fetched once, checked like an upload, kept as long as the campaign may go on."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cloud import keys
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.cloud.clock import epoch
from chalicelib.egress import Glance, NoAnswer, NotAllowed
from chalicelib.media import bringing, handlers, service
from chalicelib.media.model import Media
from tests.integration.media.conftest import Library
from tests.support.media import PDF, png

ID = "01M81J18G3000XN9KD5HYXYX1Z"
ADDRESS = "https://shop.example/spring/Offer%20one.png?v=2"


class Web:
    """The internet, with one file in it."""

    def __init__(self, content: bytes, status: int = 200, reason: str = "OK", mime_type: str = "image/png") -> None:
        self.content, self.status, self.reason, self.mime_type = content, status, reason, mime_type
        self.asked: list[str] = []

    def download(self, url: str, write: Callable[[bytes], Any], **_: Any) -> Glance:
        self.asked.append(url)
        write(self.content)
        return Glance(self.status, self.reason, self.mime_type, len(self.content), b"")


def bring(library: Library) -> Media:
    return bringing.bring(library.world.table, library.world.queues, ID, ADDRESS, library.clock())


def test_a_file_is_fetched_once_checked_and_kept_as_long_as_its_campaign(library: Library) -> None:
    web = library.world.__dict__["egress"] = Web(png(640, 320))
    assert (bring(library).state, bring(library).state) == ("fetching", "fetching")
    jobs = library.jobs()
    for job in [*jobs, *jobs]:
        library.work(job)
    found = bring(library)
    assert (found.state, found.kind, found.name, found.width) == ("ready", "image", "Offer one.png", 640)
    assert (web.asked, library.jobs()) == ([ADDRESS], [])
    assert library.stored() == [f"media/files/{ID}", f"media/previews/{ID}.jpg"]
    assert service.meta_id(library.world, ID, library.channel) == "1001"
    item = library.world.table.get(keys.media(ID))
    assert item
    assert item["expires_at"] == epoch(library.clock() + timedelta(days=400))
    assert library.api.get("/api/v1/media").json["items"] == [], "the library has what people put there"


@pytest.mark.parametrize(
    ("web", "state", "problem"),
    [
        (Web(b"no", 404, "Not Found"), "lost", "it answers 404 Not Found"),
        (Web(b"<html><script>", mime_type="text/html"), "refused", "the file has a script or a web page in it"),
        (Web(PDF + bytes(101_000_000), mime_type="application/pdf"), "refused", "it has more than 100,000,000 bytes"),
    ],
    ids=["gone", "no picture", "100 MB"],
)
def test_what_cannot_be_sent_is_said_and_not_kept(library: Library, web: Web, state: str, problem: str) -> None:
    library.world.__dict__["egress"] = web
    bring(library)
    library.work(library.jobs()[0])
    found = bring(library)
    assert (found.state, found.problem[: len(problem)], library.stored()) == (state, problem, [])


@pytest.mark.parametrize("trouble", [503, 429, NoAnswer("shop.example does not answer.", transient=True)])
def test_who_does_not_answer_is_asked_three_times(library: Library, trouble: int | NoAnswer) -> None:
    web = Web(b"later", trouble if isinstance(trouble, int) else 200)

    def nobody(*_: Any, **__: Any) -> Glance:
        assert isinstance(trouble, NoAnswer)
        raise trouble

    if isinstance(trouble, NoAnswer):
        web.download = nobody  # type: ignore[method-assign]
    library.world.__dict__["egress"] = web
    bring(library)
    sqs, url = library.world.client("sqs"), library.world.settings.media_queue_url
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)["Messages"]
    for tries in range(1, handlers.ADDRESS_TRIES + 1):
        assert bring(library).state == "fetching"
        record = Record(json.loads(message["Body"]), message["ReceiptHandle"], "", tries)
        again = pytest.raises(BringAgain) if tries < handlers.ADDRESS_TRIES else nullcontext()
        with again:
            handlers.work(record, library.world)
    assert bring(library).state == "lost"


def test_an_address_inside_is_not_called(library: Library) -> None:
    def inside(*_: Any, **__: Any) -> Glance:
        raise NotAllowed("169.254.169.254")

    web = library.world.__dict__["egress"] = Web(b"")
    web.download = inside  # type: ignore[method-assign]
    bring(library)
    library.work(library.jobs()[0])
    assert (bring(library).state, "may be called from here" in bring(library).problem) == ("lost", True)
