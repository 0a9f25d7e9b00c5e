"""How often the instances of a version took each way between two steps: the numbers on the canvas.

Each instance counts its own ways with the move that takes them, which costs no write more; they are added up when somebody
looks. A counter for the whole version would be written by every instance at once.
"""

from collections import Counter
from dataclasses import field

from chalicelib.automation.instances.log import ways_of
from chalicelib.automation.instances.store import Instances
from chalicelib.dataclass import dataclass

MOST = 1000


@dataclass
class Counted:
    """`complete`: there are no older instances that were not looked at."""

    version: int
    instances: int = 0
    complete: bool = True
    statuses: Counter[str] = field(default_factory=Counter)
    ways: Counter[tuple[str, str]] = field(default_factory=Counter)


def count(instances: Instances, definition_id: str, version: int) -> Counted:
    """Adds up the newest instances."""
    counted, start = Counted(version), None
    while counted.instances < MOST:
        page = instances.of_version(definition_id, version, limit=MOST - counted.instances, start=start)
        for item in page.items:
            counted.instances += 1
            counted.statuses[item["status"]] += 1
            counted.ways.update(ways_of(item))
        start = page.next
        if start is None:
            return counted
    counted.complete = False
    return counted
