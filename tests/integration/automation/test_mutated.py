"""Definitions broken at random places, the same ones each run: each is refused with a reason, or taken and runs."""

import copy
import json
import random
from pathlib import Path

import pytest

from chalicelib.automation import gallery
from chalicelib.automation.definition.model import export
from tests.integration.automation.test_api import BASE

ROUNDS = 60
STRANGE = [
    None, True, 0, -1, 1e308, 10**40, "", " ", "x" * 2000, "{{", "}}", "{{}}", "{{data.a.b.c}}", "{{step}}", "a\x00b", "\ud800",
    "é𝄞", [], {}, [[]], {"": ""}, {"a": {"b": None}}, [None], "__proto__", {"__proto__": "{{1}}"}, "NaN", "-1.00:00:00",
    "99999999.00:00:00", "1e9", "{{(()=>{throw {}})()}}", "{{Symbol()}}", "{{data}}", "{{1/0}}", "{{10n**40n}}", "{{() => 1}}",
    "{{new Proxy({}, {get() { throw 1 }})}}", "{{[].concat(data, data)}}", "{{new Date(NaN)}}", "{{'\\ud800'}}", "{{secret.x}}",
    json.loads("[" * 90 + "]" * 90), "9" * 400, {f"k{n}": n for n in range(200)},
]  # fmt: skip
NAMES = ["", "id", "x" * 300, "\x00", "\ud800", "__proto__", "a.b", "a b", "→", "inputs", "nextStepId", "do"]


def places(value, path=()):
    """Every place of a document, as a path of names and numbers."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*path, name))


def mutated(document, dice):
    """One document with one to three places lost, doubled, renamed or replaced."""
    whole = copy.deepcopy(document)
    for _ in range(dice.randint(1, 3)):
        path = dice.choice([one for one in places(whole) if one])
        parent, name = whole, path[-1]
        for part in path[:-1]:
            parent = parent[part]
        match dice.choice(["lose", "replace", "replace", "rename", "double", "swap"]):
            case "lose":
                del parent[name]
            case "rename" if isinstance(parent, dict):
                parent[dice.choice(NAMES)] = parent.pop(name)
            case "double" if isinstance(parent, list):
                parent.append(copy.deepcopy(parent[name]))
            case "swap":
                other = whole
                for part in dice.choice(list(places(whole))):
                    other = other[part]
                parent[name] = copy.deepcopy(other)
            case _:
                parent[name] = copy.deepcopy(dice.choice(STRANGE))
        if not isinstance(whole, dict) or not list(places(whole))[1:]:
            return whole
    return whole


def documents():
    found = [(entry.key, json.loads(export(entry.workflow))) for entry in gallery.entries()]
    for path in sorted(Path("tests/data/workflows").glob("*.json")):
        found.append((path.stem, json.loads(path.read_text("utf-8"))))
    return found


@pytest.mark.parametrize(("name", "document"), documents(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_definition_broken_anywhere_is_refused_or_runs(api, name, document):
    dice = random.Random(name)
    turns = [
        {"customer": "Hi"},
        {"customer": "1"},
        {"http": {"url": "https://x", "reply": {}}},
        {"advance": "1.00:00:00"},
    ]
    for number in range(ROUNDS):
        broken = mutated(document, dice)
        for path, body in (
            ("definitions", broken),
            ("definition-checks", broken),
            ("definition-tests", broken),
            ("definition-simulations", {"definition": broken, "play": {"turns": turns[: number % 5]}}),
        ):
            answer = api.post(f"{BASE}/{path}", body)
            assert answer.status < 500, (number, path, json.dumps(broken)[:3000], answer.text)
            assert answer.status < 300 or answer.json["message"]
