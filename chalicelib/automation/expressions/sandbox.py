"""One fresh QuickJS context: no host access, 500 ms a script, limited memory and stack.

A context costs about a quarter of a millisecond, so nothing one script does to it can reach
another run. QuickJS checks its time limit inside native loops too, regular expressions included; the
one that it does not (BigInt to text) is not available.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import quickjs
from pydantic import JsonValue

from chalicelib.automation.expressions import host

MAX_SCRIPT = 1000
MAX_VALUE = 256 * 1024
SECONDS_PER_SCRIPT = 0.5
SECONDS_PER_CONTEXT = 2.0
MEMORY = 32 * 1024 * 1024
STACK = 256 * 1024
MAX_QUESTIONS = 64

_BIGINT = re.compile(r"(?<![\w$])\d\w*n(?![\w$])")
_NULL_ACCESS = re.compile(r"TypeError: cannot read property .* of (null|undefined)")


class ScriptError(Exception):
    """A script that cannot be evaluated; the text says why in words for its author."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"Failed to evaluate the expression {shortened(source)}: {reason}")
        self.source, self.reason = source, reason


class ReadOfNull(ScriptError):
    """The script reads a property of null: its value is null."""


class Sandbox:
    """A context for the scripts of one step, all of which see the same `data`, `step` and clock."""

    def __init__(
        self, data: Mapping[str, JsonValue], step: Mapping[str, JsonValue] | None, now: datetime, seed: str
    ) -> None:
        self._seed, self._left = seed, SECONDS_PER_CONTEXT
        self._answers: dict[str, JsonValue] = {}
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY)
        self._context.set_max_stack_size(STACK)
        self._context.eval(_source("prelude.js"))
        self._has_helpers = False
        scope = {
            "data": data, "step": step or {},
            "now": round(now.timestamp() * 1000), "seed": int.from_bytes(seed.encode()[-4:] or b"1") >> 1,
        }  # fmt: skip
        self._context.get("__begin")(self._context.parse_json(json.dumps(scope)))

    def run(self, source: str) -> str:
        """The script's value as JSON text."""
        refuse(source)
        if not self._has_helpers and _HELPERS.search(source):
            self._context.eval(_source("helpers.js"))
            self._has_helpers = True
        for _ in range(MAX_QUESTIONS):
            kind, _, text = self._evaluate(source).partition(" ")
            if kind == "v":
                return text
            self._answer(source, text)
        raise ScriptError(source, f"more than {MAX_QUESTIONS} different time zones, dates or phone numbers")

    def _evaluate(self, source: str) -> str:
        if self._left <= 0:
            raise ScriptError(source, f"the scripts of one step took more than {SECONDS_PER_CONTEXT:g} seconds")
        self._context.set_time_limit(min(SECONDS_PER_SCRIPT, self._left))
        call = f"__run(() => {{'use strict'; return (\n{source}\n)}}, {MAX_VALUE}, {json.dumps(self._answers)})"
        try:
            self._context.eval(_alone(source))
            return str(self._context.eval(call))
        except quickjs.JSException as error:
            raise self._explained(source, str(error)) from None

    def _explained(self, source: str, message: str) -> ScriptError:
        first = message.split("\n", 1)[0].strip()
        if "interrupted" in first:
            self._left -= SECONDS_PER_SCRIPT
            return ScriptError(source, f"it took more than {SECONDS_PER_SCRIPT * 1000:g} ms")
        if first in ("null", "") or "out of memory" in first:
            return ScriptError(source, "it needs too much memory")
        if _NULL_ACCESS.match(first):
            return ReadOfNull(source, first)
        return ScriptError(source, first)

    def _answer(self, source: str, question: str) -> None:
        name, kind, key = json.loads(question)
        try:
            self._answers[name] = host.ANSWERS[kind](self._seed, *key)
        except (ValueError, KeyError, TypeError, OverflowError, OSError) as error:
            raise ScriptError(source, str(error)) from error


def refuse(source: str) -> None:
    """Raises ScriptError for what must not even be compiled."""
    if not source:
        raise ScriptError(source, "it is empty")
    if len(source) > MAX_SCRIPT:
        raise ScriptError(source, f"it has {len(source)} characters, {MAX_SCRIPT} are allowed")
    if _BIGINT.search(source):
        raise ScriptError(source, "BigInt numbers (10n) are not available")


def _alone(source: str) -> str:
    """Compiles the script in other brackets than those it runs in: what would close the one pair does not fit the other."""
    return f"void function () {{'use strict'; return [(\n{source}\n)]}}"


class SyntaxCheck:
    """Compiles scripts without running them. One context serves a whole definition."""

    def __init__(self) -> None:
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY)
        self._context.set_max_stack_size(STACK)

    def __call__(self, source: str) -> str | None:
        """What is wrong with the script, or None."""
        try:
            refuse(source)
            self._context.eval(_alone(source))
            self._context.eval(f"void (() => {{'use strict'; return (\n{source}\n)}})")
        except ScriptError as error:
            return error.reason
        except quickjs.JSException as error:
            return str(error).split("\n", 1)[0]
        return None


def shortened(source: str) -> str:
    return "{{" + (source if len(source) <= 80 else source[:77] + "…") + "}}"


@cache
def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


_HELPERS = re.compile(
    "|".join(
        [rf"\b{name}\b" for name in re.findall(r"^function (\w+)", _source("helpers.js"), re.M)] + ["Date", "random"]
    )
)
