"""What a cold start pays before our first line: CPU of importing each function's module, against boto3 and pydantic alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from app import app
from tests.bench.rows import Row

ROOT = Path(__file__).parents[2]
ROUNDS = 5
TIMED = "import time; a = time.process_time(); {statement}; print(time.process_time() - a)"
LIMIT = 2.5


def cpu(statement: str) -> float:
    """CPU seconds of the import in a fresh interpreter."""
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def modules() -> Iterator[str]:
    """The module of every Lambda function; the api function imports app.py."""
    yield "app"
    seen = {handler.handler_string.rpartition(".")[0] for handler in app.pure_lambda_functions}
    seen |= {handler.handler_string.rpartition(".")[0] for handler in app.event_sources}
    yield from sorted(seen)


def measure() -> list[Row]:
    """Best of several rounds, the two sides taking turns."""
    names = list(modules())
    bare = min(cpu("import boto3, pydantic") for _ in range(ROUNDS))
    rows = []
    for name in names:
        ours = min(cpu(f"import {name}") for _ in range(ROUNDS))
        bare = min(bare, cpu("import boto3, pydantic"))
        rows.append(Row(f"import CPU of `{name}` / `import boto3, pydantic`", ours / bare, LIMIT))
    return rows
