"""The local AWS: ministack as a child process, always with IAM enforcement."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from infra.local.places import HOST, Places, StartError, write_whole
from infra.local.processes import Records, start

REGION = "us-east-1"
_START_SECONDS = 60.0


def environment(places: Places) -> dict[str, str]:
    """What the emulator is started with. Nothing of the developer's AWS account reaches it or the functions."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PARLEY_", "MINISTACK_"))}
    scratch = places.folder / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    return {
        **kept,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(places.emulator_state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(places.emulator_state / "s3"),
        "TMPDIR": str(scratch),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(places.port_base + 1),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        # Each call at once is a process. The sources are limited; this is for what nobody foresaw.
        "LAMBDA_ACCOUNT_CONCURRENCY": "64",
        "LOG_LEVEL": os.environ.get("PARLEY_EMULATOR_LOG", "WARNING"),
    }


def start_emulator(places: Places, records: Records) -> subprocess.Popen[bytes]:
    """Starts it and returns when it answers."""
    places.emulator_state.mkdir(parents=True, exist_ok=True)
    forget_stream_positions(places.emulator_state / "lambda.json")
    give_back_messages(places.emulator_state / "sqs.json")
    clear_scratch(places.folder)
    process = start("emulator", [sys.executable, "-m", "ministack"], environment(places), places.logs, places.folder)
    records.add("emulator", process.pid)
    wait_for(f"{places.emulator_url}/_ministack/health", process, "The AWS emulator", places)
    return process


def forget_stream_positions(state: Path) -> None:
    """The emulator keeps how far a DynamoDB stream was read, but not the stream's records: after a restart the events
    function would sleep until as many new records had come. Without a position it reads from the first one."""
    if not state.exists():
        return
    kept = json.loads(state.read_text())
    if kept["payload"].pop("dynamodb_stream_positions", None) is not None:
        write_whole(state, json.dumps(kept))


def give_back_messages(state: Path) -> None:
    """Who had messages in hand ended with the emulator. SQS would show them to nobody for up to eighteen minutes, in which a
    campaign that was stopped half-way would stand still: at a start they are there again at once."""
    if not state.exists():
        return
    kept = json.loads(state.read_text())
    for queue in kept["payload"]["queues"]["data"].values():
        for message in queue["messages"]:
            if message["receive_count"]:
                message["visible_at"] = message["sent_at"]
    write_whole(state, json.dumps(kept))


def clear_scratch(folder: Path) -> threading.Thread:
    """Takes away what an earlier emulator unpacked for its functions, 100 MB for each process, and left when they were ended.
    They are many files: it goes on beside the start, and what it does not finish the next one does."""
    scratch = folder / "tmp"
    if scratch.exists():
        scratch.rename(folder / f"tmp-{uuid.uuid4().hex}")
    old = list(folder.glob("tmp-*"))

    def clear() -> None:
        for each in old:
            shutil.rmtree(each, ignore_errors=True)

    clearing = threading.Thread(target=clear, daemon=True)
    clearing.start()
    return clearing


def wait_for(url: str, process: subprocess.Popen[bytes], what: str, places: Places) -> None:
    """Returns when the address answers; raises StartError when the process ends or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"{what} ended while starting; its log is in {places.logs}.")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return  # it answers
        except (OSError, json.JSONDecodeError):
            time.sleep(0.1)
    raise StartError(f"{what} does not answer at {url} after {_START_SECONDS:.0f} s; its log is in {places.logs}.")
