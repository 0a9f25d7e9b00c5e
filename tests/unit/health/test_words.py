"""The portal has words for everything that the API names."""

import re
from pathlib import Path

from chalicelib.health.model import LINES

WORDS = Path(__file__).parents[3] / "portal/src/features/health/words.ts"


def test_each_queue_has_a_name_for_people() -> None:
    names = re.search(r"names: \{(.*?)\}", WORDS.read_text(), re.DOTALL)
    assert names
    assert set(re.findall(r"^ *(\w+):", names[1], re.MULTILINE)) == {line.name for line in LINES}
