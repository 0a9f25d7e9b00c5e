"""Reading recipients: against csv.reader and phonenumbers.parse alone on the same rows, and how much memory it takes.

Each side runs in a process of its own, whose highest memory is its own: `python -m tests.bench.bench_campaigns_reading`.
"""

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import phonenumbers

from chalicelib.campaigns.model import Recipients
from chalicelib.campaigns.recipients import job
from chalicelib.campaigns.recipients.reading import Options
from chalicelib.cloud.objects import Objects
from tests.bench.rows import Row

ROWS = 1_000_000
SHEET_ROWS = 200_000
MEGABYTES = 300
COLUMNS = ("Mobile", "Name")


def write(path: Path, rows: int) -> None:
    """Local and international numbers of four countries, one in 50 twice."""
    chance = random.Random(4)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for n in range(rows):
            m = chance.randrange(n) if n and n % 50 == 0 else n
            number = (
                f"9{m % 10**7:07d}",
                f"+60 12-{m % 10**7:07d}",
                f"+49 151 {m % 10**8:08d}",
                f"+1415{2000000 + m % 10**6 * 7}",
            )[m % 4]
            writer.writerow([number, f"Né{m}"])


class Discard(Objects):
    """A bucket that takes everything and keeps nothing; what is read comes from the disk."""

    def put(self, key: str, body: bytes, content_type: str = "") -> None:
        return

    def size(self, key: str) -> int:
        return Path(key).stat().st_size

    def open(self, key: str):  # type: ignore[no-untyped-def]
        return Path(key).open("rb")


def ours(path: Path) -> int:
    """The whole job: detect, normalise, deduplicate, pack into parts, list what cannot be used, sum up."""
    options = Options(columns=COLUMNS, country="SG")
    asked = Recipients(file_key=str(path), file_name=path.name, options=options, reading="r")
    done = job.process(Discard(None, ""), asked)
    assert done.summary, done.problem
    return done.summary.total


def bare(path: Path) -> int:
    """The least that anybody must do."""
    count = 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            phonenumbers.parse(row[0], "SG")
            count += 1
    return count


SIDES = {"ours": ours, "bare": bare}


def run(side: str, path: Path) -> tuple[float, float]:
    """CPU seconds and megabytes of one side in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bench_campaigns_reading", side, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = json.loads(said.splitlines()[-1])
    return seconds, megabytes


def measure(rows: int = ROWS, sheet_rows: int = SHEET_ROWS) -> list[Row]:
    """CPU of the whole job against the least that anybody must do, and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write(path, rows)
        base, _ = run("bare", path)
        seconds, megabytes = run("ours", path)
        small, sheet = Path(folder) / "small.csv", Path(folder) / "people.xlsx"
        write(small, sheet_rows)
        as_sheet(small, sheet)
        small_base, _ = run("bare", small)
        sheet_seconds, _ = run("ours", sheet)
    return [
        Row(f"recipients: {rows:,} rows of .csv / csv and parse", seconds / base, 3.0, note=f"{seconds:.1f} s"),
        Row("recipients: peak memory, MB", megabytes, MEGABYTES),
        Row(
            f"recipients: {sheet_rows:,} rows of .xlsx / the same as csv, and parse",
            sheet_seconds / small_base,
            4.0,
            note=f"{sheet_seconds:.1f} s",
        ),
    ]


def as_sheet(source: Path, target: Path) -> None:
    """The same rows as a workbook."""
    from tests.support.sheets import write_sheet

    with source.open(encoding="utf-8", newline="") as file:
        write_sheet(target, csv.reader(file))


def main() -> None:
    """One side, in a process of its own."""
    began = time.process_time()
    SIDES[sys.argv[1]](Path(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.process_time() - began, peak]))


if __name__ == "__main__":
    main()
