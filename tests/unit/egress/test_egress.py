import socket
import threading
import time
import traceback
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from chalicelib.egress import MAX_ANSWER, Egress, NoAnswer, NotAllowed, Request, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", "2001:0:7f00:1::", "fec0::1", "3fff::1", "5f00::1", "4000::1",
        "::ffff:0:127.0.0.1", "::8.8.8.8", "64:ff9b:1:7f00:0:100:808:808", "64:ff9b::10.0.0.1", "100::1", "fe80::1%25eth0",
        "100.100.100.200", "192.0.0.192", "192.88.99.1", "168.63.129.16",
    ],
)  # fmt: skip
def test_no_form_of_an_inner_address_is_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


class Answers(BaseHTTPRequestHandler):
    """Answers by path; remembers what it was asked."""

    def do_GET(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        length = int(self.headers.get("content-length") or 0)
        self.server.bodies.append(self.rfile.read(length))
        status, headers, body = self.server.pages[self.path.partition("?")[0]]
        if callable(body):
            body(self.connection)
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name http.server calls

    def log_message(self, *_):
        pass


@contextmanager
def serving(**pages):
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.pages = {"/" + name.replace("__", "/"): page for name, page in pages.items()}
        server.asked, server.bodies, server.daemon_threads = [], [], True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server, f"http://crm.test:{server.server_port}"
        server.shutdown()


def inside(*hosts):
    return Egress(allowed=frozenset({"crm.test", *hosts}), resolver=lambda host, port: ["127.0.0.1"])


def test_json_comes_parsed_and_anything_else_as_text():
    pages = {
        "json": (200, {"Content-Type": "application/json"}, b'{"a": [1]}'),
        "html": (502, {"Content-Type": "text/html; charset=latin-1"}, "<h1>caf\xe9".encode("latin-1")),
        "empty": (204, {}, b""),
    }
    with serving(**pages) as (_, base):
        answers = [inside().fetch(Request("GET", f"{base}/{name}")) for name in pages]
    assert [(one.status, one.body) for one in answers] == [(200, {"a": [1]}), (502, "<h1>café"), (204, None)]


def test_what_is_sent_is_what_the_step_says_and_the_host_is_the_name():
    with serving(bookings=(201, {}, b"{}")) as (server, base):
        inside().fetch(
            Request("POST", f"{base}/bookings?x=1", {"Content-Type": "application/json", "X": "y"}, '{"é": 1}')
        )
    [(method, path, headers)] = server.asked
    assert (method, path, headers["X"], headers["Host"]) == ("POST", "/bookings?x=1", "y", base.removeprefix("http://"))
    assert server.bodies == ['{"é": 1}'.encode()]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://127.1/",
        "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://①②⑦.0.0.1/", "http://127。0。0。1/",
        "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
        "http://example.com@127.0.0.1/", "http://127.0.0.1:80#@example.com/",
    ],
)  # fmt: skip
def test_inner_hosts_are_refused_however_they_are_written(url):
    with pytest.raises(NotAllowed):
        Egress().fetch(Request("GET", url))


