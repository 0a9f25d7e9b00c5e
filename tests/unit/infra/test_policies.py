"""What each function may do, where the emulators would not notice that it may not."""

import json
from pathlib import Path
from typing import Any

POLICIES = Path(".chalice/policies")
MAY_FIND_NOTHING = {"api_handler", "campaign", "contacts", "events", "exports", "launch", "media", "privacy"}
"""Functions whose code goes on when an object is missing (ObjectMissing)."""
NEVER_MISS = {"inbound", "reply", "send", "sends", "step", "timers", "trigger"}
"""Functions that read what has been written before: a missing object is an error, whatever S3 calls it."""


def _statements(name: str) -> list[dict[str, Any]]:
    return list(json.loads((POLICIES / f"{name}.json").read_text())["Statement"])


def _reads_media(name: str) -> bool:
    return any(
        "s3:GetObject" in each["Action"] and "${MediaBucket.Arn}" in json.dumps(each["Resource"])
        for each in _statements(name)
    )


def _lists_media(name: str) -> bool:
    return any(
        "s3:ListBucket" in each["Action"] and "MediaBucket" in json.dumps(each["Resource"])
        for each in _statements(name)
    )


def test_who_goes_on_when_an_object_is_missing_may_list_the_bucket() -> None:
    """Without that right S3 answers 403 and not 404 for what is not there, and the function fails on AWS only."""
    readers = {each.stem for each in POLICIES.glob("*.json") if _reads_media(each.stem)}
    assert readers - NEVER_MISS == {name for name in readers if _lists_media(name)}
    assert readers <= MAY_FIND_NOTHING | NEVER_MISS
