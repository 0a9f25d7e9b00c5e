"""What the launcher knows about ports and processes."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import __main__ as launcher
from infra.local.client import Http, NoAnswer
from infra.local.emulator import clear_scratch, forget_stream_positions, give_back_messages
from infra.local.places import HOST, Places, StartError
from infra.local.processes import Known, Records


def test_the_folder_and_the_ports_come_from_the_environment(tmp_path: Path) -> None:
    places = Places.of({"PARLEY_LOCAL_DIR": str(tmp_path), "PARLEY_PORT_BASE": "9100"})
    assert places.stack_file == tmp_path / "stack.json"
    assert (places.gateway_url, places.emulator_url) == ("http://127.0.0.1:9100", "http://127.0.0.1:9101")


@pytest.mark.parametrize("text", ["http", "80", "70000"])
def test_a_port_that_cannot_be_is_refused_by_name(text: str) -> None:
    with pytest.raises(StartError, match="PARLEY_PORT_BASE"):
        Places.of({"PARLEY_PORT_BASE": text})


def test_a_taken_port_gives_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"Port {port} is taken.*make run PARLEY_PORT_BASE="):
            Places(tmp_path, port).check_ports()


def test_state_of_other_ports_is_refused_in_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    Places(tmp_path, 9100).keep_ports()
    Places(tmp_path, 9100).check_state()
    other = Places(tmp_path, 9200)
    with pytest.raises(
        StartError, match=r"made with PARLEY_PORT_BASE=9100 .* a PARLEY_LOCAL_DIR of its own.*make reset$"
    ):
        other.check_state()
    other.forget_ports()
    other.check_state()


def test_one_process_at_a_time_may_start_a_stack_however_the_last_one_ended(tmp_path: Path) -> None:
    script = (
        f"from infra.local.processes import Records; from pathlib import Path; "
        f"print(Records(Path({str(tmp_path)!r})).lock(), flush=True); input()"
    )
    first = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline().strip() != "None"
    assert Records(tmp_path).lock() is None
    first.kill()
    first.wait()
    held = Records(tmp_path).lock()
    assert held is not None
    os.close(held)


def test_a_stack_that_went_away_is_said_in_words() -> None:
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))
        with pytest.raises(NoAnswer, match=r"GET /me: no answer .* make run"):
            Http(f"http://{HOST}:{nobody.getsockname()[1]}").get("/me")


@pytest.mark.parametrize(
    ("runs", "said"),
    [(False, "interrupted"), (True, "interrupted; the stack goes on in the background, make stop ends it")],
)
def test_ctrl_c_while_the_demo_plays_says_what_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: bool, said: str
) -> None:
    def interrupted(stack: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "stack.json").write_text("{}")
    if runs:
        Records(tmp_path).add("supervisor", os.getpid())
    monkeypatch.setenv("PARLEY_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["parley", "demo"])
    monkeypatch.setattr(launcher.demo, "play", interrupted)
    with pytest.raises(SystemExit) as ended:
        launcher.main()
    assert str(ended.value) == f"parley: {said}"


def test_a_process_is_known_by_its_id_and_when_it_began(tmp_path: Path) -> None:
    records = Records(tmp_path)
    known = records.add("me", os.getpid())
    assert records.find("me") == known
    assert not Known("somebody else", os.getpid(), "another time").alive


def test_the_record_of_a_process_that_ended_is_forgotten(tmp_path: Path) -> None:
    records = Records(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    known = records.add("child", child.pid)
    assert records.alive() == [known]
    known.stop()
    child.wait()
    assert records.alive() == []
    assert list((tmp_path / "run").iterdir()) == []


def test_a_restarted_emulator_reads_its_streams_from_the_first_record(tmp_path: Path) -> None:
    state = tmp_path / "lambda.json"
    forget_stream_positions(state)
    payload = {"esms": {"a": 1}, "dynamodb_stream_positions": {"a": 172}}
    state.write_text(json.dumps({"__ministack_format__": 1, "payload": payload}))
    forget_stream_positions(state)
    assert json.loads(state.read_text()) == {"__ministack_format__": 1, "payload": {"esms": {"a": 1}}}


def test_messages_that_were_in_hand_at_the_end_are_there_at_the_next_start(tmp_path: Path) -> None:
    def state(in_hand_until: float) -> dict[str, object]:
        in_hand = {"id": "a", "receive_count": 1, "sent_at": 100.0, "visible_at": in_hand_until}
        delayed = {"id": "b", "receive_count": 0, "sent_at": 100.0, "visible_at": 900.0}
        queues = {"account\0region\0'url'": {"name": "parley-local-bulk", "messages": [in_hand, delayed]}}
        return {"__ministack_format__": 1, "payload": {"queues": {"__account_region_scoped__": True, "data": queues}}}

    file = tmp_path / "sqs.json"
    give_back_messages(file)  # a first start has none
    file.write_text(json.dumps(state(in_hand_until=900.0)))
    give_back_messages(file)
    assert json.loads(file.read_text()) == state(in_hand_until=100.0)


def test_what_earlier_emulators_unpacked_is_gone_after_a_start(tmp_path: Path) -> None:
    for left in ("tmp", "tmp-of-a-start-that-was-ended"):
        (tmp_path / left / "ministack-lambda-1").mkdir(parents=True)
    (tmp_path / "aws").mkdir()
    clear_scratch(tmp_path).join(20)
    assert [each.name for each in tmp_path.iterdir()] == ["aws"]
