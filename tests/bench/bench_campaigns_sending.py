"""One send worker at 100 ms of WhatsApp's latency, against a bare urllib3 pool with as many threads posting the same bodies.

Our side is the whole way: chunk, ledger rows, consent check, claim, typed message, call, record; botocore works as ever, its
socket answers after 3 ms. `python -m tests.bench.bench_campaigns_sending`.
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
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.pacing import Pacer
from chalicelib.whatsapp.client import Client, Endpoint
from chalicelib.whatsapp.messages import Outbound
from chalicelib.whatsapp.outcome import Outcome
from chalicelib.whatsapp.transport import Urllib3Transport
from tests.support import dynamo
from tests.support.campaigns import Stage, people
from tests.support.memory import MemoryTable

LATENCY = 0.1
TABLE_LATENCY = 0.003
CHUNKS = 20
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
    pool = urllib3.PoolManager(num_pools=1, maxsize=worker.THREADS, block=True)
    url = f"{address}/v23.0/100/messages"
    headers = {"Content-Type": "application/json", "Authorization": "Bearer token"}
    with ThreadPoolExecutor(worker.THREADS) as threads:
        for answer in threads.map(lambda body: pool.request("POST", url, body=body, headers=headers), bodies):
            json.loads(answer.data)


def ours(address: str) -> tuple[int, float, float]:
    """Messages, seconds and CPU seconds of our worker."""
    stage = Stage(mps=1000)
    stage.launch(people(CHUNKS * CHUNK))
    stage.pump(until=lambda: stage.queues.depth("bulk") > 0)
    campaign = stage.campaign(next(i["id"] for i in stage.table.items() if i["SK"] == "CAMPAIGN"))
    client = Client(
        Endpoint(address, "v23.0", "token"),
        Urllib3Transport(connect_timeout=5, read_timeout=15, connections=worker.THREADS),
    )

    def deliver(channel: Channel, message: Outbound) -> Outcome:
        return client.send(channel.phone_number_id, message)

    socket = dynamo.Socket(TABLE_LATENCY)
    ledger, table = _mixed(stage.ledger, socket), _mixed(stage.table, socket)
    desk = Desk(**{**vars(stage.desk), "table": table, "ledger": ledger, "media": stage.media, "clock": utc_now})
    gate = Gate(table, Pacer(stage.table, utc_now), deliver, utc_now, new_id, timedelta(seconds=25))  # type: ignore[arg-type]
    sent, began, cpu = 0, time.perf_counter(), time.process_time()
    for chunk in range(CHUNKS):
        job = jobs.SendChunk(campaign_id=campaign.id, run_id=campaign.run_id, chunk=chunk)
        sent += worker.send_chunk(job, desk, gate, lambda: 600.0).get("accepted", 0)
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


def measure() -> list[tuple[str, float, float, float, float]]:
    """What, the bare pool's messages a second, ours, their ratio and its limit; then our CPU milliseconds a message."""
    with meta() as address:
        body = json.dumps({"messaging_product": "whatsapp", "to": "+6591000000", "type": "template"}).encode()
        bodies = [body.ljust(420)] * (CHUNKS * CHUNK)
        bare(address, bodies[:100])
        began = time.perf_counter()
        bare(address, bodies)
        plain = len(bodies) / (time.perf_counter() - began)
        sent, seconds, cpu = ours(address)
        assert sent == CHUNKS * CHUNK
        rate, each = sent / seconds, cpu / sent * 1000
        return [
            ("sending: bare pool / our worker, messages a second", plain, rate, plain / rate, 1 / RATIO),
            ("sending: CPU a message, ms", each, 10.0, each / 10.0, 1.0),
        ]


def main() -> int:
    logging.disable(logging.INFO)
    rows = measure()
    for what, mine, other, ratio, limit in rows:
        verdict = "ok" if ratio <= limit else "TOO SLOW"
        print(f"{what:55} {mine:9.2f} {other:9.2f}  x {ratio:6.2f}  <= {limit:4.2f} {verdict}")
    return int(any(ratio > limit for *_, ratio, limit in rows))


if __name__ == "__main__":
    raise SystemExit(main())
