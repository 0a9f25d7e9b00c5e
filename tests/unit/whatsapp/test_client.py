import base64
import hashlib
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.whatsapp.client import CallFailed, CallRefused, Client, Endpoint, MediaDamaged, MediaTooLarge
from chalicelib.whatsapp.http import AnswerLost, HttpResponse, NothingSent
from chalicelib.whatsapp.messages import Outbound
from chalicelib.whatsapp.outcome import Accepted, Ambiguous, NotSent
from tests.unit.whatsapp.wire import Script

TEMPLATE = {"type": "template", "template": {"name": "sale", "language": {"code": "en"}}}


def ok(body):
    return HttpResponse(200, {}, json.dumps(body).encode())


def made(call, *answers):
    """The requests that a call makes, as (method, path, query, JSON body), and what it returned."""
    script = Script(*answers)
    result = call(Client(Endpoint("https://graph.test/", "v23.0", "secret-token"), script))
    return [_plain(request) for request in script.requests], result


def _plain(request):
    url = urlsplit(request.url)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    assert request.headers["Authorization"].split()[1] == "secret-token"
    return request.method, url.path, query, json.loads(request.body) if request.body else None


CALLS = {
    "mark_read": (
        lambda c: c.mark_read("1", "wamid.A", typing=True),
        {"success": True},
        (
            "POST",
            "/v23.0/1/messages",
            {},
            {
                "messaging_product": "whatsapp",
                "status": "read",
                "message_id": "wamid.A",
                "typing_indicator": {"type": "text"},
            },
        ),
    ),
    "delete_media": (
        lambda c: c.delete_media("9", "1"),
        {"success": True},
        ("DELETE", "/v23.0/9", {"phone_number_id": "1"}, None),
    ),
    "start_upload": (
        lambda c: c.start_upload("77", filename="a b.png", size=10, mime_type="image/png"),
        {"id": "upload:MTph?sig=ARZ"},
        ("POST", "/v23.0/77/uploads", {"file_name": "a b.png", "file_length": "10", "file_type": "image/png"}, None),
    ),
    "upload_offset": (
        lambda c: c.upload_offset("upload:MTph?sig=ARZ"),
        {"id": "upload:MTph", "file_offset": 5},
        ("GET", "/v23.0/upload:MTph", {"sig": "ARZ"}, None),
    ),
    "templates": (
        lambda c: c.templates("5", fields=("name", "status"), limit=2, after="x", status="APPROVED", name="a"),
        {"data": []},
        (
            "GET",
            "/v23.0/5/message_templates",
            {"fields": "name,status", "limit": "2", "after": "x", "status": "APPROVED", "name": "a"},
            None,
        ),
    ),
    "template": (lambda c: c.template("8"), {"id": "8"}, ("GET", "/v23.0/8", {}, None)),
    "create_template": (
        lambda c: c.create_template("5", {"name": "n"}),
        {"id": "8", "status": "PENDING", "category": "UTILITY"},
        ("POST", "/v23.0/5/message_templates", {}, {"name": "n"}),
    ),
    "edit_template": (
        lambda c: c.edit_template("8", {"category": "UTILITY"}),
        {"success": True},
        ("POST", "/v23.0/8", {}, {"category": "UTILITY"}),
    ),
    "delete_template": (
        lambda c: c.delete_template("5", "n", template_id="8"),
        {"success": True},
        ("DELETE", "/v23.0/5/message_templates", {"name": "n", "hsm_id": "8"}, None),
    ),
    "unpause_template": (
        lambda c: c.unpause_template("8"),
        {"success": True},
        ("POST", "/v23.0/8/unpause", {}, None),
    ),
    "subscribe_app": (
        lambda c: c.subscribe_app("5", override_callback_uri="https://x.test/w", verify_token="v"),
        {"success": True},
        (
            "POST",
            "/v23.0/5/subscribed_apps",
            {},
            {"override_callback_uri": "https://x.test/w", "verify_token": "v"},
        ),
    ),
    "unsubscribe_app": (
        lambda c: c.unsubscribe_app("5"),
        {"success": True},
        ("DELETE", "/v23.0/5/subscribed_apps", {}, None),
    ),
    "unblock_users": (
        lambda c: c.unblock_users("1", phones=["+16505551234"], user_ids=["US.1"]),
        {"block_users": {"removed_users": [{"input": "+16505551234", "wa_id": "16505551234"}]}},
        (
            "DELETE",
            "/v23.0/1/block_users",
            {},
            {"messaging_product": "whatsapp", "block_users": [{"user": "+16505551234"}, {"user_id": "US.1"}]},
        ),
    ),
    "blocked_users": (
        lambda c: c.blocked_users("1", limit=10),
        {"data": [{"wa_id": "1"}]},
        ("GET", "/v23.0/1/block_users", {"limit": "10"}, None),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_the_request_that_meta_documents(name):
    call, answer, request = CALLS[name]
    assert made(call, ok(answer))[0] == [request]


@pytest.mark.parametrize("name", CALLS)
def test_every_call_raises_what_meta_refused(name):
    refusal = HttpResponse(400, {}, b'{"error":{"code":80007,"message":"(#80007) Rate limit"}}')
    with pytest.raises(CallRefused) as refused:
        made(CALLS[name][0], refusal)
    assert refused.value.error.code == 80007


def test_a_marketing_send_has_its_own_endpoint_and_options():
    message = Outbound.model_validate({"to": "+16505551234", "message": TEMPLATE})
    requests, result = made(
        lambda c: c.send_marketing("1", message, product_policy="STRICT", message_activity_sharing=False),
        ok({"messages": [{"id": "wamid.A", "message_status": "held_for_quality_assessment"}]}),
    )
    assert requests[0][1] == "/v23.0/1/marketing_messages"
    assert {"product_policy": "STRICT", "message_activity_sharing": False}.items() <= requests[0][3].items()
    assert result == Accepted("wamid.A", message_status="held_for_quality_assessment")


@pytest.mark.parametrize(
    ("failure", "outcome"), [(NothingSent("no route"), NotSent("no route")), (AnswerLost("cut"), Ambiguous("cut"))]
)
def test_a_send_does_not_raise_for_the_network(failure, outcome):
    message = Outbound.model_validate({"recipient": "US.1349", "message": TEMPLATE})
    assert made(lambda c: c.send("1", message), failure)[1] == outcome


def test_an_upload_is_a_form_with_the_file_and_its_length():
    script = Script(ok({"id": "1037543291543636"}))
    client = Client(Endpoint("https://graph.test", "v23.0", "t"), script)
    content = b"\x89PNG" + bytes(500_000)
    media_id = client.upload_media(
        "1", io.BytesIO(content), size=len(content), mime_type="image/png", filename='a"b.png'
    )
    request = script.requests[0]
    boundary = request.headers["Content-Type"].split("boundary=")[1]
    parts = request.body.split(f"--{boundary}".encode())
    assert media_id == "1037543291543636"
    assert int(request.headers["Content-Length"]) == len(request.body)
    assert parts[1:] == [
        b'\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n',
        b'\r\nContent-Disposition: form-data; name="type"\r\n\r\nimage/png\r\n',
        b'\r\nContent-Disposition: form-data; name="file"; filename="a%22b.png"\r\nContent-Type: image/png\r\n\r\n'
        + content
        + b"\r\n",
        b"--\r\n",
    ]


def test_a_file_shorter_than_its_size_is_not_sent_as_whole():
    with pytest.raises(EOFError):
        made(
            lambda c: c.upload_media("1", io.BytesIO(b"abc"), size=4, mime_type="text/plain", filename="a"),
            ok({"id": "1"}),
        )


def test_a_resumable_upload_goes_on_at_its_offset():
    script = Script(ok({"h": "4::aW1hZ2U="}))
    handle = Client(Endpoint("https://graph.test", "v23.0", "t"), script).upload_part(
        "upload:MTph?sig=ARZ", b"rest", offset=5
    )
    request = script.requests[0]
    assert (handle, request.url, request.body) == (
        "4::aW1hZ2U=",
        "https://graph.test/v23.0/upload:MTph?sig=ARZ",
        b"rest",
    )
    assert (request.headers["Authorization"], request.headers["file_offset"]) == ("OAuth t", "5")


def test_media_info_and_a_checked_download():
    content = b"hello world"
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    info = ok({"messaging_product": "whatsapp", "url": "https://lookaside.test/x", "id": "9", "sha256": digest})
    got = b""

    def call(client):
        nonlocal got
        found = client.media_info("9", "1")
        pieces = []
        downloaded = client.download_media(found.url, pieces.append, max_bytes=100, sha256=found.sha256)
        got = b"".join(pieces)
        return downloaded

    _, downloaded = made(call, info, HttpResponse(200, {"Content-Type": "text/plain"}, content))
    assert (got, downloaded.size, downloaded.mime_type) == (content, 11, "text/plain")


@pytest.mark.parametrize(
    ("options", "answer", "error"),
    [
        ({"max_bytes": 3}, HttpResponse(200, {}, b"hello"), MediaTooLarge),
        ({"max_bytes": 9, "sha256": "00"}, HttpResponse(200, {}, b"hello"), MediaDamaged),
        ({"max_bytes": 9}, HttpResponse(404, {}, b'{"error":{"code":100,"error_subcode":33}}'), CallRefused),
        ({"max_bytes": 9}, HttpResponse(404, {}, b"gone"), CallRefused),
        ({"max_bytes": 9}, HttpResponse(502, {}, b"<html>"), CallFailed),
    ],
)
def test_a_download_that_went_wrong_says_how(options, answer, error):
    with pytest.raises(error):
        made(lambda c: c.download_media("https://lookaside.test/x", lambda _: None, **options), answer)


def test_a_page_ends_when_meta_names_no_next_one_even_with_a_cursor():
    last = {"data": [{"name": "a"}], "paging": {"cursors": {"before": "B", "after": "A"}}}
    assert made(lambda c: c.templates("5"), ok(last))[1].after is None
    more = last | {"paging": {"cursors": {"after": "A"}, "next": "https://graph.facebook.com/..."}}
    assert made(lambda c: c.templates("5"), ok(more))[1].after == "A"


def test_a_phone_number_is_read_in_both_shapes_of_its_limit():
    body = {
        "id": 106540352242922,
        "display_phone_number": "+1 555-078-3881",
        "quality_rating": "GREEN",
        "throughput": {"level": "HIGH"},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "something_new": 1,
    }
    number = made(lambda c: c.phone_number("106540352242922"), ok(body))[1]
    assert (number.id, number.throughput_level, number.messaging_limit) == ("106540352242922", "HIGH", "TIER_2K")
    older = made(lambda c: c.phone_number("1"), ok({"id": "1"}))[1]
    assert (older.throughput_level, older.messaging_limit) == ("NOT_APPLICABLE", None)


def test_numbers_accounts_and_apps():
    numbers = made(lambda c: c.phone_numbers("5"), ok({"data": [{"id": "1"}, {"id": "2"}]}))[1]
    assert ([number.id for number in numbers[0]], numbers[1]) == (["1", "2"], None)
    assert made(lambda c: c.waba("5"), ok({"id": "5", "currency": "EUR"}))[1].currency == "EUR"
    apps = {"data": [{"whatsapp_business_api_data": {"id": "3", "name": "App", "link": "https://x"}}]}
    assert [app.id for app in made(lambda c: c.subscribed_apps("5"), ok(apps))[1]] == ["3"]


def test_a_partly_refused_block_says_who_is_blocked_and_who_is_not():
    body = {
        "messaging_product": "whatsapp",
        "block_users": {
            "added_users": [{"input": "+1", "wa_id": "1"}],
            "failed_users": [{"input": "+2", "errors": [{"code": 131047}]}],
        },
        "error": {"code": 139100, "message": "(#139100) Failed to block some users"},
    }
    result = made(lambda c: c.block_users("1", phones=["+1", "+2"]), HttpResponse(400, {}, json.dumps(body).encode()))[
        1
    ]
    assert ([user.wa_id for user in result.done], [user.input for user in result.failed]) == (["1"], ["+2"])


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": 5}])
def test_an_answer_without_its_point_is_a_failure(body):
    with pytest.raises(CallFailed):
        made(lambda c: c.start_upload("1", filename="a", size=1, mime_type="image/png"), ok(body))


def test_the_token_shows_in_no_text_of_the_client():
    client = Client(Endpoint("https://graph.test", "v23.0", "secret-token"), Script())
    assert "secret-token" not in repr(client) + repr(client.endpoint.request("GET", "1"))
