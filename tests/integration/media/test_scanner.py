"""With a scanner configured nothing leaves quarantine before its verdict, whichever comes first."""

import json
from typing import Any

import pytest

from chalicelib.wiring import World
from tests.integration.conftest import Clock
from tests.integration.media.conftest import Library
from tests.integration.media.test_upload import FILM, begun
from tests.support.media import PDF


@pytest.fixture
def world(world: World, clock: Clock) -> World:
    world.settings = world.settings.model_copy(update={"media_scanner": "guardduty"})
    return world


def verdict(media_id: str, status: str = "NO_THREATS_FOUND", **result: Any) -> dict[str, Any]:
    """EventBridge's event as SQS brings it."""
    return {
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty",
        "detail": {
            "s3ObjectDetails": {"bucketName": "media", "objectKey": f"media/quarantine/{media_id}"},
            "scanResultDetails": {"scanResultStatus": status, **result},
        },
    }


def test_a_small_file_waits_for_its_verdict(library: Library) -> None:
    made = library.upload(PDF)
    media_id = made.json["id"]
    assert (made.status, made.json["state"], made.json["url"]) == (201, "checking", None)
    for _ in range(2):
        library.work(json.loads(json.dumps(verdict(media_id))))
    assert library.api.get(f"/api/v1/media/{media_id}").json["state"] == "ready"
    assert library.stored() == [f"media/files/{media_id}"]


def test_a_verdict_that_comes_before_the_upload_is_completed_is_kept(library: Library) -> None:
    media_id = str(begun(library)["media"]["id"])  # type: ignore[index]
    library.world.media.put(f"media/quarantine/{media_id}", FILM)
    library.work(verdict(media_id))
    assert library.api.get(f"/api/v1/media/{media_id}").json["state"] == "uploading"
    library.api.post(f"/api/v1/media/{media_id}/complete")
    library.work(library.jobs()[0])
    assert library.api.get(f"/api/v1/media/{media_id}").json["state"] == "ready"


@pytest.mark.parametrize(
    ("status", "more", "word"),
    [("THREATS_FOUND", {"threats": [{"name": "Bad.Thing"}]}, "Bad.Thing"), ("UNSUPPORTED", {}, "could not look")],
)
def test_what_is_found_or_cannot_be_looked_at_is_refused(
    library: Library, status: str, more: dict[str, Any], word: str
) -> None:
    media_id = library.upload(PDF).json["id"]
    library.work(verdict(media_id, status, **more))
    after = library.api.get(f"/api/v1/media/{media_id}").json
    assert (after["state"], after["url"]) == ("refused", None)
    assert word in after["problem"]
    assert library.stored() == []


def test_a_verdict_on_something_else_changes_nothing(library: Library) -> None:
    other = verdict("x")
    other["detail"]["s3ObjectDetails"]["objectKey"] = "contacts/uploads/x.csv"
    library.work(other)
    library.work(verdict("01KAXYZ0123456789ABCDEFGHJ"))
