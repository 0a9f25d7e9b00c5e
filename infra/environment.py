"""Makes the virtual environment and installs what is pinned: `python infra/environment.py .venv`, called by the Makefile.

One process at a time, whoever asks: a second waits and then finds all done. What an earlier one left half-finished is
finished.
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ("requirements.txt", "requirements-dev.txt", "constraints.txt")
_HAS_PIP = "try: import pip\nexcept ImportError: raise SystemExit(1)"
Run = Callable[[Sequence[str]], bool]
"""Runs a command and answers whether it succeeded; what it writes to standard error is seen."""


def set_up(folder: Path, run: Run, say: Callable[[str], None]) -> None:
    """The environment, ready. Raises SystemExit with one line that says what to do."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / ".parley-lock", say):
        if _is_ready(folder):
            return
        python = str(folder / "bin" / "python")
        # A first start that was broken off may have left a Python without pip.
        if not (os.path.exists(python) and run([python, "-c", _HAS_PIP])):
            say(f"making {folder.name} …")
            if not run([sys.executable, "-m", "venv", str(folder)]):
                sys.exit(
                    f"parley: {sys.executable} cannot make it (see above); often its venv module is missing "
                    "(Debian, Ubuntu: apt install python3-venv)"
                )
        say("installing the pinned requirements …")
        wanted = ["-r", str(ROOT / "requirements-dev.txt"), "-c", str(ROOT / "constraints.txt")]
        if not run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]):
            sys.exit("parley: the requirements could not be installed (see above); make run tries again")
        (folder / ".parley-ready").touch()


@contextmanager
def _alone(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    """The lock ends with the process that has it, however that ends."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another make is setting up; waiting for it …")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _is_ready(folder: Path) -> bool:
    """The stamp is newer than what is pinned."""
    stamp = folder / ".parley-ready"
    return stamp.exists() and all(stamp.stat().st_mtime >= (ROOT / name).stat().st_mtime for name in PINNED)


def _run(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends this and what it started, without a word
    set_up(Path(sys.argv[1]), _run, lambda text: print(f"parley: {text}", flush=True))


if __name__ == "__main__":
    main()
