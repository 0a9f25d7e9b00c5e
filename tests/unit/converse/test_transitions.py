"""The published table of a ticket's life."""

import pytest

from chalicelib.converse.tickets.model import Status
from chalicelib.converse.tickets.transitions import TRANSITIONS, Act, NotPossible, after

PUBLISHED = """
new      assign→open customer_writes→new agent_writes→open resolve→resolved close→closed
open     assign→open release→open customer_writes→open agent_writes→open
         wait_for_customer→pending hold→on_hold resolve→resolved close→closed
pending  assign→open release→pending customer_writes→open agent_writes→pending reopen→open hold→on_hold
         resolve→resolved close→closed expire→closed
on_hold  assign→open release→open customer_writes→on_hold agent_writes→open reopen→open wait_for_customer→pending
         resolve→resolved close→closed
resolved assign→open customer_writes→open reopen→open close→closed expire→closed
closed
"""


def _published() -> dict[tuple[Status, Act], Status]:
    found, status = {}, Status.NEW
    for word in PUBLISHED.split():
        if "→" not in word:
            status = Status(word)
            continue
        act, _, to = word.partition("→")
        found[status, Act(act)] = Status(to)
    return found


def test_the_table_is_the_published_one() -> None:
    assert _published() == dict(TRANSITIONS)


@pytest.mark.parametrize("act", Act)
def test_nothing_happens_to_a_closed_ticket(act: Act) -> None:
    with pytest.raises(NotPossible):
        after(Status.CLOSED, act)


def test_every_status_but_new_can_be_reached_and_every_unclosed_one_left() -> None:
    assert set(TRANSITIONS.values()) == set(Status)
    assert {status for status, _ in TRANSITIONS} == set(Status) - {Status.CLOSED}
