"""The simulator over HTTP: tokens, paths, media, control API, lost answers, handshakes, restarts."""
# ruff: noqa: E501

import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local.simulator.config import Config, Timing
from infra.local.simulator.embed import Running, running

NUMBER, WABA, CUSTOMER = "106540352242922", "102290129340398", "6591234567"
HELLO = {
    "messaging_product": "whatsapp",
    "to": "+" + CUSTOMER,
    "type": "template",
    "template": {"name": "hello_world", "language": {"code": "en_US"}},
}


class Callback(ThreadingHTTPServer):
    """A webhook endpoint: the token it knows, the statuses it answers with, and what came."""

    def __init__(self) -> None:
        self.token = "verify"
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/webhook"


class _Handler(BaseHTTPRequestHandler):
    server: Callback

    def do_GET(self) -> None:
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        ok = query["hub.mode"] == ["subscribe"] and query["hub.verify_token"] == [self.server.token]
        self._answer(200 if ok else 403, query["hub.challenge"][0].encode())

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(self.server.answers.pop(0) if self.server.answers else 200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def callback() -> Iterator[Callback]:
    server = Callback()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def config(callback: Callback, **fields: Any) -> Config:
    quick = Timing(sent_ms=(1, 2), delivered_ms=(1, 2), read_ms=(1, 2), read_share=1.0)
    settings: dict[str, Any] = {
        "webhook_url": callback.url, "verify_token": "verify", "app_secret": "secret", "access_tokens": ["token"],
        "expired_tokens": ["old"], "timing": quick, "webhook_linger_ms": 0, "webhook_retry_ms": 50,
    }  # fmt: skip
    return Config(**(settings | fields))


@pytest.fixture
def simulator(tmp_path: Path, callback: Callback) -> Iterator[Running]:
    with running(tmp_path, config(callback)) as made:
        yield made


def call(simulator: Running, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(simulator.url + path, data=data, method=method)
    for name, value in ({"Authorization": "Bearer token", "Content-Type": "application/json"} | headers).items():
        request.add_header(name.replace("Content_Type", "Content-Type"), value)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, _read(answer)
    except urllib.error.HTTPError as error:
        return error.code, _read(error)


def _read(answer: Any) -> Any:
    raw = answer.read()
    return json.loads(raw) if "json" in answer.headers.get("Content-Type", "") else raw


def sim(simulator: Running, method: str, path: str, body: Any = None) -> Any:
    status, answer = call(simulator, method, "/_sim" + path, body)
    assert status == 200, answer
    return answer


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def write(simulator: Running, body: str = "hi") -> str:
    message = {"phone_number_id": NUMBER, "type": "text", "text": {"body": body}}
    return str(sim(simulator, "POST", f"/customers/{CUSTOMER}/messages", message)["wamid"])


@pytest.mark.parametrize(
    ("header", "code"), [("", 0), ("Bearer nonsense", 190), ("Bearer old", 190), ("Basic token", 0)]
)
def test_calls_without_a_good_token_are_refused(header: str, code: int, simulator: Running) -> None:
    status, answer = call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO, Authorization=header)
    assert (status, answer["error"]["code"]) == (401, code)
    assert answer["error"].get("error_subcode") == (463 if "old" in header else None)


@pytest.mark.parametrize("version", ["/v19.0", "/v25.0", "/v31.0", ""])
def test_every_version_is_served(version: str, simulator: Running) -> None:
    status, answer = call(simulator, "GET", f"{version}/{NUMBER}?fields=id,throughput,quality_rating")
    assert (status, answer) == (200, {"id": NUMBER, "throughput": {"level": "STANDARD"}, "quality_rating": "GREEN"})


@pytest.mark.parametrize(
    ("method", "path", "code", "subcode"),
    [
        ("GET", "/v25.0/1", 100, 33),
        ("POST", "/v25.0/1/messages", 100, 33),
        ("GET", f"/v25.0/{NUMBER}/nothing", 2500, None),
        ("GET", f"/v25.0/{NUMBER}?fields=nothing", 100, None),
        ("GET", "/v25.0/1/message_templates", 100, 33),
    ],
)
def test_unknown_things_get_graphs_errors(
    method: str, path: str, code: int, subcode: int | None, simulator: Running
) -> None:
    status, answer = call(simulator, method, path, HELLO if method == "POST" else None)
    assert (status, answer["error"]["code"], answer["error"].get("error_subcode")) == (400, code, subcode)
    assert set(answer["error"]) >= {"message", "type", "code", "fbtrace_id"}


def test_a_body_that_is_no_json_has_no_parameters(simulator: Running) -> None:
    _, answer = call(simulator, "POST", f"/v25.0/{NUMBER}/messages", b"{not json")
    assert answer["error"]["message"] == "(#100) The parameter messaging_product is required."


def test_media_goes_up_and_comes_down_again(simulator: Running) -> None:
    form = (
        b'--B\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--B--\r\n'
    )
    path = f"/v25.0/{NUMBER}/media"
    _, uploaded = call(simulator, "POST", path, form, Content_Type="multipart/form-data; boundary=B")
    _, described = call(simulator, "GET", f"/v25.0/{uploaded['id']}?phone_number_id={NUMBER}")
    assert described["sha256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    assert (described["mime_type"], described["file_size"]) == ("text/plain", 5)
    url = described["url"].removeprefix(simulator.url)
    assert call(simulator, "GET", url) == (200, b"hello")
    assert call(simulator, "GET", url, Authorization="")[0] == 401
    sim(simulator, "POST", "/clock", {"advance_seconds": 301})
    assert call(simulator, "GET", url)[0] == 404
    assert call(simulator, "DELETE", f"/v25.0/{uploaded['id']}") == (200, {"success": True})
    assert call(simulator, "GET", f"/v25.0/{uploaded['id']}")[1]["error"]["error_subcode"] == 33


def test_a_file_of_a_type_whatsapp_does_not_take_is_refused(simulator: Running) -> None:
    form = (
        b'--B\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.exe"\r\nContent-Type: application/x-dosexec\r\n\r\nMZ\r\n--B--\r\n'
    )
    path = f"/v25.0/{NUMBER}/media"
    status, answer = call(simulator, "POST", path, form, Content_Type="multipart/form-data; boundary=B")
    assert (status, answer["error"]["code"]) == (400, 100)
    assert "application/x-dosexec" in answer["error"]["message"]


def test_a_resumable_upload_gives_a_handle_with_the_last_byte(simulator: Running) -> None:
    _, session = call(simulator, "POST", "/v25.0/670843887433847/uploads?file_length=6&file_type=image/png&file_name=a")
    path = f"/v25.0/{session['id']}"
    call(simulator, "POST", path, b"abc", file_offset="0")
    assert call(simulator, "GET", path)[1]["file_offset"] == 3
    assert call(simulator, "POST", path, b"def", file_offset="0")[0] == 400
    assert call(simulator, "POST", path, b"def", file_offset="3")[1]["h"].startswith("4::")


def test_the_status_webhooks_of_a_send_arrive(simulator: Running, callback: Callback) -> None:
    _, answer = call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)
    wait_until(lambda: b'"read"' in b"".join(callback.bodies))
    (accepted,) = sim(simulator, "GET", f"/messages?wa_id={CUSTOMER}&phone_number_id={NUMBER}")["messages"]
    assert accepted["wamid"] == answer["messages"][0]["id"]
    assert [s["status"] for s in accepted["statuses"]] == ["sent", "delivered", "read"]


def test_messages_of_one_chat_arrive_in_order(simulator: Running, callback: Callback) -> None:
    sent = [write(simulator, str(index)) for index in range(12)]
    wait_until(lambda: len(callback.bodies) == 12)
    told = [json.loads(b)["entry"][0]["changes"][0]["value"]["messages"][0]["id"] for b in callback.bodies]
    assert told == sent


def test_a_webhook_that_is_refused_is_sent_again_with_the_same_bytes(simulator: Running, callback: Callback) -> None:
    callback.answers = [500, 302, 200]
    write(simulator)
    wait_until(lambda: len(callback.bodies) == 3)
    assert len(set(callback.bodies)) == 1
    wait_until(lambda: sim(simulator, "GET", "/stats")["webhooks"]["acknowledged"] == 1)
    told = sim(simulator, "GET", "/stats")["webhooks"]
    assert (told["sent"], told["retried"], told["waiting"]) == (1, 2, 0)


def test_nothing_goes_to_a_callback_that_fails_the_handshake(tmp_path: Path, callback: Callback) -> None:
    callback.token = "another"
    with running(tmp_path, config(callback)) as simulator:
        write(simulator)
        assert sim(simulator, "GET", "/healthz")["webhook"]["verified"] is False
        assert sim(simulator, "GET", "/stats")["webhooks"]["waiting"] == 1
        assert callback.bodies == []
        callback.token = "verify"
        wait_until(lambda: len(callback.bodies) == 1)


def test_an_override_is_set_only_after_its_handshake(simulator: Running, callback: Callback) -> None:
    path = f"/v25.0/{WABA}/subscribed_apps"
    wrong = {"override_callback_uri": callback.url, "verify_token": "wrong"}
    status, answer = call(simulator, "POST", path, wrong)
    assert (status, answer["error"]["code"]) == (400, 2200)
    assert call(simulator, "POST", path, wrong | {"verify_token": "verify"}) == (200, {"success": True})
    assert call(simulator, "GET", path)[1]["data"][0]["override_callback_uri"] == callback.url


def test_a_lost_response_was_accepted(simulator: Running) -> None:
    sim(simulator, "PUT", "/faults", {"lost_response_rate": 1})
    host = urllib.parse.urlparse(simulator.url).netloc
    connection = http.client.HTTPConnection(host, timeout=10)
    headers = {"Authorization": "Bearer token", "Content-Type": "application/json"}
    connection.request("POST", f"/v25.0/{NUMBER}/messages", json.dumps(HELLO), headers)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    assert len(sim(simulator, "GET", "/messages")["messages"]) == 1
    assert sim(simulator, "GET", "/stats")["lost_responses"] == 1


def test_the_error_fault_refuses_and_is_counted(simulator: Running) -> None:
    sim(simulator, "PUT", "/faults", {"error_rate": 1, "error_code": 130429})
    status, answer = call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)
    assert (status, answer["error"]["code"]) == (400, 130429)
    assert sim(simulator, "GET", "/stats")["refused"] == {"130429": 1}
    assert sim(simulator, "GET", "/messages")["messages"] == []


