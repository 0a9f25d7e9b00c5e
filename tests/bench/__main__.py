"""`make bench`: every benchmark in this folder, one table. Fails when a figure does not hold its limit."""

import importlib
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.rows import Row

FOLDER = Path(__file__).parent


def rows(wanted: list[str]) -> Iterator[Row]:
    """The rows of each module `bench_*.py` (or of those named), as they are measured."""
    for file in sorted(FOLDER.glob("bench_*.py")):
        if not wanted or file.stem.removeprefix("bench_") in wanted:
            print(f"… {file.stem}", file=sys.stderr, flush=True)
            yield from importlib.import_module(f"tests.bench.{file.stem}").measure()


def main(wanted: list[str]) -> int:
    """Prints the table; answers the exit code."""
    print(f"Measured {datetime.now(UTC):%Y-%m-%d} on {platform.machine()}, Python {platform.python_version()}.\n")
    print("| What | Figure | Limit | |\n|---|---:|---:|---|")
    broken = 0
    for row in rows(wanted):
        broken += not row.holds
        sign = "≥" if row.at_least else "≤"
        verdict = ("holds" if row.holds else "**does not hold**") + (f"; {row.note}" if row.note else "")
        print(f"| {row.what} | {row.figure:.4g} | {sign} {row.limit:g} | {verdict} |", flush=True)
    return min(broken, 1)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
