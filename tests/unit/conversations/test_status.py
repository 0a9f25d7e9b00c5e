"""Statuses only go forward, whatever order they come in."""

from itertools import permutations

from chalicelib.conversations.model import MessageStatus as S


def last(statuses: tuple[S, ...]) -> S:
    state = S.SENDING
    for status in statuses:
        state = status if status.rank > state.rank else state
    return state


def test_every_order_of_arrival_ends_in_the_same_status() -> None:
    assert {last(order) for order in permutations([S.SENT, S.DELIVERED, S.READ])} == {S.READ}


def test_delivered_wins_over_failed_since_one_of_several_devices_got_it() -> None:
    assert {last(order) for order in permutations([S.FAILED, S.DELIVERED])} == {S.DELIVERED}


def test_anything_that_meta_says_settles_what_nobody_confirmed() -> None:
    for open_status in (S.SENDING, S.UNKNOWN, S.NOT_CONFIRMED):
        assert all(said.rank > open_status.rank for said in (S.ACCEPTED, S.SENT, S.FAILED, S.DELIVERED))