def test_putting_faults_replaces_all_of_them(simulator: Running) -> None:
    sim(simulator, "PUT", "/faults", {"error_rate": 0.5, "throughput_mps": 20, "duplicate_webhooks": 0.25})
    assert sim(simulator, "GET", "/faults")["duplicate_webhooks"] == 0.25
    assert sim(simulator, "PUT", "/faults", {"latency_ms": 5})["throughput_mps"] is None


BAD: list[tuple[str, str, Any, str]] = [
    ("PUT", "/faults", {"error_rate": 2}, "error_rate"),
    ("PUT", "/faults", {"eror_rate": 1}, "eror_rate"),
    ("POST", "/clock", {"advance_seconds": -1}, "advance_seconds"),
    ("POST", "/clock", {}, "advance_seconds"),
    ("POST", "/customers/12/messages", {"phone_number_id": NUMBER, "type": "text", "text": {"body": "x"}}, "wa_id"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": "1", "type": "text", "text": {"body": "x"}}, "phone_number_id"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "poll"}, "type"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "text", "text": {}}, "text.body"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "location"}, "body"),
    ("POST", f"/customers/{CUSTOMER}/preferences", {"phone_number_id": NUMBER, "value": "maybe"}, "value"),
    ("PUT", f"/customers/{CUSTOMER}", {"nickname": "x"}, "nickname"),
    ("POST", "/events", {"field": "account_update", "waba_id": "1", "value": {}}, "waba_id"),
    ("POST", "/events", {"field": "account_update", "waba_id": WABA, "value": {}}, "value.event"),
    ("POST", "/events", {"field": "message_template_status_update", "waba_id": WABA, "value": {"event": "LOST"}}, "value.event"),
    ("PUT", "/config", {"timing": {"sent_ms": [5, 1]}}, "timing.sent_ms"),
    ("PUT", "/config", {"phone_numbers": [{"id": "5", "waba_id": "1", "display_phone_number": "+1"}]}, "phone_numbers.0.waba_id"),
    ("PUT", "/config", {"wabas": {}}, "wabas"),
    ("GET", "/messages?after=nothing", None, "after"),
    ("GET", "/messages?after=%C2%B2", None, "after"),
    ("GET", "/messages?after=99999999999999999999", None, "after"),
    ("GET", "/messages?limit=--1", None, "limit"),
    ("GET", "/customers/%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3", None, "wa_id"),
    ("PUT", "/faults", {"throughput_mps": 10**30}, "throughput_mps"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "text", "text": {"body": "\ud800"}}, "body"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "image", "image": {"data": "not base64"}}, "image.data"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "document", "document": {"filename": True}}, "document.filename"),
    ("POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER, "type": "image", "image": {"id": "../x"}}, "image.id"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "field"), BAD)
def test_bad_input_to_the_control_api_names_the_field(
    method: str, path: str, body: Any, field: str, simulator: Running
) -> None:
    status, answer = call(simulator, method, "/_sim" + path, body)
    assert (status, answer["error"]["field"]) == (400, field)
    assert answer["error"]["message"]


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"[" * 100_000, b"{", b"[]"])
def test_a_body_that_is_no_json_object_is_said_so_by_the_control_api(raw: bytes, simulator: Running) -> None:
    assert call(simulator, "POST", "/_sim/clock", raw, Content_Type="application/json; charset=nonsense")[0] == 400


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json"])
def test_what_cannot_be_read_counts_as_no_parameters_as_graph_does_it(content_type: str, simulator: Running) -> None:
    half = b'{"to": "\\ud800"}'
    status, answer = call(simulator, "POST", f"/v25.0/{NUMBER}/messages", half, Content_Type=content_type)
    assert (status, answer["error"]["code"]) == (400, 100)


