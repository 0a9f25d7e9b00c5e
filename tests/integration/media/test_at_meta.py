"""A file of ours goes to Meta once per number, and its id is used while it lives."""

from datetime import timedelta

import pytest

from chalicelib.conversations.gate import gate
from chalicelib.media import service
from chalicelib.media.problems import MediaNotReady, MediaRefusedByMeta, MediaUnknown, MetaUnreachable
from chalicelib.whatsapp.http import NothingSent
from chalicelib.whatsapp.messages import parse_message
from tests.integration.media.conftest import Library
from tests.support.media import PDF, png


def test_one_upload_serves_until_a_day_before_the_id_dies(library: Library) -> None:
    media_id = library.upload(PDF).json["id"]
    for _ in range(2):
        assert service.meta_id(library.world, media_id, library.channel) == "1001"
    library.clock.advance(days=28, hours=23)
    assert service.meta_id(library.world, media_id, library.channel) == "1001"
    library.clock.advance(hours=1)
    assert service.meta_id(library.world, media_id, library.channel) == "1002"
    assert PDF in library.meta.uploads[0][1]
    assert len(library.meta.uploads) == 2


def test_each_number_has_an_id_of_its_own(library: Library) -> None:
    media_id = library.upload(PDF).json["id"]
    other = library.channel.model_copy(update={"phone_number_id": "9"})
    assert service.meta_id(library.world, media_id, library.channel) != service.meta_id(library.world, media_id, other)
    assert [number for number, _ in library.meta.uploads] == ["1", "9"]


def test_of_two_workers_one_uploads_and_a_dead_one_is_not_waited_for_long(library: Library) -> None:
    from chalicelib.media import store

    media_id = library.upload(PDF).json["id"]
    assert store.lease(library.world.table, media_id, "1", library.clock())
    with pytest.raises(MetaUnreachable):
        service.meta_id(library.world, media_id, library.channel)
    library.clock.advance(minutes=3)
    assert service.meta_id(library.world, media_id, library.channel) == "1001"


def test_a_failed_upload_can_be_tried_again_at_once(library: Library) -> None:
    media_id = library.upload(PDF).json["id"]
    library.meta.refuses = NothingSent("no route")
    with pytest.raises(MetaUnreachable):
        service.meta_id(library.world, media_id, library.channel)
    library.meta.refuses = 131053
    with pytest.raises(MediaRefusedByMeta):
        service.meta_id(library.world, media_id, library.channel)
    library.meta.refuses = None
    assert service.meta_id(library.world, media_id, library.channel) == "1001"


def test_what_is_not_there_or_not_ready_is_said(library: Library) -> None:
    with pytest.raises(MediaUnknown):
        service.meta_id(library.world, "01KAXYZ0123456789ABCDEFGHJ", library.channel)
    begun = library.api.post("/api/v1/media/uploads", {"name": "a.pdf", "mimeType": "application/pdf", "size": 9})
    with pytest.raises(MediaNotReady):
        service.meta_id(library.world, begun.json["media"]["id"], library.channel)


def test_the_way_out_swaps_our_ids_and_asks_once_per_process(library: Library) -> None:
    media_id = library.upload(png(), "a.png").json["id"]
    header = {"type": "header", "parameters": [{"type": "image", "image": {"id": media_id}}]}
    button = {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": media_id}],
    }
    template = {"name": "offer", "language": {"code": "en"}, "components": [header, button]}
    message = parse_message({"type": "template", "template": template})
    way_out = gate(library.world)
    swapped = way_out.with_files(library.channel, message)
    components = swapped.model_dump(mode="json", exclude_none=True)["template"]["components"]
    assert components[0]["parameters"][0]["image"] == {"id": "1001"}
    assert components[1]["parameters"][0]["payload"] == media_id, "only files are swapped"
    library.api.delete(f"/api/v1/media/{media_id}")
    assert way_out.with_files(library.channel, message) == swapped, "remembered"
    library.clock.now += timedelta(hours=2)
    with pytest.raises(MediaUnknown):
        way_out.with_files(library.channel, message)
