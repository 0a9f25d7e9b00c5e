"""`python -m chalicelib.automation test FILE…`: runs the test cases of definitions. Exit code 1 when one is red."""

import argparse
import sys
from pathlib import Path

from chalicelib.automation.definition.importing import import_text
from chalicelib.automation.definition.problems import Problem, has_errors
from chalicelib.automation.definition.validation import all_problems
from chalicelib.automation.simulator.testing import Outcome, run_tests


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m chalicelib.automation")
    commands = parser.add_subparsers(dest="command", required=True)
    test = commands.add_parser("test", help="run the test cases of definitions")
    test.add_argument("file", nargs="+", type=Path)
    test.add_argument("-v", "--verbose", action="store_true", help="print every conversation")
    options = parser.parse_args(arguments)
    return max(_test(path, verbose=options.verbose) for path in options.file)


def _test(path: Path, *, verbose: bool) -> int:
    imported = import_text(path.read_bytes())
    problems = all_problems(imported)
    _print(f"{path}")
    for problem in problems:
        _print(f"  {_shown(problem)}")
    if imported.workflow is None or has_errors(problems):
        return 1
    outcomes = run_tests(imported.workflow)
    for outcome in outcomes:
        _report(outcome, verbose=verbose)
    if not outcomes:
        _print("  no test cases")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _report(outcome: Outcome, *, verbose: bool) -> None:
    _print(f"  {'ok  ' if outcome.passed else 'FAIL'} {outcome.name}")
    if not outcome.passed:
        _print(f"       turn {outcome.turn}: {outcome.reason}")
    if verbose or not outcome.passed:
        for line in outcome.transcript:
            _print(f"       | {line}")


def _shown(problem: Problem) -> str:
    place = f"{problem.step} {problem.path}" if problem.step else problem.path
    return f"{problem.severity.value}: {place}: {problem.message}"


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
