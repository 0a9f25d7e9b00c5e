"""What a send came to when the connection breaks at each possible point. Real sockets, no internet."""

import json
import socket
import time

import pytest

from chalicelib.whatsapp import transport as transport_module
from chalicelib.whatsapp.client import CallFailed, Client, Endpoint
from chalicelib.whatsapp.messages import Outbound
from chalicelib.whatsapp.outcome import Accepted, Ambiguous, NotSent, Refused
from chalicelib.whatsapp.transport import Urllib3Transport
from tests.unit.whatsapp.wire import RawServer, answers, http

ACCEPTED = json.dumps(
    {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+16505551234", "wa_id": "16505551234"}],
        "messages": [{"id": "wamid.A=", "message_status": "accepted"}],
    }
).encode()
REFUSED = json.dumps({"error": {"message": "(#131056) Pair", "code": 131056}}).encode()
MESSAGE = Outbound.model_validate({"to": "+16505551234", "message": {"type": "text", "text": {"body": "x" * 3000}}})


def client(url, read_timeout=5.0):
    return Client(Endpoint(url, "v23.0", "token"), Urllib3Transport(connect_timeout=2.0, read_timeout=read_timeout))


def hang_up(server, connection):
    """Closes at once, reading nothing."""


def reset(server, connection):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def cut_request(server, connection):
    connection.recv(100)


def no_answer(server, connection):
    server.read(connection)


def half_a_status_line(server, connection):
    server.read(connection)
    connection.sendall(b"HTTP/1.1 20")


def half_the_headers(server, connection):
    server.read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def half_the_body(server, connection):
    server.read(connection)
    connection.sendall(http(200, ACCEPTED)[:-20])


def chunks_without_an_end(server, connection):
    server.read(connection)
    connection.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n')


def half_a_refusal(server, connection):
    server.read(connection)
    connection.sendall(http(400, REFUSED)[:-5])


def silent(server, connection):
    server.read(connection)
    connection.recv(1)


CUTS = [
    hang_up,
    reset,
    cut_request,
    no_answer,
    half_a_status_line,
    half_the_headers,
    half_the_body,
    chunks_without_an_end,
    half_a_refusal,
]


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.__name__)
def test_a_connection_cut_after_the_first_byte_left_is_ambiguous_and_not_tried_again(cut):
    with RawServer(cut) as server:
        outcome = client(server.url).send("1", MESSAGE)
    assert isinstance(outcome, Ambiguous)
    assert server.connections == 1
    assert len(server.requests) <= 1


def test_an_answer_that_does_not_come_in_time_is_ambiguous():
    with RawServer(silent) as server:
        assert isinstance(client(server.url, read_timeout=0.1).send("1", MESSAGE), Ambiguous)


def test_a_refused_connection_sent_nothing():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(client(f"http://127.0.0.1:{port}").send("1", MESSAGE), NotSent)


def test_an_unknown_host_sent_nothing():
    assert isinstance(client("http://graph.invalid").send("1", MESSAGE), NotSent)


def test_a_connect_timeout_sent_nothing():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        outcome = client(f"http://127.0.0.1:{address[1]}").send("1", MESSAGE)
        for each in waiting:
            each.close()
    assert isinstance(outcome, NotSent)


def test_a_failed_tls_handshake_sent_nothing():
    def not_tls(server, connection):
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with RawServer(not_tls) as server:
        outcome = client(server.url.replace("http", "https")).send("1", MESSAGE)
    assert isinstance(outcome, NotSent)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (http(200, ACCEPTED), Accepted("wamid.A=", "16505551234", None, "accepted")),
        (http(200, b"<html>"), Ambiguous("unreadable answer, HTTP 200")),
        (http(200, b"{}"), Ambiguous("unreadable answer, HTTP 200")),
        (http(200, b'{"messages":[]}'), Ambiguous("unreadable answer, HTTP 200")),
        (http(200, b'{"messages":[{"id":""}]}'), Ambiguous("unreadable answer, HTTP 200")),
        (http(502, b"<html>bad gateway"), Ambiguous("unreadable answer, HTTP 502")),
        (http(503, b""), Ambiguous("unreadable answer, HTTP 503")),
    ],
)
def test_a_whole_answer_means_what_it_says(answer, outcome):
    with RawServer(answers(answer)) as server:
        assert client(server.url).send("1", MESSAGE) == outcome


