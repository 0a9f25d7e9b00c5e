"""A version that runs is never changed: what began on it ends on it (D15)."""

import time
from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.automation.definition.importing import import_document
from chalicelib.automation.definition.model import TriggerType
from chalicelib.automation.instances import offering, runner, starting
from chalicelib.automation.instances.model import InstanceStatus, State
from chalicelib.automation.instances.ports import Done, Ports
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.waits import Held
from chalicelib.automation.versions import DefinitionChanged, Versions
from chalicelib.cloud import keys
from chalicelib.cloud.table import Update
from tests.integration.automation.memory import MemoryInstances
from tests.integration.automation.test_race import Machines
from tests.integration.conftest import START

MANY = 1000


def says(group: str):
    """Waits for an answer, then puts the customer into a group named after the version."""
    inputs = {"from": "{{data.phone}}", "channel": "whatsapp", "timeout": "01:00:00"}
    steps = [
        {"id": "w", "stepType": "WaitForReply", "inputs": inputs, "nextStepId": "act"},
        {"id": "act", "stepType": "AddToGroup", "inputs": {"group": group}},
    ]
    return import_document({"trigger": "inbound_chat_apps", "definition": {"name": group, "steps": steps}}).workflow


def test_a_thousand_instances_finish_on_the_version_they_began_on(world):
    versions, store, acted = Versions(world.table), MemoryInstances(), Counter()
    ports = Ports(
        instances=store,
        waits=store,
        programs=versions.program,
        machines=Machines(),
        acts=lambda wanted, instance, *_: acted.update([(instance.version, wanted.group)]) or Done({}),
        conversation_of=lambda _, sender: f"channel.{sender}",
        clock=lambda: START + timedelta(seconds=1),
        release=lambda held: None,
    )
    versions.add("d", 1, says("first"), "machine-1", START, "ann")
    phones = [f"65{90000000 + number}" for number in range(MANY)]
    begun = {phone: _waiting(versions.program("d", 1), phone, ports) for phone in phones}

    versions.add("d", 2, says("second"), "machine-2", START, "ann")
    late = _waiting(versions.program("d", versions.head("d").version), "6580000000", ports)
    fresh = Versions(world.table)  # another process, which has never seen the first version run
    ports = type(ports)(**{**ports.__dict__, "programs": fresh.program})
    for phone, instance in [*begun.items(), ("6580000000", late)]:
        _answered(instance, phone, ports)

    assert acted == {(1, "first"): MANY, (2, "second"): 1}
    assert {one.status for one in store.instances.values()} == {InstanceStatus.COMPLETE}


def test_two_people_who_store_the_same_next_version_do_not_overwrite_each_other(world):
    versions = Versions(world.table)
    versions.add("d", 1, says("first"), "machine-1", START, "ann")
    versions.add("d", 2, says("ann's"), "machine-2", START, "ann")
    with pytest.raises(DefinitionChanged):
        versions.add("d", 2, says("ben's"), "machine-3", START, "ben")
    assert versions.get("d").workflow.definition.name == "ann's"


def greets(**values):
    """A workflow that a customer's message starts."""
    steps = [{"id": "act", "stepType": "AddToGroup", "inputs": {"group": "known"}}]
    document = {"definition": {"name": "Greet", "steps": steps}, "trigger": "inbound_chat_apps", **values}
    return import_document(document).workflow


def test_what_one_process_enables_or_takes_back_another_knows_with_the_next_message(world):
    writer, reader = Versions(world.table), Versions(world.table)

    def known():
        return [(head.id, head.version) for head in reader.enabled(TriggerType.INBOUND_CHAT_APPS)]

    assert known() == []
    writer.add("d", 1, greets(status="enabled"), "machine-1", START, "ann")
    assert known() == [("d", 1)]
    writer.add("d", 2, greets(status="enabled"), "machine-2", START, "ann")
    assert known() == [("d", 2)]
    writer.add("d", 3, greets(status="disabled"), "machine-2", START, "ann")
    assert known() == []
    writer.add("e", 1, greets(status="enabled"), "machine-3", START, "ann")
    writer.hide("e")
    assert known() == []


@pytest.mark.parametrize("number", [1, 100])
def test_who_asks_what_a_message_starts_reads_one_small_item_however_many_workflows_there_are(world, number):
    versions = Versions(world.table)
    for each in range(number):
        versions.add(f"d{each}", 1, greets(status="enabled"), "machine", START, "ann")
    assert len(versions.enabled(TriggerType.INBOUND_CHAT_APPS)) == number
    client = world.table.client = Reads(world.table.client)
    assert len(versions.enabled(TriggerType.INBOUND_CHAT_APPS)) == number
    assert client.used == ["get_item"]


class Reads:
    """A DynamoDB client whose calls are written down."""

    def __init__(self, client):
        self._client, self.used = client, []

    def __getattr__(self, name):
        self.used.append(name)
        return getattr(self._client, name)


def test_an_enabled_workflow_of_the_release_before_is_known_after_a_while(world, monkeypatch):
    versions = Versions(world.table)
    versions.add("d", 1, greets(status="disabled"), "machine-1", START, "ann")
    assert versions.enabled(TriggerType.INBOUND_CHAT_APPS) == []
    world.table.update(Update(keys.definition("d"), set={"status": "enabled"}))  # which counts no revision
    later = time.monotonic() + 301
    monkeypatch.setattr("chalicelib.automation.versions.time.monotonic", lambda: later)
    assert [head.id for head in versions.enabled(TriggerType.INBOUND_CHAT_APPS)] == ["d"]


def _waiting(program, phone, ports):
    instance = starting.start(program, {"phone": phone}, phone, ports, Where(conversation_id=f"channel.{phone}"))
    park = {"step": "w", "phase": "park", "state": State(instance=instance.id, seq=1).json_input(), "token": phone}
    runner.handle(park, ports)
    return instance


def _answered(instance, phone, ports):
    user = {"msisdn": f"+{phone}", "channelUserId": phone}
    document = {"payload": {"umid": phone, "user": user, "content": {"text": "yes"}}}
    held = Held(
        message_id=phone,
        position=phone,
        conversation_id=f"channel.{phone}",
        arrived_at=ports.clock(),
        document=document,
    )
    assert offering.offer(held, ports)
    state = State(instance=instance.id, seq=1).json_input()
    moved = runner.handle({"step": "w", "phase": "after", "state": state, "execution": ""}, ports)
    runner.handle({"step": moved["next"], "phase": "run", "state": moved, "execution": ""}, ports)
