"""A crowd of waiting instances answered at once, each message told twice, by eight workers on one table: all go on, once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from chalicelib.automation import compiler
from chalicelib.automation.definition.graph import graph
from chalicelib.automation.instances import offering, runner, starting
from chalicelib.automation.instances.model import InstanceStatus, State
from chalicelib.automation.instances.ports import Done, Ports, Program
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.store import Instances
from chalicelib.automation.instances.waiting import Waits
from chalicelib.automation.instances.waits import Held
from chalicelib.automation.ways import count
from tests.integration.automation.test_race import Machines
from tests.integration.automation.test_versions import says
from tests.integration.conftest import START

CROWD = 40


class Acts:
    """What each instance asks for, by key: the rooms below do each key once."""

    def __init__(self):
        self.done, self._lock = set(), threading.Lock()

    def __call__(self, wanted, instance, key, step):
        with self._lock:
            self.done.add((instance.id, key))
        return Done({})


def test_all_of_a_crowd_answered_at_once_go_on_exactly_once(world):
    acts, machines = Acts(), Machines()
    ports = Ports(
        instances=Instances(world.table, world.media),
        waits=Waits(world.table),
        programs=lambda *_: program,
        machines=machines,
        acts=acts,
        conversation_of=lambda _, sender: f"channel.{sender}",
        clock=lambda: START + timedelta(seconds=1),
        release=lambda held: None,
    )
    program = Program("d", 1, graph(says("answered").definition), "machine")
    phones = [f"65{90000000 + number}" for number in range(CROWD)]

    def parked(phone):
        where = Where(conversation_id=f"channel.{phone}")
        instance = starting.start(program, {"phone": phone}, phone, ports, where)
        state = State(instance=instance.id, seq=1).json_input()
        runner.handle({"step": "w", "phase": compiler.PARK, "state": state, "token": instance.id}, ports)
        return instance.id

    def answered(phone):
        document = {"payload": {"umid": phone, "user": {"channelUserId": phone}, "content": {"text": "here"}}}
        held = Held(
            message_id=phone, position=phone, conversation_id=f"channel.{phone}", arrived_at=START, document=document
        )
        assert offering.offer(held, ports)

    def goes_on(instance_id):
        after = {"step": "w", "phase": compiler.AFTER, "state": State(instance=instance_id, seq=1).json_input()}
        moved = runner.handle(after, ports)
        runner.handle({"step": moved["next"], "phase": compiler.RUN, "state": moved}, ports)

    with ThreadPoolExecutor(8) as workers:
        ids = list(workers.map(parked, phones))
        list(workers.map(answered, [phone for phone in phones for _ in range(2)]))
        list(workers.map(goes_on, [one for one in ids for _ in range(1 + machines.answered[one] // 2)]))

    assert set(machines.answered) == set(ids)
    assert Counter(instance for instance, _ in acts.done) == Counter(ids)
    counted = count(ports.instances, "d", 1)
    assert counted.statuses == {InstanceStatus.COMPLETE: CROWD}
    assert counted.ways == {("w", "act"): CROWD}
