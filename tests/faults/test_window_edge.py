"""Ten thousand sends around the close of the window, under a clock of the test's own: Meta never reads one after it."""

import random
from datetime import datetime, timedelta
from typing import Any

from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.contacts.model import Identities
from chalicelib.conversations import window
from chalicelib.conversations.outbound import Gate, LedgerEntry, Purpose, SendRequest, Taken, send
from chalicelib.conversations.pacing import Lane
from chalicelib.whatsapp.messages import parse_message
from chalicelib.whatsapp.outcome import Accepted
from tests.faults.conftest import Stormed
from tests.integration.conftest import START, Clock
from tests.support.memory import MemoryTable

SENDS = 10_000
CONNECT, READ = 5.0, 10.0
"""The client's time-outs."""
CLOSES = START + timedelta(hours=24)
TO_THE_CALL = 4.9
"""Seconds that may pass between the look at the window and the call: the margin has five. The claim before it may take as long."""


class Entry:
    """A message that nobody else wants; its claim takes its time."""

    attempts = 0

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self.clock, self.chance = clock, chance

    def settled(self) -> bool:
        return False

    def claim(self, attempt: str, now: datetime) -> bool:
        self.clock.advance(seconds=self.chance.uniform(0, TO_THE_CALL))
        return True

    def record(self, attempt: str | None, verdict: Any, now: datetime) -> None:
        self.verdict = verdict


class Slots:
    """A pacer that keeps senders waiting over the edge."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self.clock, self.chance = clock, chance

    def wait(self, channel: Channel, lane: Lane, remaining: int = 1) -> None:
        self.clock.advance(seconds=self.chance.uniform(0, 20))


def test_none_of_ten_thousand_sends_around_the_edge_reaches_meta_after_the_close(stormed: Stormed) -> None:
    chance, clock, table = random.Random(7), Clock(START), MemoryTable()
    read_at: list[datetime] = []

    def deliver(channel: Channel, message: Any) -> Accepted:
        clock.advance(seconds=chance.uniform(0, TO_THE_CALL))
        clock.advance(seconds=chance.uniform(0, CONNECT + READ))  # Meta reads it at the latest when we stop waiting
        read_at.append(clock())
        return Accepted(wamid=f"wamid.{len(read_at)}")

    margin = window.margin(CONNECT, READ)
    pacer: Any = Slots(clock, chance)
    gate = Gate(table, pacer, deliver, clock, lambda: "attempt", margin)  # type: ignore[arg-type]
    channel = Channel(id="ch1", subaccount_id="acme", name="Shop", created_at=START, phone_number_id="1", waba_id="2")
    place = keys.conversation("ch1.7")
    table.put({"PK": place.pk, "SK": place.sk, "window_closes_at": CLOSES.isoformat()})
    request = SendRequest(
        channel=channel,
        to=Identities(phone="+6591234567"),
        message=parse_message({"type": "text", "text": {"body": "Hi"}}),
        purpose=Purpose.SERVICE,
        lane=Lane.REPLY,
        callback="m:ch1.7|1",
        conversation_id="ch1.7",
    )
    taken = 0
    for _ in range(SENDS):
        begun = CLOSES + timedelta(seconds=chance.uniform(-90, 30))
        clock.now = begun
        entry: LedgerEntry = Entry(clock, chance)
        verdict = send(request, entry, gate)
        if isinstance(verdict, Taken):
            taken += 1
        else:
            assert verdict.reason == "window_closed"  # type: ignore[union-attr]
            assert begun + timedelta(seconds=20 + TO_THE_CALL) >= CLOSES - margin, (
                "refused although there was time enough"
            )
    late = sum(at >= CLOSES for at in read_at)
    stormed("Sends around a window's end", sends=SENDS, accepted=taken, accepted_after_it=late)
    assert len(read_at) == taken
    assert SENDS // 4 < taken < SENDS
    assert late == 0