def test_a_name_with_one_inner_address_among_public_ones_is_refused():
    egress = Egress(resolver=lambda *_: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(NotAllowed):
        egress.fetch(Request("GET", "http://crm.example.com/"))


def test_the_connection_goes_to_the_address_that_was_checked():
    """DNS rebinding: public when checked, inner when connected to."""
    asked = []

    def turncoat(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["192.0.2.77"]

    with pytest.raises(NotAllowed):
        Egress(resolver=turncoat).fetch(Request("GET", "http://rebind.example.com/"))
    assert asked == ["rebind.example.com"]


def test_a_redirect_inwards_is_refused():
    with serving(go=(302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")) as (_, base):
        egress = Egress(
            allowed=frozenset({"crm.test"}),
            resolver=lambda host, port: ["127.0.0.1"] if host == "crm.test" else [host],
        )
        with pytest.raises(NotAllowed):
            egress.fetch(Request("GET", f"{base}/go"))


def test_redirects_are_followed_and_credentials_stay_with_their_host():
    with serving(end=(200, {}, b'"here"')) as (second, _):
        target = f"http://other.test:{second.server_port}/end"
        pages = {"start": (307, {"Location": "/middle"}, b""), "middle": (302, {"Location": target}, b"")}
        with serving(**pages) as (first, base):
            request = Request("POST", f"{base}/start", {"Authorization": "Bearer x"}, "{}")
            assert inside("other.test").fetch(request).body == "here"
    assert [(method, "Authorization" in headers) for method, _, headers in first.asked] == [("POST", True)] * 2
    assert [(method, "Authorization" in headers) for method, _, headers in second.asked] == [("GET", False)]


def test_a_key_in_any_header_stays_with_its_host():
    headers = {"X-Api-Key": "k", "Cookie": "c", "Accept": "text/plain"}
    with serving(end=(200, {}, b"1")) as (second, _):
        target = f"http://other.test:{second.server_port}/end"
        with serving(go=(307, {"Location": target}, b"")) as (_, base):
            inside("other.test").fetch(Request("GET", f"{base}/go", headers))
    [(_, _, seen)] = second.asked
    assert (seen.get("X-Api-Key"), seen.get("Cookie"), seen["Accept"]) == (None, None, "text/plain")


@pytest.mark.parametrize(
    "target", ["http://[::1/", "http://crm.test:99999/", "file:///etc/passwd", "gopher://crm.test/", "//"]
)
def test_a_redirect_to_nowhere_is_an_error_of_the_call(target):
    with serving(go=(302, {"Location": target}, b"")) as (_, base), pytest.raises(NoAnswer):
        inside().fetch(Request("GET", f"{base}/go"))


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "http://crm.test:1/", {"X-Key": "secret\nvalue"}),
        Request("GET", "http://crm.test:1/", {"X-Key": "secret 😀"}),
        Request("GET", "http://crm.test:99999/secret"),
    ],
)
def test_what_cannot_be_written_is_refused_without_showing_it(request_):
    with pytest.raises(NoAnswer) as refused:
        inside().fetch(request_)
    shown = "".join(traceback.format_exception(refused.value))
    assert "secret" not in shown.replace("test_what_cannot_be_written_is_refused_without_showing_it", "")


def test_an_allowed_host_may_be_written_in_any_case_and_with_its_port():
    for hosts in ("CRM.test", "crm.test:{port}"):
        with serving(a=(200, {}, b"1")) as (server, base):
            egress = Egress.to(hosts.format(port=server.server_port))
            allowed = Egress(egress.allowed, resolver=lambda host, port: ["127.0.0.1"])
            assert allowed.fetch(Request("GET", f"{base}/a")).body == 1
    with pytest.raises(NotAllowed):
        Egress.to("crm.test:8443").addresses(urlsplit("http://127.0.0.1:8443/"))


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b"NaN", "NaN"),
        ("application/json", b'{"a": -Infinity}', '{"a": -Infinity}'),
        ("application/json", b"[" * 100_000, "[" * 100_000),
        ("application/json", b'{"a": "\\ud83d", "b": "\\ud83d\\ude00"}', {"a": "?", "b": "😀"}),
        ("application/json", b"[" * 102 + b"]" * 102, "[" * 102 + "]" * 102),
        ("text/plain; charset=idna", "é".encode(), "é"),
        ("text/plain; charset=hex", b"ab", "ab"),
        ("application/xml", b"<a/>", "<a/>"),
    ],
)
def test_what_only_python_would_read_as_json_is_text(content_type, body, expected):
    with serving(a=(200, {"Content-Type": content_type}, body)) as (_, base):
        assert inside().fetch(Request("GET", f"{base}/a")).body == expected


def test_an_answer_that_unpacks_to_gigabytes_costs_no_more_than_the_limit():
    import gzip
    import tracemalloc

    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < MAX_ANSWER
    with serving(big=(200, {"Content-Encoding": "gzip"}, bomb)) as (_, base):
        tracemalloc.start()
        with pytest.raises(NoAnswer, match="larger than 256 KB"):
            inside().fetch(Request("GET", f"{base}/big"))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 10 * MAX_ANSWER


def test_packed_answers_are_unpacked_and_unknown_packings_named():
    import gzip

    pages = {
        "fine": (200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"a": 1}')),
        "broken": (200, {"Content-Encoding": "gzip"}, b"no gzip"),
        "odd": (200, {"Content-Encoding": "br"}, b"x"),
    }
    with serving(**pages) as (_, base):
        assert inside().fetch(Request("GET", f"{base}/fine")).body == {"a": 1}
        for name, reason in (("broken", "cannot be unpacked"), ("odd", "not read here: br")):
            with pytest.raises(NoAnswer, match=reason):
                inside().fetch(Request("GET", f"{base}/{name}"))


