"""Files on the packaged stack, through the real functions and their policies: in by both ways, out to WhatsApp, and back in."""

import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.client import Refused, upload
from tests.e2e.conftest import Answer, eventually, request
from tests.support.media import PDF, form, png

Json = dict[str, Any]
Call = Callable[..., Answer]


def fetched(url: str) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        return error.code, b"", ""


def put(stack: Json, content: bytes, name: str) -> Answer:
    body, headers = form(name, content)
    return request(
        "POST", f"{stack['api_url']}/api/v1/media", body, {**headers, "Authorization": f"Bearer {stack['api_key']}"}
    )


def test_a_file_goes_in_by_form_is_read_by_its_link_and_goes_away(stack: Json, api: Call) -> None:
    made = put(stack, png(400, 300), "roof.png")
    assert (made.status, made.body["state"], made.body["kind"]) == (201, "ready", "image")
    assert fetched(made.body["url"])[1:] == (png(400, 300), "image/png")
    assert fetched(made.body["previewUrl"])[2] == "image/jpeg"
    assert put(stack, png(text=b"<script>alert(1)</script>"), "roof.png").status == 400
    assert api("DELETE", f"/media/{made.body['id']}").status == 204
    assert fetched(made.body["url"])[0] == 404


def test_a_large_file_goes_to_storage_by_its_own_form_and_is_checked_by_the_media_function(
    stack: Json, api: Call
) -> None:
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(6_000_000)
    begun = api("POST", "/media/uploads", {"name": "film.mp4", "mimeType": "video/mp4", "size": len(film)}).body
    with pytest.raises(Refused):
        upload(begun["url"], begun["fields"], "film.mp4", film + bytes(1000))
    upload(begun["url"], begun["fields"], "film.mp4", film)
    path = f"/media/{begun['media']['id']}"
    assert api("POST", f"{path}/complete").status == 202
    ready = eventually(lambda: (found := api("GET", path).body)["state"] == "ready" and found)
    assert (ready["kind"], ready["size"]) == ("video", len(film))


def test_a_picture_goes_to_a_customer_and_one_comes_back(stack: Json, api: Call, sim: Call) -> None:
    number = stack["channels"][0]["phone_number_id"]
    text = {"phone_number_id": number, "type": "image", "image": {"caption": "A picture of the e2e roof"}}
    assert sim("POST", "/customers/6591110077/messages", text).status == 200
    ticket = eventually(lambda: _ticket(api, "A picture of the e2e roof"))
    media = eventually(lambda: _media(api, ticket, "ready"))
    assert fetched(media["url"])[0] == 200
    assert fetched(media["previewUrl"])[0] == 200

    ours = put(stack, PDF, "bill.pdf").body["id"]
    reply = {"id": "e2e-media-0001", "message": {"type": "document", "document": {"id": ours}}}
    answer = api("POST", f"/tickets/{ticket}/messages", reply)
    assert answer.status == 202, answer.body
    eventually(lambda: _status(api, ticket, "e2e-media-0001") in {"sent", "delivered", "read"})


def _ticket(api: Call, caption: str) -> str | None:
    listed = api("GET", "/tickets").body["items"]
    return next((ticket["id"] for ticket in listed if caption in ticket["preview"]), None)


def _media(api: Call, ticket: str, state: str) -> Json | None:
    found = [each["media"] for each in api("GET", f"/tickets/{ticket}/messages").body["items"] if each["media"]]
    return next((dict(media) for media in found if media["state"] == state), None)


def _status(api: Call, ticket: str, message_id: str) -> str:
    messages = api("GET", f"/tickets/{ticket}/messages").body["items"]
    return str({each["id"]: each["status"] for each in messages}.get(message_id))
