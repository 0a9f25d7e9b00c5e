"""What a cold start pays before our first line: CPU of importing each function's modules, against boto3 and pydantic alone.

Both sides have byte code, as in the zip and in the runtime. The api function imports its entry and the room of the request.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from app import app
from chalicelib.http.front import rooms_of
from tests.bench.rows import Row

ROOT = Path(__file__).parents[2]
ROUNDS = 5
TIMED = "import time; a = time.process_time(); {statement}; print(time.process_time() - a)"
LIMIT = 2.5


def cpu(statement: str, bytecode: str) -> float:
    """CPU seconds of the import in a fresh interpreter, whose compiled modules are kept under `bytecode`."""
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
    return float(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout)


def functions() -> Iterator[tuple[str, str]]:
    """Every Lambda function's modules, and the import that loads them."""
    handlers = [*app.pure_lambda_functions, *app.event_sources]
    for module in sorted({handler.handler_string.rpartition(".")[0] for handler in handlers}):
        yield module, f"import {module}"
    for room in sorted(set(rooms_of(app.routes).values())):
        yield f"api: {room}", f"import chalicelib.http.front, {room}"


def measure() -> list[Row]:
    """The dearest of all, and whatever else does not hold. Best of several rounds, the two sides taking turns."""
    baseline, rows = "import boto3, pydantic", []
    with tempfile.TemporaryDirectory() as bytecode:
        cpu(f"{baseline}, app", bytecode)  # compiles
        bare = min(cpu(baseline, bytecode) for _ in range(ROUNDS))
        for name, statement in functions():
            ours = min(cpu(statement, bytecode) for _ in range(ROUNDS))
            bare = min(bare, cpu(baseline, bytecode))
            rows.append(Row(f"import CPU of `{name}` / `import boto3, pydantic`", ours / bare, LIMIT))
    dearest = max(rows, key=lambda row: row.figure)
    shown = replace(dearest, note=f"the dearest of {len(rows)}")
    return [shown, *(row for row in rows if row is not dearest and not row.holds)]