def test_a_name_that_is_found_too_late_is_not_called_any_more():
    def slow(host, port):
        time.sleep(0.3)
        return ["127.0.0.1"]

    with serving(a=(200, {}, b"1")) as (server, base), pytest.raises(NoAnswer, match="No answer within"):
        Egress(frozenset({"crm.test"}), slow).fetch(Request("GET", f"{base}/a", timeout_seconds=0.1))
    assert server.asked == []


def test_a_ring_of_redirects_ends():
    with (
        serving(ring=(302, {"Location": "/ring"}, b"")) as (_, base),
        pytest.raises(NoAnswer, match=r"More than 5 redirects"),
    ):
        inside().fetch(Request("GET", f"{base}/ring"))


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_an_answer_that_is_too_large_is_refused_even_when_it_grows_by_unpacking(headers):
    import gzip

    body = b"x" * (MAX_ANSWER + 1)
    page = (200, headers, gzip.compress(body) if headers else body)
    with serving(big=page) as (_, base), pytest.raises(NoAnswer, match="larger than 256 KB"):
        inside().fetch(Request("GET", f"{base}/big"))


def test_a_server_that_drips_bytes_is_given_up_in_time():
    def drip(connection: socket.socket):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            try:
                connection.sendall(b"X-A: b\r\n")
            except OSError:
                return
            time.sleep(0.05)

    with (
        serving(slow=(200, {}, drip)) as (_, base),
        pytest.raises(NoAnswer, match=r"No answer within 0\.4 seconds") as error,
    ):
        inside().fetch(Request("GET", f"{base}/slow", timeout_seconds=0.4))
    assert error.value.transient


def test_a_server_that_is_not_there_is_worth_another_try():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NoAnswer, match="does not answer") as error:
        inside().fetch(Request("GET", f"http://crm.test:{port}/"))
    assert error.value.transient


def test_a_name_nobody_knows_is_worth_another_try():
    def unknown(host, port):
        raise socket.gaierror("no such name")

    with pytest.raises(NoAnswer, match="cannot be found") as error:
        Egress(resolver=unknown).fetch(Request("GET", "http://nowhere.example/"))
    assert error.value.transient


def test_with_no_redirects_to_follow_a_redirect_is_an_answer():
    with serving(go=(302, {"Location": "http://169.254.169.254/"}, b"")) as (_, base):
        assert inside().fetch(Request("POST", f"{base}/go", redirects=0)).status == 302


def test_a_glance_shows_what_a_file_is_and_reads_no_more_than_it_must():
    def drips(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + b"\x89PNG" + b"x" * 200_000)
        connection.close()

    pages = {
        "said": (200, {"Content-Type": "image/png", "Content-Length": "100000000"}, b"\x89PNG" + b"x" * 100_000),
        "counted": (200, {}, drips),
        "gone": (404, {"Content-Type": "text/html"}, b"<h1>no</h1>"),
    }
    with serving(**pages) as (_, base):
        said, counted, gone = (inside().glance(f"{base}/{name}", head=4, limit=100_000) for name in pages)
    assert (said.status, said.content_type, said.size, said.head) == (200, "image/png", 100_000_000, b"\x89PNG")
    assert counted.head == b"\x89PNG"
    assert 100_000 < counted.size < 200_000
    assert (gone.status, gone.reason) == (404, "Not Found")


def test_a_download_is_written_whole_or_up_to_just_above_its_limit():
    pages = {
        "small": (200, {"Content-Type": "image/png"}, b"\x89PNG" + b"x" * 90_000),
        "large": (200, {"Content-Type": "video/mp4"}, b"x" * 3_000_000),
        "gone": (404, {}, b"no"),
    }
    with serving(**pages) as (_, base):
        files = {name: [] for name in pages}
        small, large, gone = (inside().download(f"{base}/{name}", files[name].append, limit=100_000) for name in pages)
    assert (small.status, small.content_type, small.size) == (200, "image/png", 90_004)
    assert b"".join(files["small"]) == pages["small"][2]
    assert 100_000 < large.size < 1_000_000
    assert (gone.status, gone.reason) == (404, "Not Found")


def test_a_download_that_breaks_off_is_worth_another_try_and_no_file():
    def breaks_off(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.close()

    with serving(half=(200, {}, breaks_off)) as (_, base), pytest.raises(NoAnswer, match="broke off") as error:
        inside().download(f"{base}/half", lambda piece: None, limit=1000)
    assert error.value.transient


def test_a_glance_goes_nowhere_that_a_call_may_not():
    with pytest.raises(NotAllowed):
        Egress(resolver=lambda host, port: ["169.254.169.254"]).glance("http://shop.example/a.png", head=4, limit=9)
