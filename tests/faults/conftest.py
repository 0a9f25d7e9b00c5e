"""The table that `make faults` prints at its end: what was stormed, how much of it, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

Stormed = Callable[..., None]
"""(storm, name=count, …): counts of one run of a storm; those of all its runs are added up."""


@pytest.fixture
def stormed(record_property: Callable[[str, object], None]) -> Stormed:
    """Keeps what a storm came to, for the table."""

    def note(storm: str, **counts: int) -> None:
        record_property("storm", (storm, counts))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table, in the form in which the README has it."""
    calls = [
        each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ()) if each.when == "call"
    ]
    for line in table(calls):
        terminalreporter.write_line(line)


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    """One line per storm; none when nothing was stormed."""
    runs, counts, broken = Counter[str](), dict[str, Counter[str]](), set[str]()
    for report in reports:
        for name, value in report.user_properties:
            if name == "storm":
                storm, found = value
                runs[storm] += 1
                counts.setdefault(storm, Counter()).update(found)
                broken |= {storm} if report.failed else set()
    lines = [
        f"| {storm} | {runs[storm]:,} | {_told(counts[storm])} | {'**does not hold**' if storm in broken else 'holds'} |"
        for storm in runs
    ]
    return ["", "| Storm | Runs | All runs together | |", "|---|---:|---|---|", *lines] if lines else []


def _told(counts: Counter[str]) -> str:
    return "; ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items())
