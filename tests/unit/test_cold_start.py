"""What a function must not load before its first call. The CPU of it all is measured by `make bench BENCH=imports`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("phonenumbers", "PIL", "python_calamine", "chalicelib.whatsapp.messages")
LOADED = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    found = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(found.stdout))


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("chalicelib.inbound.timers", "chalicelib.automation"),
        ("chalicelib.inbound.stream", "chalicelib.automation"),
        ("chalicelib.inbound.message_lane", "chalicelib.campaigns"),
        ("chalicelib.inbound.webhook", "chalicelib.conversations"),
        ("chalicelib.campaigns.handlers", "chalicelib.converse"),
    ],
)
def test_a_function_loads_neither_heavy_libraries_nor_rooms_it_may_not_need(module, other):
    found = loaded_by(module)
    assert module in found
    assert not found & {*HEAVY, other}
