"""Files in: small ones by form, large ones to S3; what is refused leaves nothing behind."""

import pytest

from chalicelib.media.content import EICAR
from tests.integration.media.conftest import Library
from tests.support.media import PDF, png

MB = 1_000_000


def test_a_small_file_is_ready_at_once_with_a_link_that_expires(library: Library) -> None:
    answer = library.upload(PDF, "../Offer März.pdf", "image/png")
    made = answer.json
    assert (answer.status, made["state"], made["kind"], made["mimeType"]) == (
        201,
        "ready",
        "document",
        "application/pdf",
    )
    assert (made["name"], made["size"]) == ("Offer März.pdf", len(PDF))
    assert "X-Amz-Expires=3600" in made["url"] or "Expires=" in made["url"]
    assert library.world.media.get(f"media/files/{made['id']}") == PDF
    assert library.stored() == [f"media/files/{made['id']}"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (EICAR, "EICAR"),
        (png(text=b"<script>alert(1)</script>"), "script"),
        (b"<svg onload=alert(1)></svg>", "script"),
        (b"GIF89a" + bytes(50), "image/gif"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "octet-stream"),
        (b"", "empty"),
    ],
)
def test_what_is_not_taken_is_named_and_nothing_of_it_is_kept(library: Library, content: bytes, word: str) -> None:
    answer = library.upload(content, "holiday.png", "image/png")
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "file")
    assert word in answer.json["message"]
    assert library.stored() == []
    assert library.api.get("/api/v1/media").json["items"] == []


def test_a_form_that_is_too_large_names_the_other_way(library: Library) -> None:
    answer = library.upload(PDF + bytes(4 * MB))
    assert answer.status == 413
    assert "/api/v1/media/uploads" in answer.json["message"]


def test_a_form_without_a_file_is_refused(library: Library) -> None:
    answer = library.api.call(
        "POST", "/api/v1/media", b"--xx--\r\n", headers={"Content-Type": "multipart/form-data; boundary=xx"}
    )
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "file")


def begun(library: Library, **values: object) -> dict[str, object]:
    answer = library.api.post(
        "/api/v1/media/uploads", {"name": "film.mp4", "mimeType": "video/mp4", "size": 10 * MB, **values}
    )
    assert answer.status == 201, answer.text
    return dict(answer.json)


FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(5 * MB)


def test_a_large_file_goes_to_storage_and_is_checked_afterwards(library: Library) -> None:
    media = begun(library)["media"]
    assert (media["state"], media["url"]) == ("uploading", None)
    library.world.media.put(f"media/quarantine/{media['id']}", FILM)
    completed = library.api.post(f"/api/v1/media/{media['id']}/complete")
    assert (completed.status, completed.json["state"], completed.json["url"]) == (202, "checking", None)
    (job,) = library.jobs()
    library.work(job)
    library.work(job)
    after = library.api.get(f"/api/v1/media/{media['id']}").json
    assert (after["state"], after["kind"], after["size"]) == ("ready", "video", len(FILM))
    assert library.stored() == [f"media/files/{media['id']}"]


def test_a_large_file_that_is_not_what_was_said_is_refused_with_its_reason(library: Library) -> None:
    media = begun(library)["media"]
    library.world.media.put(f"media/quarantine/{media['id']}", EICAR)
    library.api.post(f"/api/v1/media/{media['id']}/complete")
    library.work(library.jobs()[0])
    after = library.api.get(f"/api/v1/media/{media['id']}").json
    assert (after["state"], after["url"]) == ("refused", None)
    assert "EICAR" in after["problem"]
    assert library.stored() == []


def test_completing_what_was_never_uploaded_says_so(library: Library) -> None:
    media = begun(library)["media"]
    answer = library.api.post(f"/api/v1/media/{media['id']}/complete")
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "mediaId")
    assert library.jobs() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"size": 100 * MB}, "size"),
        ({"size": 200 * MB}, "size"),
        ({"mimeType": "image/svg+xml"}, "mimeType"),
        ({"mimeType": "application/x-msdownload"}, "mimeType"),
        ({"name": ""}, "name"),
    ],
)
def test_an_upload_that_whatsapp_would_not_take_is_refused_before_it_begins(
    library: Library, values: dict[str, object], field: str
) -> None:
    answer = library.api.post(
        "/api/v1/media/uploads", {"name": "film.mp4", "mimeType": "video/mp4", "size": 1000, **values}
    )
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


def test_uploads_are_listed_newest_first_and_can_be_deleted(library: Library) -> None:
    ids = [library.upload(PDF, f"{n}.pdf").json["id"] for n in range(3)]
    listed = [each["id"] for each in library.api.get("/api/v1/media").json["items"]]
    assert sorted(listed) == sorted(ids)
    assert library.api.delete(f"/api/v1/media/{ids[0]}").status == 204
    assert library.api.get(f"/api/v1/media/{ids[0]}").status == 404
    assert library.api.delete(f"/api/v1/media/{ids[0]}").status == 404
    assert f"media/files/{ids[0]}" not in library.stored()


def test_an_unknown_file_is_not_found(library: Library) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/complete")):
        assert library.api.call(method, f"/api/v1/media/01KAXYZ0123456789ABCDEFGHJ{path}").status == 404


def test_a_picture_has_its_size_and_a_preview(library: Library) -> None:
    made = library.upload(png(640, 320), "roof.png").json
    assert (made["width"], made["height"], made["originalSize"]) == (640, 320, None)
    assert "preview" in made["previewUrl"]
    assert library.stored() == [f"media/files/{made['id']}", f"media/previews/{made['id']}.jpg"]
    library.api.delete(f"/api/v1/media/{made['id']}")
    assert library.stored() == []


def test_a_picture_above_the_limit_is_made_to_fit(library: Library) -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((2000, 2000), 100).convert("RGB").save(out, "PNG")
    content = out.getvalue()
    assert len(content) > 5 * MB
    media = begun(library, name="noise.png", mimeType="image/png", size=len(content))["media"]
    library.world.media.put(f"media/quarantine/{media['id']}", content)
    library.api.post(f"/api/v1/media/{media['id']}/complete")
    library.work(library.jobs()[0])
    after = library.api.get(f"/api/v1/media/{media['id']}").json
    assert (after["state"], after["kind"], after["mimeType"]) == ("ready", "image", "image/jpeg")
    assert after["size"] <= 5 * MB < after["originalSize"] == len(content)
    assert library.world.media.size(f"media/files/{media['id']}") == after["size"]


def test_a_picture_that_cannot_be_opened_is_refused(library: Library) -> None:
    answer = library.upload(b"\xff\xd8\xff\xe0/*" + bytes(200) + b"*/=alert(1)", "holiday.jpg", "image/jpeg")
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "file")
    assert library.stored() == []