def test_advancing_the_clock_moves_timestamps_and_what_is_due(simulator: Running, callback: Callback) -> None:
    before = sim(simulator, "GET", "/clock")["now"]
    after = sim(simulator, "POST", "/clock", {"advance_seconds": 86_400})["now"]
    assert after - before >= 86_400
    write(simulator)
    wait_until(lambda: bool(callback.bodies))
    stamp = int(json.loads(callback.bodies[0])["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"])
    assert stamp - before >= 86_399


def test_a_reset_forgets_traffic_and_keeps_accounts(simulator: Running) -> None:
    call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)
    paused = {"event": "PAUSED", "message_template_name": "hello_world", "message_template_language": "en_US"}
    sim(simulator, "POST", "/events", {"field": "message_template_status_update", "waba_id": WABA, "value": paused})
    sim(simulator, "POST", "/clock", {"advance_seconds": 1_000})
    assert call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)[1]["error"]["code"] == 132015
    sim(simulator, "POST", "/reset")
    assert sim(simulator, "GET", "/stats")["accepted"] == 0
    assert sim(simulator, "GET", "/clock")["offset_seconds"] == 0
    assert call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)[0] == 200


def test_config_can_be_put_twice_and_defines_accounts(simulator: Running) -> None:
    body = {
        "hidden_phone_share": 0.5,
        "wabas": [{"id": "77", "name": "Other", "messaging_limit": "TIER_2K"}],
        "phone_numbers": [{"id": "78", "waba_id": "77", "display_phone_number": "+65 3158 9999", "throughput": 1000}],
        "templates": [{"waba_id": "77", "name": "hi", "language": "en", "category": "UTILITY", "components": [{"type": "body", "text": "Hi there"}]}],
    }  # fmt: skip
    assert sim(simulator, "PUT", "/config", body) == sim(simulator, "PUT", "/config", body)
    _, number = call(simulator, "GET", "/v25.0/78?fields=throughput,whatsapp_business_manager_messaging_limit")
    assert number["throughput"] == {"level": "HIGH"}
    assert number["whatsapp_business_manager_messaging_limit"] == "TIER_2K"
    _, listed = call(simulator, "GET", "/v25.0/77/message_templates?fields=name,status")
    assert [(t["name"], t["status"]) for t in listed["data"]] == [("hi", "APPROVED")]


