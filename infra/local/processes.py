"""Child processes with a log file each, and a record that a later run can trust.

A process id alone may have been given to somebody else since; with the time the process began it names one process.
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.places import write_whole

_GRACE_SECONDS = 20.0


@dataclass(frozen=True)
class Known:
    """A process of ours, which may have ended."""

    name: str
    pid: int
    began: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return began(self.pid) == self.began

    def stop(self, grace: float = _GRACE_SECONDS) -> None:
        """Asks it to end, and ends it when it does not."""
        if not self.alive:
            return
        os.kill(self.pid, signal.SIGTERM)
        if not _wait_until(lambda: not self.alive, grace):
            os.kill(self.pid, signal.SIGKILL)
            _wait_until(lambda: not self.alive, 5)


class Records:
    """The processes of one stack, on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "run"

    def lock(self) -> int | None:
        """A file descriptor that makes this process the only one that starts and keeps the stack; None when another is.

        The lock ends with the last process that has the descriptor, however it ends.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        held = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        return held

    def add(self, name: str, pid: int) -> Known:
        """Writes down a process that runs now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        known = Known(name, pid, began(pid))
        write_whole(self._folder / f"{name}.json", json.dumps({"pid": pid, "began": known.began}))
        return known

    def find(self, name: str) -> Known | None:
        """The process, when it still runs; a record of one that has ended is removed."""
        file = self._folder / f"{name}.json"
        if not file.exists():
            return None
        record = json.loads(file.read_text())
        known = Known(name, record["pid"], record["began"])
        if known.alive:
            return known
        file.unlink(missing_ok=True)
        return None

    def remove(self, name: str) -> None:
        """Forgets it."""
        (self._folder / f"{name}.json").unlink(missing_ok=True)

    def alive(self) -> list[Known]:
        """Every process of the stack that still runs."""
        names = sorted(f.stem for f in self._folder.glob("*.json")) if self._folder.exists() else []
        return [known for name in names if (known := self.find(name))]


def start(
    name: str, command: Sequence[str], environment: Mapping[str, str], logs: Path, folder: Path
) -> subprocess.Popen[bytes]:
    """Starts a child in its own session: Ctrl-C reaches only the supervisor, which ends the children in order."""
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def began(pid: int) -> str:
    """When the process began, in words of the operating system; empty when there is none (or only its exit is left to read)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if fields[0] == "Z" else fields[19]
    found = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, since = found.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else since.strip()


def _wait_until(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.05)
    return False