@pytest.mark.parametrize(
    ("answer", "code", "action"),
    [
        (http(400, REFUSED), 131056, "slow_pair"),
        (http(200, REFUSED), 131056, "slow_pair"),
        (http(500, b'{"error":{"code":131000}}'), 131000, "retry_later"),
        (http(500, b'{"error":{"code":3}}'), 3, "stop_number"),
        (http(413, b"<html>"), None, "alarm"),
        (http(429, b""), None, "retry_later"),
        (http(302, b"", "Location: http://127.0.0.1:1/"), None, "alarm"),
    ],
)
def test_a_refusal_is_classified_by_its_code(answer, code, action):
    with RawServer(answers(answer)) as server:
        outcome = client(server.url).send("1", MESSAGE)
    assert isinstance(outcome, Refused)
    assert (outcome.error.code, outcome.action) == (code, action)


def test_sends_share_a_connection():
    with RawServer(answers(*[http(200, ACCEPTED)] * 3)) as server:
        sender = client(server.url)
        assert [type(sender.send("1", MESSAGE)) for _ in range(3)] == [Accepted] * 3
    assert server.connections == 1


def test_a_connection_that_the_server_closed_meanwhile_is_replaced_before_anything_is_sent():
    with RawServer(answers(http(200, ACCEPTED)), answers(http(200, ACCEPTED))) as server:
        sender = client(server.url)
        first = sender.send("1", MESSAGE)
        time.sleep(0.1)
        assert [type(first), type(sender.send("1", MESSAGE))] == [Accepted, Accepted]
    assert server.connections == 2


def test_a_connection_idle_for_too_long_is_not_trusted(monkeypatch):
    monkeypatch.setattr(transport_module, "MAX_IDLE_SECONDS", 0.0)

    def patient(server, connection):
        server.read(connection)
        connection.sendall(http(200, ACCEPTED))
        connection.recv(1)

    with RawServer(patient, patient) as server:
        sender = client(server.url)
        assert [type(sender.send("1", MESSAGE)) for _ in range(2)] == [Accepted] * 2
        del sender
    assert server.connections == 2


def test_other_calls_say_whether_anything_was_sent():
    with RawServer(no_answer) as server, pytest.raises(CallFailed) as failed:
        client(server.url).waba("1")
    assert failed.value.sent is True
    with pytest.raises(CallFailed) as failed:
        client("http://graph.invalid").waba("1")
    assert failed.value.sent is False


def test_the_request_on_the_wire():
    with RawServer(answers(http(200, ACCEPTED))) as server:
        client(server.url).send("106540352242922", MESSAGE)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v23.0/106540352242922/messages HTTP/1.1\r\n")
    assert {b"Authorization: Bearer token", b"Content-Type: application/json"} <= set(head.split(b"\r\n"))
    assert json.loads(body) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+16505551234",
        "type": "text",
        "text": {"body": "x" * 3000},
    }


def test_a_download_comes_in_pieces_and_a_cut_one_fails():
    content = bytes(range(256)) * 4000
    with RawServer(answers(http(200, content, "Content-Type: image/png"))) as server:
        pieces = []
        got = client(server.url).download_media(server.url + "/x", pieces.append, max_bytes=2_000_000)
    assert (b"".join(pieces), got.size, got.mime_type) == (content, len(content), "image/png")
    assert len(pieces) > 1

    with RawServer(answers(http(200, content)[:-1])) as server, pytest.raises(CallFailed):
        client(server.url).download_media(server.url + "/x", pieces.append, max_bytes=2_000_000)
