"""What a function must not load before its first call. The CPU of it all is measured by `make bench BENCH=imports`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.http.paging import Page

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


BUILT = """
import json, app
from pydantic import BaseModel
def models(of):
    return [model for one in of.__subclasses__() for model in (one, *models(one))]
print(json.dumps([str(one) for one in models(BaseModel) if one.__pydantic_complete__ and "chalicelib" in one.__module__]))
"""


def test_an_import_builds_no_validator_not_even_for_a_constant():
    built = subprocess.run([sys.executable, "-c", BUILT], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(built) == []


def test_a_page_of_something_and_a_page_of_anything_are_built_when_they_are_used():
    assert Page[int](items=[1]).model_dump() == Page(items=[1]).model_dump() == {"items": [1], "next": None}
