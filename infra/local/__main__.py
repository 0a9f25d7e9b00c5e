"""`python -m infra.local run | stop | reset | demo | demo-booking`: the local stack. The Makefile's targets call these."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any

from infra.deploy import DeployError
from infra.local import demo, demo_booking
from infra.local.client import NoAnswer, Refused
from infra.local.places import Places, StartError
from infra.local.processes import Records
from infra.local.stack import Stack, bring_up, publish
from infra.package import ROOT

_READY_SECONDS = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="parley", description=__doc__)
    parser.add_argument("command", choices=("run", "stop", "reset", "demo", "demo-booking", "url"))
    parser.add_argument("--detach", action="store_true", help="return when the stack is ready")
    parser.add_argument(
        "--lock", type=int, help="the file descriptor of the lock, from the process that started this one"
    )
    arguments = parser.parse_args()
    try:
        places = Places.of()
        try:
            _carry_out(places, arguments)
        except KeyboardInterrupt:
            on = Records(places.folder).find("supervisor")
            raise StartError(
                "interrupted" + ("; the stack goes on in the background, make stop ends it" if on else "")
            ) from None
    except (StartError, DeployError, Refused, NoAnswer, TimeoutError) as error:
        sys.exit(f"parley: {error}")


def _carry_out(places: Places, arguments: argparse.Namespace) -> None:
    match arguments.command:
        case "run" if arguments.detach:
            run_detached(places)
        case "run":
            run(places, arguments.lock)
        case "stop":
            stop(places)
        case "reset":
            reset(places)
        case "demo":
            demo.play(_running(places))
        case "demo-booking":
            demo_booking.play(_running(places))
        case "url":
            print(_described(places)["portal_url"])


def run(places: Places, lock: int | None = None) -> None:
    """Brings the stack up and stays with it until it is asked to end or one of its processes ends."""
    records = Records(places.folder)
    if lock is None:
        _make_way(places, records)
    children: dict[str, subprocess.Popen[bytes]] = {}
    records.add("supervisor", os.getpid())
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signal_number, _end)
    try:
        stack = bring_up(places, records, children, lambda text: print(f"parley: {text} …", flush=True))
        publish(stack)
        print(welcome(stack), flush=True)
        _watch(children, places)
    finally:
        _take_down(places, records, children)


def run_detached(places: Places) -> None:
    """Starts `run` in the background and returns when it is ready; shows its words and ends with it when it fails."""
    records = Records(places.folder)
    lock = _make_way(places, records)
    places.logs.mkdir(parents=True, exist_ok=True)
    log = places.logs / "supervisor.log"
    with log.open("wb") as out:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "infra.local", "run", "--lock", str(lock)],
            pass_fds=(lock,),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    os.close(lock)  # the supervisor has it now
    records.add("supervisor", supervisor.pid)
    deadline = time.monotonic() + _READY_SECONDS
    while not places.stack_file.exists() and time.monotonic() < deadline:
        if supervisor.poll() == 0:
            raise StartError("it was stopped while it was starting; make run starts it again")
        if supervisor.poll() is not None:
            raise StartError(
                (log.read_text().strip() or "it ended without a word").splitlines()[-1].removeprefix("parley: ")
            )
        time.sleep(0.1)
    if not places.stack_file.exists():
        raise StartError(f"not ready after {_READY_SECONDS:.0f} s; see {log}, then make stop.")
    time.sleep(0.2)
    print(log.read_text())


def stop(places: Places) -> None:
    """Ends the stack, whoever started it and however far it came."""
    records = Records(places.folder)
    supervisor = records.find("supervisor")
    if supervisor:
        supervisor.stop(grace=60)
    leftovers = records.alive()
    _end_leftovers(records)
    places.stack_file.unlink(missing_ok=True)
    print("parley: stopped" if supervisor or leftovers else "parley: it was not running")


def reset(places: Places) -> None:
    """Ends the stack and forgets everything in it."""
    stop(places)
    for folder in (
        places.emulator_state,
        places.simulator_state,
        places.logs,
        *places.folder.glob("tmp*"),
        places.folder / "run",
    ):
        shutil.rmtree(folder, ignore_errors=True)
    (places.folder / "keys.json").unlink(missing_ok=True)
    places.forget_ports()
    print("parley: wiped; the next start begins anew")


def _running(places: Places) -> dict[str, Any]:
    """stack.json; starts the stack when it is not running."""
    if not places.stack_file.exists():
        run_detached(places)
    return _described(places)


def welcome(stack: Stack) -> str:
    """What a person needs to begin."""
    d = stack.description
    users = [f"  {u['role']:14} {u['email']:32} {u['password']}" for u in d.get("users", [])]
    return "\n".join(
        [
            "",
            "Parley is ready.",
            f"  Portal and API   {d['portal_url']}  (API: {d['api_url']}/api/v1/openapi.json)",
            f"  Phone            {d['simulator_url']}",
            f"  API key          {d.get('api_key', '-')}",
            *users,
            f"  Everything else  {stack.places.stack_file}",
            "",
        ]
    )


def _make_way(places: Places, records: Records) -> int:
    """The stack's lock. Raises StartError when it runs already; ends what an earlier start left behind."""
    lock = records.lock()
    if lock is None:
        supervisor = records.find("supervisor")
        who = f" (process {supervisor.pid})" if supervisor else ""
        if places.stack_file.exists():
            raise StartError(f"it runs already{who}; open {places.gateway_url} or stop it: make stop")
        raise StartError(f"it is being started or stopped{who}; wait for that, or end it: make stop")
    places.check_state()
    if records.alive():
        print("parley: ending the processes of an earlier start that did not end in order", flush=True)
        _end_leftovers(records)
    places.stack_file.unlink(missing_ok=True)
    places.check_ports()
    return lock


def _watch(children: dict[str, subprocess.Popen[bytes]], places: Places) -> None:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise StartError(
                    f"the {name} ended by itself (exit {child.returncode}); see {places.logs / name}.log, then make run"
                )
        time.sleep(0.5)


def _take_down(places: Places, records: Records, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """In this order: nobody comes in, nothing new is simulated, then AWS, which saves its state."""
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signal_number, signal.SIG_IGN)
    places.stack_file.unlink(missing_ok=True)
    for name in ("gateway", "simulator", "emulator"):
        if name in children:
            children[name].terminate()
            try:
                children[name].wait(30)
            except subprocess.TimeoutExpired:
                children[name].kill()
                children[name].wait()
            records.remove(name)
    _end_leftovers(records)
    records.remove("supervisor")


def _end_leftovers(records: Records) -> None:
    for known in records.alive():
        if known.pid != os.getpid():
            known.stop()
            records.remove(known.name)


def _described(places: Places) -> dict[str, Any]:
    if not places.stack_file.exists():
        raise StartError("it is not running: make run")
    found: dict[str, Any] = json.loads(places.stack_file.read_text())
    return found


def _end(signal_number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
