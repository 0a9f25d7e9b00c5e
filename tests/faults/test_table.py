"""What `make faults` prints at its end."""

import pytest

from tests.faults.conftest import table


def report(outcome: str, *storms: tuple[str, dict[str, int]]) -> pytest.TestReport:
    properties: list[tuple[str, object]] = [("storm", storm) for storm in storms]
    return pytest.TestReport("a", ("a", 1, "a"), {}, outcome, None, "call", user_properties=properties)  # type: ignore[arg-type]


def test_the_runs_of_a_storm_are_added_up_and_one_that_broke_is_told() -> None:
    found = table(
        [
            report("passed", ("Crashes", {"recipients": 900, "accepted_twice": 0})),
            report("passed", ("Crashes", {"recipients": 900, "accepted_twice": 0})),
            report("failed", ("STOP", {"late": 1})),
            report("passed"),
        ]
    )
    assert found[1:] == [
        "| Storm | Runs | All runs together | |",
        "|---|---:|---|---|",
        "| Crashes | 2 | recipients 1,800; accepted twice 0 | holds |",
        "| STOP | 1 | late 1 | **does not hold** |",
    ]


def test_where_nothing_was_stormed_there_is_no_table() -> None:
    assert table([report("passed")]) == []
