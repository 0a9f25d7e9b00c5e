"""The same definitions, compiled, on moto's Step Functions: the same chats."""

import pytest

from tests.automation_scenarios import scenarios, unordered_branches


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_each_scenario_gives_its_chat(stage, scenario):
    if not scenario.is_here():
        pytest.skip("the published examples are not here")
    stage.time.now = scenario.at
    stage.install(scenario.workflow())
    for turn in scenario.turns:
        if "say" in turn:
            stage.say(turn["say"], scenario.phone)
        if "advance" in turn:
            stage.advance(turn["advance"])
    assert unordered_branches(stage.chat) == unordered_branches(scenario.chat())
