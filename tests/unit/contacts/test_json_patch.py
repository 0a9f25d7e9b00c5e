"""JSON Patch: all of it or nothing. The cases of RFC 6902, appendix A, that concern us, and 8x8's own spellings."""

from typing import Any

import pytest

from chalicelib.contacts.json_patch import PatchOperation, PatchTestFailed, apply
from chalicelib.problems import Invalid

PERSON: dict[str, Any] = {"firstName": "John", "lastName": None, "groups": [1, 2], "addresses": {"msisdn": "65"}}


def _patched(*steps: dict[str, Any]) -> dict[str, Any]:
    return apply(PERSON, [PatchOperation.model_validate(step) for step in steps])


@pytest.mark.parametrize(
    ("step", "changed"),
    [
        ({"op": "replace", "path": "/firstName", "value": "Mei"}, {"firstName": "Mei"}),
        ({"op": "replace", "path": "/firstname", "value": "Mei"}, {"firstName": "Mei"}),
        ({"op": "replace", "path": "/lastName", "value": "Lim"}, {"lastName": "Lim"}),
        ({"op": "add", "path": "/addresses/lineId", "value": "x"}, {"addresses": {"msisdn": "65", "lineId": "x"}}),
        ({"op": "remove", "path": "/addresses/msisdn"}, {"addresses": {}}),
        ({"op": "add", "path": "/groups/-", "value": 3}, {"groups": [1, 2, 3]}),
        ({"op": "add", "path": "/groups/0", "value": 3}, {"groups": [3, 1, 2]}),
        ({"op": "remove", "path": "/groups/1"}, {"groups": [1]}),
        ({"op": "copy", "from": "/firstName", "path": "/lastName"}, {"lastName": "John"}),
        ({"op": "test", "path": "/firstName", "value": "John"}, {}),
        ({"op": "add", "path": "/addresses/a~1b~0c", "value": "x"}, {"addresses": {"msisdn": "65", "a/b~c": "x"}}),
    ],
)
def test_a_step_changes_what_it_names(step: dict[str, Any], changed: dict[str, Any]) -> None:
    assert _patched(step) == PERSON | changed


def test_move_takes_away_and_adds() -> None:
    assert _patched({"op": "move", "from": "/groups/0", "path": "/groups/-"})["groups"] == [2, 1]


@pytest.mark.parametrize(
    "step",
    [
        {"op": "remove", "path": "/nothing"},
        {"op": "replace", "path": "/groups/9", "value": 1},
        {"op": "add", "path": "/groups/3", "value": 1},
        {"op": "add", "path": "/groups/-1", "value": 1},
        {"op": "add", "path": "/groups/٣", "value": 1},
        {"op": "add", "path": "/firstName/deep", "value": 1},
        {"op": "add", "path": "firstName", "value": 1},
        {"op": "move", "path": "/addresses/x", "from": "/addresses"},
        {"op": "copy", "path": "/x"},
        {"op": "replace", "path": "", "value": [1]},
        {"op": "remove", "path": ""},
    ],
)
def test_a_step_that_fits_nothing_is_refused(step: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        _patched(step)


def test_a_failed_test_stops_everything() -> None:
    with pytest.raises(PatchTestFailed):
        _patched(
            {"op": "replace", "path": "/firstName", "value": "x"}, {"op": "test", "path": "/lastName", "value": "y"}
        )
    assert PERSON["firstName"] == "John"
