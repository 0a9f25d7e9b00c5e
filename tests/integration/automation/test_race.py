"""A reply, a second reply, a redelivery and the time-out all at once, 10,000 times, each interleaved anew."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from chalicelib.automation.definition.graph import graph
from chalicelib.automation.definition.importing import import_document
from chalicelib.automation.instances import offering, parking, runner, starting
from chalicelib.automation.instances.model import InstanceStatus, State
from chalicelib.automation.instances.ports import Done, Ports, Program
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.waits import Held, WaitStatus
from tests.integration.automation.memory import MemoryInstances

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
CONVERSATION = "channel.contact"
DEFINITION = import_document(
    {
        "trigger": "inbound_chat_apps",
        "definition": {
            "name": "Race",
            "steps": [
                {
                    "id": "w",
                    "stepType": "WaitForReply",
                    "inputs": {"from": "6591234567", "channel": "whatsapp", "timeout": "00:05:00"},
                    "selectNextStep": {"yes": "{{step.reply != null}}", "none": "{{step.reply == null}}"},
                },
                {"id": "yes", "stepType": "AddToGroup", "inputs": {"group": "yes"}},
                {"id": "none", "stepType": "AddToGroup", "inputs": {"group": "none"}},
            ],
        },
    }
).workflow.definition
PROGRAM = Program("d1", 1, graph(DEFINITION), "machine")


class Machines:
    def __init__(self):
        self.answered = Counter()

    def start(self, machine_arn, name, state):
        pass

    def stop(self, execution_arn):
        pass

    def answer(self, token):
        self.answered[token] += 1

    def execution_arn(self, machine_arn, name):
        return name


def message(number):
    user = {"msisdn": "+6591234567", "channelUserId": "6591234567"}
    document = {"payload": {"umid": f"m{number}", "user": user, "content": {"text": f"reply {number}"}}}
    return Held(
        message_id=f"m{number}", position=f"p{number}", conversation_id=CONVERSATION, arrived_at=NOW, document=document
    )


def race(seed):
    chance = random.Random(seed)
    store, machines, acted, released = MemoryInstances(), Machines(), [], []
    ports = Ports(
        instances=store,
        waits=store,
        programs=lambda *_: PROGRAM,
        machines=machines,
        acts=lambda wanted, *_: acted.append(wanted.group) or Done({}),
        conversation_of=lambda *_: CONVERSATION,
        clock=lambda: NOW + timedelta(minutes=5),
        release=released.append,
    )
    instance = starting.start(PROGRAM, {}, "t", ports, Where(conversation_id=CONVERSATION))
    state = State(instance=instance.id, seq=1)
    parks = {"step": "w", "phase": "park", "state": state.json_input(), "token": "token"}
    taken = {}
    crowd = [
        lambda: runner.handle(parks, ports),
        lambda: taken.setdefault("m1", offering.offer(message(1), ports)),
        lambda: offering.offer(message(1), ports),  # the same once more
        lambda: taken.setdefault("m2", offering.offer(message(2), ports)),
        lambda: parking.deadline(CONVERSATION, f"{instance.id}-0-1", ports),
    ]
    chance.shuffle(crowd)

    def let_somebody_in():
        if crowd and chance.random() < 0.3:
            crowd.pop()()

    store.between = let_somebody_in
    while crowd:
        crowd.pop()()
    store.between = lambda: None
    parking.deadline(CONVERSATION, f"{instance.id}-0-1", ports)  # the timer comes at last, whatever happened
    wait = store.open_waits[f"{instance.id}-0-1"]
    after = {"step": "w", "phase": "after", "state": state.json_input(), "execution": ""}
    moved = runner.handle(after, ports)
    runner.handle({"step": moved["next"], "phase": "run", "state": moved, "execution": ""}, ports)
    runner.handle(after, ports)
    return wait, machines, acted, taken, released, store, instance


def test_exactly_one_branch_is_taken_and_no_message_is_lost_10_000_times():
    outcomes = Counter()
    for seed in range(10_000):
        wait, machines, acted, taken, released, store, instance = race(seed)
        answered = wait.status is WaitStatus.ANSWERED
        outcomes[wait.status] += 1
        assert acted == ["yes" if answered else "none"], seed
        assert machines.answered["token"] >= 1, seed
        assert store.instances[instance.id].status is InstanceStatus.COMPLETE, seed
        claimed = {held.message_id for held in store.kept.values() if held.claimed_by == wait.id}
        assert claimed == ({wait.answer["payload"]["umid"]} if answered else set()), seed
        # Each message answered the wait, or went back to the front door, or was never taken.
        back = {held.message_id for held in released}
        for name in ("m1", "m2"):
            assert (name in claimed) + (name in back) + (taken[name] is False) == 1, (seed, name)
    assert min(outcomes.values()) > 500
