"""Starting, stopping and starting again: what a developer's day is made of."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local import demo_booking
from infra.local.client import until
from infra.local.demo import Demo, prepared
from tests.e2e.conftest import LocalStack, free_ports, logs_of, request


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A second stack beside the session's, to be stopped and broken."""
    stack = LocalStack(tmp_path_factory.mktemp("own"), free_ports() + 100)
    yield stack
    stack.launch("stop")


def start(stack: LocalStack) -> str:
    done = stack.launch("run", "--detach")
    assert done.returncode == 0, done.stderr + logs_of(stack.folder)
    return done.stdout


def pid_of(stack: LocalStack, name: str) -> int:
    return int(json.loads((stack.folder / "run" / f"{name}.json").read_text())["pid"])


def gone(pid: int) -> bool:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_taken_port_gives_one_line_that_says_what_to_do(own: LocalStack) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", own.port_base + 1))
        other.listen()
        done = own.launch("run", "--detach")
    assert done.returncode != 0
    assert done.stderr.startswith(f"parley: Port {own.port_base + 1} is taken")
    assert len(done.stderr.splitlines()) == 1


def test_state_survives_a_restart_which_deploys_nothing(own: LocalStack) -> None:
    first = start(own)
    assert "deploying" in first
    description = own.description
    own.aws.client("s3").put_object(Bucket="parley-local-media-000000000000", Key="kept", Body=b"x")
    assert own.launch("stop").returncode == 0
    assert not (own.folder / "stack.json").exists()

    second = start(own)
    assert "deploying" not in second
    assert own.description == description
    assert own.aws.client("s3").get_object(Bucket="parley-local-media-000000000000", Key="kept")["Body"].read() == b"x"
    me = request(
        "GET", f"{description['api_url']}/api/v1/me", None, {"Authorization": f"Bearer {description['api_key']}"}
    )
    assert me.status == 200


def test_a_workflow_that_waits_goes_on_after_a_restart(own: LocalStack) -> None:
    demo = Demo.on(own.description)
    demo_booking.installed(demo, own.description["account_id"], own.description["simulator_url"])
    talk = demo_booking.Talk.begun(demo)
    offer = talk.asks()
    assert own.launch("stop").returncode == 0

    assert "1 running workflow goes on" in start(own)
    again = demo_booking.Talk(Demo.on(own.description), [], talk.heard)
    again.takes(offer)
    assert again.lines[-1].startswith("bot: See you on ")


def test_a_campaign_that_was_sending_goes_on_after_a_restart(own: LocalStack) -> None:
    """At once, and not when SQS would show again what the workers had in hand: after six minutes."""
    demo = Demo.on(own.description)
    path = f"/campaigns/{prepared(demo)['id']}"
    demo.api.post(f"{path}/launch")
    until("some are sent", lambda: _sent(demo, path) >= 100, seconds=120)
    assert own.launch("stop").returncode == 0

    start(own)
    demo = Demo.on(own.description)
    before = _sent(demo, path)
    assert before < 700
    until("it goes on", lambda: _sent(demo, path) >= before + 200, seconds=200)


def _sent(demo: Demo, campaign: str) -> int:
    return int(demo.api.get(f"{campaign}/progress")["counts"]["sent"])


def test_a_second_start_says_that_it_runs_already(own: LocalStack) -> None:
    done = own.launch("run")
    assert done.returncode != 0
    assert "it runs already" in done.stderr
    assert "make stop" in done.stderr


def test_what_was_made_for_other_ports_is_not_started_on_these(own: LocalStack) -> None:
    own.launch("stop")
    other = LocalStack(own.folder, own.port_base + 10)
    done = other.launch("run", "--detach")
    assert done.returncode != 0
    assert f"made with PARLEY_PORT_BASE={own.port_base}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_of_two_starts_at_once_one_starts_and_the_other_says_so(own: LocalStack) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = sorted(pool.map(lambda _: own.launch("run", "--detach"), range(2)), key=lambda done: done.returncode)
    assert [done.returncode for done in both] == [0, 1], both[0].stderr + logs_of(own.folder)
    assert both[1].stderr.startswith("parley: it is being started")
    assert "Parley is ready." in both[0].stdout
    assert request("GET", f"{own.description['api_url']}/api/v1/health").status == 200


def test_a_start_that_was_cut_off_is_cleaned_up_by_the_next(own: LocalStack) -> None:
    emulator = pid_of(own, "emulator")
    os.kill(pid_of(own, "supervisor"), signal.SIGKILL)
    words = start(own)
    assert "did not end in order" in words
    assert gone(emulator)
    assert request("GET", f"{own.description['api_url']}/api/v1/health").status == 200


def test_when_a_process_ends_by_itself_everything_ends_and_the_log_says_which(own: LocalStack) -> None:
    supervisor = pid_of(own, "supervisor")
    os.kill(pid_of(own, "gateway"), signal.SIGKILL)
    assert gone(supervisor)
    assert not (own.folder / "stack.json").exists()
    assert "the gateway ended by itself" in (own.folder / "logs" / "supervisor.log").read_text()
    assert own.launch("stop").stdout == "parley: it was not running\n"


def test_reset_forgets_everything(own: LocalStack) -> None:
    done = own.launch("reset")
    assert done.returncode == 0
    assert not (own.folder / "aws").exists()
    assert not (own.folder / "keys.json").exists()
