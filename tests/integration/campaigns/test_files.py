"""A campaign's picture at WhatsApp: sent there once, sent anew before WhatsApp forgets it, whenever in a run that falls."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cloud import keys
from chalicelib.media import service as files
from chalicelib.wiring import World
from tests.integration.campaigns.conftest import NAMES
from tests.integration.campaigns.test_api import BASE, pump
from tests.integration.conftest import Clock
from tests.support.api import Caller
from tests.support.media import MediaMeta, png


def picture(world: World) -> str:
    """A template with a picture, and one."""
    key = keys.template("200", "picture", "en")
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["h"]}}
    more = {"category": "MARKETING", "status": "APPROVED", "components": [header, {"type": "BODY", "text": "Hi"}]}
    world.table.put({"PK": key.pk, "SK": key.sk, **NAMES, "name": "picture", **more})
    return files.add(world, "offer.png", "image/png", png(), "ann").id


def ready(api: Caller, world: World, clock: Clock, media_id: str) -> str:
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Spring'}).json['id']}"
    api.post(f"{campaign}/recipients/typed", {"recipients": [{"Mobile": f"+65910004{n:02d}"} for n in range(20)]})
    pump(world, clock)
    parameters = {"header.media": {"value": media_id}}
    message = {"type": "template", "name": "picture", "language": "en", "parameters": parameters}
    assert api.put(f"{campaign}/message", message).status == 200
    return campaign


def ids(meta: MediaMeta) -> list[str]:
    return [each["template"]["components"][0]["parameters"][0]["image"]["id"] for each in meta.accepted]


@pytest.mark.parametrize("paused", [False, True])
def test_a_run_that_outlives_whatsapps_copy_sends_the_picture_there_again(
    paused: bool, api: Caller, world: World, clock: Clock
) -> None:
    meta = world.__dict__["transport"] = MediaMeta()
    campaign = ready(api, world, clock, picture(world))
    api.post(f"{campaign}/launch")

    def lasts(_: dict[str, Any]) -> None:
        if len(meta.accepted) == 7:
            if paused:
                assert api.post(f"{campaign}/pause").status == 200
            clock.now += timedelta(seconds=2) if paused else timedelta(days=31)

    meta.answer = lasts
    pump(world, clock, threads=1)
    if paused:
        assert (len(meta.accepted), len(meta.uploads)) == (8, 1)
        clock.now += timedelta(days=31)
        assert api.post(f"{campaign}/resume").status == 200
        pump(world, clock, threads=1)
    assert api.get(f"{campaign}/report").json["counts"]["sent"] == 20
    assert ids(meta) == ["1001"] * 8 + ["1002"] * 12
    assert len({each["to"] for each in meta.accepted}) == 20
