"""An import of 20,000 contacts on the stack that runs here, and the same file again: every request that the function made to AWS.

Not a part of `make bench`, which needs no stack: `python -m tests.bench.stack_import [contacts]`. The function's own setting
`AWS_ENDPOINT_URL` leads it, for the time of the measurement, through a proxy here that passes all on and counts.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

from infra.deploy import Emulator
from infra.local.client import Refused, upload
from infra.local.demo import Demo
from tests.bench.rows import Row
from tests.bench.stack_pacing import STATE

FUNCTION = "parley-local-contacts"
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
_OVER = {"completed", "failed", "stopped", "timeout"}


class Counting(BaseHTTPRequestHandler):
    """Passes each request on to the emulator and counts what DynamoDB was asked for."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    emulator = ""
    asked: ClassVar[Counter[str]] = Counter()

    def do_POST(self) -> None:
        if target := self.headers.get("X-Amz-Target", ""):
            self.asked[target.rpartition(".")[2] if target.startswith("DynamoDB") else "else"] += 1
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        onward = HTTPConnection(self.emulator, timeout=60)
        onward.request(self.command, self.path, body, dict(self.headers))
        answer = onward.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "content-length", "connection", "server", "date"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        onward.close()

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - http.server's names

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def counted(aws: Emulator) -> Iterator["Counter[str]"]:
    """Leads the contacts function through the proxy, and back."""
    Counting.emulator, Counting.asked = urlsplit(aws.url).netloc, Counter()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    functions = aws.client("lambda")
    before = functions.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    through = {**before, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
    functions.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": through})
    try:
        yield Counting.asked
    finally:
        functions.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": before})
        server.shutdown()


def file_of(contacts: int) -> bytes:
    """People whom nobody has imported before: numbers follow the time of day."""
    first = int(time.time()) * 1_000
    rows = (f"+65{90_000_000 + (first + n) % 7_900_000},Ann{n},Tan\n" for n in range(contacts))
    return ("Mobile,FirstName,LastName\n" + "".join(rows)).encode()


def imported(demo: Demo, account: str, content: bytes) -> dict[str, Any]:
    """The job when it is over."""
    base = f"/accounts/{account}"
    link = demo.api.post(f"{base}/contacts/batches/uploads", {"fileName": "people.csv"})
    upload(link["url"], link["fields"], "people.csv", content)
    job = demo.api.post(f"{base}/contacts/batches/imports", {"uploadId": link["uploadId"]})
    while job["status"] not in _OVER:
        time.sleep(3)
        with suppress(Refused):  # the machine is busy: to ask again costs the job nothing
            job = demo.api.get(f"{base}/batches/{job['id']}")
    return dict(job)


def rows(demo: Demo, account: str, aws: Emulator, contacts: int) -> Iterator[Row]:
    """All writes count here, also those that keep the job's own place."""
    content = file_of(contacts)
    for what, limit in (("new", 2), ("unchanged", 0)):
        begun = time.monotonic()
        with counted(aws) as asked:
            job = imported(demo, account, content)
        took = time.monotonic() - begun
        writes = sum(asked[name] for name in WRITES)
        print(f"{what}: {took:.0f} s, {job['status']}, {dict(asked)}", file=sys.stderr)
        assert job["status"] == "completed", job
        # None for an unchanged one: what is left is the job noting its own steps, however many people there are.
        own = asked["UpdateItem"] + asked["PutItem"]
        note = f"{writes} in all, {own} of them the job's own; {took:.0f} s"
        yield Row(
            f"stack, import of {contacts:,}: write requests per {what} contact",
            (writes - own) / contacts,
            limit,
            note=note,
        )


def main(contacts: int) -> int:
    """Runs, prints, answers the exit code."""
    described = json.loads(STATE.read_text())
    aws = Emulator(f"http://{urlsplit(described['websocket_url']).netloc}")
    broken = 0
    for row in rows(Demo.on(described), described["account_id"], aws, contacts):
        broken += not row.holds
        verdict = "holds" if row.holds else "**does not hold**"
        print(f"| {row.what} | {row.figure:.4g} | ≤ {row.limit:g} | {verdict} | {row.note} |", flush=True)
    return min(broken, 1)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
