"""docs/parity.md has a line per feature, and what it points to exists."""

import re
from pathlib import Path

LINE = re.compile(r"^\| (\d+) \| (?P<feature>[^|]+) \| (?P<where>[^|]+) \| (?P<tests>[^|]+) \| (?P<state>[^|]+) \|$")
LINES = [found for line in Path("docs/parity.md").read_text().splitlines() if (found := LINE.match(line))]


def test_every_row_of_the_checklist_has_its_line_in_order() -> None:
    assert [int(line[1]) for line in LINES] == list(range(1, 143))


def test_the_tests_it_names_are_there() -> None:
    named = {path for line in LINES for path in re.findall(r"tests/[\w/]+(?:\.py)?", line["tests"])}
    assert [path for path in sorted(named) if not Path(path).exists()] == []


def test_the_places_it_names_are_there() -> None:
    named = {path for line in LINES for path in re.findall(r"`([a-z_]+/[\w/]+\.py)`", line["where"])}
    assert [path for path in sorted(named) if not Path("chalicelib", path).exists()] == []
