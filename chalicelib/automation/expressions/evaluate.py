"""Evaluates the scripts inside a JSON value, leaving everything else as it is."""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from pydantic import JsonValue

from chalicelib import plain_json
from chalicelib.automation.expressions import secrets
from chalicelib.automation.expressions.sandbox import ReadOfNull, Sandbox, ScriptError
from chalicelib.automation.expressions.template import OPEN, Script, parse
from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Scope:
    """What the scripts of one step see. The seed makes `uuid()` and `Math.random()` repeatable."""

    data: Mapping[str, JsonValue]
    now: datetime
    step: Mapping[str, JsonValue] | None = None
    seed: str = "parley"


@dataclass
class _Evaluation:
    scope: Scope
    _sandbox: Sandbox | None = field(default=None)

    def value(self, value: JsonValue) -> JsonValue:
        match value:
            case str():
                return self._string(value) if OPEN in value else value
            case dict():
                return {key: self.value(item) for key, item in value.items()}
            case list():
                return [self.value(item) for item in value]
            case _:
                return value

    def _string(self, text: str) -> JsonValue:
        parts = parse(text)
        if len(parts) == 1 and isinstance(parts[0], Script) and not secrets.named_by(parts[0].source):
            return secrets.without_marks(_loaded(parts[0].source, self._run(parts[0])))
        return "".join(self._text(part) if isinstance(part, Script) else part for part in parts)

    def _text(self, script: Script) -> str:
        result = self._run(script)
        shown = _shown(result)
        return shown if secrets.named_by(script.source) else str(secrets.without_marks(shown))

    def _run(self, script: Script) -> str:
        if name := secrets.named_by(script.source):
            return json.dumps(secrets.mark(name))
        if self._sandbox is None:
            self._sandbox = Sandbox(self.scope.data, self.scope.step, self.scope.now, self.scope.seed)
        try:
            return self._sandbox.run(script.source)
        except ReadOfNull:
            return "null"


def evaluate(value: JsonValue, scope: Scope) -> JsonValue:
    """The value with each script replaced by its result.

    A string that is exactly one script yields the script's typed value; scripts with text around them are
    written into it, null as nothing. Reading a property of null gives null, so outputs survive a timeout.
    Raises ScriptError for anything else that goes wrong.
    """
    return _Evaluation(scope).value(value)


def evaluate_all(values: Mapping[str, JsonValue], scope: Scope) -> dict[str, JsonValue]:
    """Like `evaluate` for each value of a mapping, in one context."""
    evaluation = _Evaluation(scope)
    return {key: evaluation.value(value) for key, value in values.items()}


def _shown(result: str) -> str:
    """A script's JSON result as text inside text: strings bare, null as nothing, the rest as JavaScript writes it."""
    if result == "null":
        return ""
    return str(_loaded("", result)) if result.startswith('"') else result


def _loaded(source: str, result: str) -> JsonValue:
    """The value of a script's JSON result. Half an emoji, which a cut through a text leaves, becomes a question mark."""
    value: JsonValue = plain_json.loads(result)
    if not plain_json.is_shallow(value):
        raise ScriptError(source, f"its value is more than {plain_json.MAX_DEPTH} levels deep")
    return value