def test_events_change_the_simulators_own_state_too(simulator: Running) -> None:
    upgrade = {
        "event": "THROUGHPUT_UPGRADE",
        "current_limit": "TIER_2K",
        "max_daily_conversations_per_business": "TIER_10K",
    }
    sim(
        simulator,
        "POST",
        "/events",
        {"field": "phone_number_quality_update", "waba_id": WABA, "phone_number_id": NUMBER, "value": upgrade},
    )
    _, number = call(simulator, "GET", f"/v25.0/{NUMBER}?fields=throughput,whatsapp_business_manager_messaging_limit")
    assert (number["throughput"]["level"], number["whatsapp_business_manager_messaging_limit"]) == ("HIGH", "TIER_10K")
    banned = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    sim(simulator, "POST", "/events", {"field": "account_update", "waba_id": WABA, "value": banned})
    assert call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)[1]["error"]["code"] == 131031


def test_state_survives_a_restart_and_what_was_due_happens(tmp_path: Path, callback: Callback) -> None:
    slow = config(callback, timing=Timing(sent_ms=(400, 400), delivered_ms=(1, 1), read_ms=(1, 1), read_share=1.0))
    with running(tmp_path, slow) as simulator:
        call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)
        sim(simulator, "POST", "/clock", {"advance_seconds": 0})
    assert callback.bodies == []
    with running(tmp_path) as simulator:
        wait_until(lambda: b'"read"' in b"".join(callback.bodies))
        (message,) = sim(simulator, "GET", "/messages")["messages"]
        assert message["status"] == "read"


