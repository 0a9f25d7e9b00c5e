"""What happens to a message that was held up between its slot and its call."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.campaigns.model import State
from tests.support.campaigns import Clock, Stage, agree, people


@dataclass
class Late:
    """A pacer whose caller misses as many slots as it is told."""

    clock: Clock
    met: Iterator[bool]
    slots: int = 0

    def wait(self, *_: Any) -> int:
        self.clock.advance(0.4)
        self.slots += 1
        return self.slots

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def meet(self, slot: int) -> bool:
        return next(self.met, True)


def play(*missed: int) -> tuple[Stage, Late]:
    """One recipient for each figure, who misses so many slots."""
    stage = Stage(threads=1)
    pacer = Late(stage.clock, iter([each for count in missed for each in [False] * count + [True]]))
    stage.gate = replace(stage.gate, pacer=pacer)  # type: ignore[arg-type]
    campaign = stage.launch(people(len(missed)))
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    agree(stage, done)
    return stage, pacer


def test_a_message_that_missed_its_slot_takes_another() -> None:
    stage, pacer = play(0, 2, 0)
    assert len(stage.meta.accepted) == 3
    assert pacer.slots == 5


def test_a_message_that_misses_slots_for_seconds_is_given_back_and_goes_later() -> None:
    stage, _ = play(30)
    assert len(stage.meta.accepted) == 1
    assert stage.handled["chunk"] > 1
