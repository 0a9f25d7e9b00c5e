"""One send worker at 100 ms of WhatsApp's latency, against a bare urllib3 pool with as many threads posting the same bodies.

Our side is the whole way: chunk, ledger rows, consent check, claim, typed message, call, record; botocore works as ever, its
socket answers after 3 ms. `make bench BENCH=campaigns_sending`.
"""

import json
import logging
import multiprocessing
import socketserver
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import urllib3

from chalicelib.campaigns import jobs, worker
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import CHUNK
from chalicelib.channels.model import Channel
from chalicelib.cloud.clock import utc_now
from chalicelib.cloud.ids import new_id
from chalicelib.conversations.outbound import CALLS_AT_ONCE, Gate
from chalicelib.conversations.pacing import Pacer
from chalicelib.whatsapp.client import Client, Endpoint
from chalicelib.whatsapp.messages import Outbound
from chalicelib.whatsapp.outcome import Outcome
from chalicelib.whatsapp.transport import Urllib3Transport
from tests.bench.rows import Row
from tests.support import dynamo
from tests.support.campaigns import Stage, people
from tests.support.memory import MemoryTable

LATENCY = 0.1
TABLE_LATENCY = 0.003
WARM_UP = 1
"""Chunks before the clock starts, on both sides: connections are made, validators built."""
CHUNKS = 4
RATIO = 0.7

_ANSWER = json.dumps(
    {"messaging_product": "whatsapp", "contacts": [{"input": "1", "wa_id": "1"}], "messages": [{"id": "wamid.1"}]}
).encode()


class _Meta(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while line not in {b"\r\n", b""}:
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = self.rfile.readline()
            self.rfile.read(length)
            time.sleep(LATENCY)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_ANSWER)
            self.wfile.write(head + _ANSWER)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


def _serve(port: Any) -> None:
    with _Server(("127.0.0.1", 0), _Meta) as server:
        port.send(server.server_address[1])
        server.serve_forever()


@contextmanager
def meta() -> Iterator[str]:
    """A server in a process of its own that answers after LATENCY: its address."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def bare(address: str, bodies: list[bytes]) -> None:
    """The least: a pool of connections and as many threads."""
    pool = urllib3.PoolManager(num_pools=1, maxsize=CALLS_AT_ONCE, block=True)
    url = f"{address}/v23.0/100/messages"
    headers = {"Content-Type": "application/json", "Authorization": "Bearer token"}
    with ThreadPoolExecutor(CALLS_AT_ONCE) as threads:
        for answer in threads.map(lambda body: pool.request("POST", url, body=body, headers=headers), bodies):
            json.loads(answer.data)


def ours(address: str) -> tuple[int, float, float]:
    """Messages, seconds and CPU seconds of our worker."""
    stage = Stage(mps=1000)
    stage.launch(people((WARM_UP + CHUNKS) * CHUNK))
    stage.pump(until=lambda: stage.queues.depth("bulk") > 0)
    campaign = stage.campaign(next(i["id"] for i in stage.table.items() if i["SK"] == "CAMPAIGN"))
    client = Client(
        Endpoint(address, "v23.0", "token"),
        Urllib3Transport(connect_timeout=5, read_timeout=15, connections=CALLS_AT_ONCE),
    )

    def deliver(channel: Channel, message: Outbound) -> Outcome:
        return client.send(channel.phone_number_id, message)

    socket = dynamo.Socket(TABLE_LATENCY)
    ledger, table = _mixed(stage.ledger, socket), _mixed(stage.table, socket)
    desk = Desk(**{**vars(stage.desk), "table": table, "ledger": ledger, "media": stage.media, "clock": utc_now})
    gate = Gate(table, Pacer(stage.table, utc_now), deliver, utc_now, new_id, timedelta(seconds=25))  # type: ignore[arg-type]

    def send(chunk: int) -> int:
        job = jobs.SendChunk(campaign_id=campaign.id, run_id=campaign.run_id, chunk=chunk)
        return worker.send_chunk(job, desk, gate, lambda: 600.0).get("accepted", 0)

    for chunk in range(WARM_UP):
        send(chunk)
    began, cpu = time.perf_counter(), time.process_time()
    sent = sum(send(chunk) for chunk in range(WARM_UP, WARM_UP + CHUNKS))
    return sent, time.perf_counter() - began, time.process_time() - cpu


def _mixed(memory: MemoryTable, socket: dynamo.Socket) -> Any:
    """Reads of whole chunks and of the campaign from memory; what is done for each message through botocore."""
    table = dynamo.table(socket, "any")
    mixed = MemoryTable()
    mixed._partitions = memory._partitions
    plain_get, plain_update = mixed.get, mixed.update

    def update(change: Any) -> Any:
        through = table.update(change)
        return through if _is_row(change.key) else plain_update(change)

    def get_many(keys: Any, *, consistent: bool = True) -> Any:
        table.get_many(keys, consistent=consistent)
        return {}

    mixed.update, mixed.get_many, mixed.get = update, get_many, plain_get  # type: ignore[method-assign]
    return mixed


def _is_row(key: Any) -> bool:
    return key.pk.startswith("RUN#") and key.sk.isdigit()


def measure() -> list[Row]:
    """Our messages a second as a part of the bare pool's, measured before and after; and the CPU a message takes."""
    body = json.dumps({"messaging_product": "whatsapp", "to": "+6591000000", "type": "template"}).encode()
    bodies = [body.ljust(420)] * (CHUNKS * CHUNK)
    logging.disable(logging.INFO)
    with meta() as address:
        bare(address, bodies[: WARM_UP * CHUNK])
        before = _rate(address, bodies)
        sent, seconds, cpu = ours(address)
        plain = (before + _rate(address, bodies)) / 2
    logging.disable(logging.NOTSET)
    assert sent == CHUNKS * CHUNK
    rate, each = sent / seconds, cpu / sent * 1000
    return [
        Row(
            "sending at 100 ms: our worker / bare pool",
            rate / plain,
            RATIO,
            True,
            f"{rate:.0f} of {plain:.0f} a second",
        ),
        Row("sending: CPU a message, ms, with all its DynamoDB calls", each, 5.0),
    ]


def _rate(address: str, bodies: list[bytes]) -> float:
    began = time.perf_counter()
    bare(address, bodies)
    return len(bodies) / (time.perf_counter() - began)
