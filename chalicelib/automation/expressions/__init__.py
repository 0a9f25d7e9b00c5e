"""`{{ … }}`: JavaScript inside a workflow definition. See `evaluate` and `problems_in`."""

from chalicelib.automation.expressions.evaluate import Scope, evaluate, evaluate_all
from chalicelib.automation.expressions.sandbox import ScriptError
from chalicelib.automation.expressions.template import is_script, scripts_in

__all__ = ["Scope", "ScriptError", "evaluate", "evaluate_all", "is_script", "scripts_in"]