def test_the_phone_page_is_self_contained(simulator: Running) -> None:
    with urllib.request.urlopen(simulator.url + "/phone") as answer:
        page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page
    assert "style=" not in page
    for path in ("base.css", "chat.css", "app.js", "bubbles.js", "dom.js", "icon.svg"):
        assert call(simulator, "GET", f"/phone/{path}")[0] == 200
    assert call(simulator, "GET", "/phone/..%2fserver.py")[0] == 404


def test_the_phone_shows_what_arrived_and_not_what_failed(simulator: Running, callback: Callback) -> None:
    call(
        simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO | {"type": "text", "text": {"body": "outside the window"}}
    )
    call(simulator, "POST", f"/v25.0/{NUMBER}/messages", HELLO)
    wait_until(lambda: b'"read"' in b"".join(callback.bodies))
    write(simulator, "hello back")
    shown = sim(simulator, "GET", f"/chats/{CUSTOMER}/{NUMBER}")["messages"]
    assert [(m["out"], m["type"]) for m in shown] == [(False, "template"), (True, "text")]
    assert [line["seq"] for line in sim(simulator, "GET", f"/chats?wa_id={CUSTOMER}")["chats"]] == [shown[-1]["seq"]]


def test_news_reach_the_phone_page_as_events(simulator: Running) -> None:
    with urllib.request.urlopen(simulator.url + "/_sim/stream", timeout=10) as stream:
        assert stream.readline() == b"retry: 2000\n"
        write(simulator)
        lines = [stream.readline() for _ in range(2)]
    assert f"data: {CUSTOMER}\n".encode() in lines


def test_links_that_cannot_be_fetched_fail_by_webhook(simulator: Running, callback: Callback) -> None:
    write(simulator)
    picture = {
        "messaging_product": "whatsapp",
        "to": "+" + CUSTOMER,
        "type": "image",
        "image": {"link": "http://127.0.0.1:1/a.png"},
    }
    assert call(simulator, "POST", f"/v25.0/{NUMBER}/messages", picture)[0] == 200
    wait_until(lambda: b"131053" in b"".join(callback.bodies))


def test_the_simulator_knows_nothing_of_the_platform() -> None:
    folder = Path(__file__).parents[3] / "infra" / "local" / "simulator"
    assert [path.name for path in folder.glob("*.py") if "import chalicelib" in path.read_text() or "from chalicelib" in path.read_text()] == []  # fmt: skip
