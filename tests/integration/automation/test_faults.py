"""What may go wrong around a running workflow, on moto: nothing is lost and nothing is done twice."""

import threading
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from chalicelib.automation import service
from chalicelib.automation.definition.importing import import_document
from chalicelib.automation.instances import offering, parking, runner, starting
from chalicelib.automation.instances.model import InstanceStatus, State, execution_name
from chalicelib.automation.instances.ports import MAX_RUNS
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.waits import WaitStatus
from chalicelib.cloud.state_machines import StateMachines
from tests.automation_scenarios import OURS, read


def send(step_id, text=None, **more):
    inputs = {
        "subAccountId": "demo",
        "user": {"msisdn": "+6591234567"},
        "type": "text",
        "content": {"text": text or step_id},
    }
    return {"id": step_id, "stepType": "ChatAppsMessage", "inputs": inputs, **more}


def wait(step_id, timeout="00:05:00", inputs=None, **more):
    given = {"from": "6591234567", "channel": "whatsapp", "timeout": timeout, **(inputs or {})}
    return {"id": step_id, "stepType": "WaitForReply", "inputs": given, **more}


def ask(**more):
    """Asks, waits, and says `yes` or `no reply`."""
    outputs = {"reply": "{{step.reply.payload.content.text}}"}
    choice = {"yes": "{{step.reply != null}}", "none": "{{step.reply == null}}"}
    return [
        send("ask", nextStepId="w"),
        wait("w", outputs=outputs, selectNextStep=choice, **more),
        send("yes", "you said {{data.reply}}"),
        send("none", "no reply"),
    ]


def workflow(*steps):
    imported = import_document({"trigger": "inbound_chat_apps", "definition": {"name": "T", "steps": list(steps)}})
    assert imported.workflow is not None, imported.problems
    return imported.workflow


class Dies(Exception):
    """Lambda is gone."""


def once(place, step):
    """Dies the first time the handler comes to a place of a step."""
    left = [1]

    def crash(where, event):
        if where == place and event["step"] == step and left:
            left.pop()
            raise Dies

    return crash


@pytest.mark.parametrize("place", ["before", "sent", "after"])
@pytest.mark.parametrize("step", ["ask", "yes"])
def test_a_handler_killed_anywhere_sends_nothing_twice_and_loses_nothing(stage, place, step):
    stage.install(workflow(*ask()))
    stage.crash = once(place, step)
    stage.say("Hi")
    stage.say("blue")
    assert stage.chat == ["customer: Hi", "bot: ask", "customer: blue", "bot: you said blue"]


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_handler_killed_around_a_wait_still_hears_the_reply(stage, place):
    stage.install(workflow(*ask()))
    stage.crash = once(place, "w")
    stage.say("Hi")
    stage.say("blue")
    assert stage.chat[-1] == "bot: you said blue"


def test_a_handler_killed_after_starting_parallel_branches_starts_each_once(stage):
    stage.install(read(OURS / "ours-parallel.json"))
    stage.say("10")
    assert len(stage.executions()) == 2
    for arn in stage.executions():
        assert stage.machines.start(stage.program.machine_arn, arn.rsplit(":", 1)[1], {}) is None
    assert len(stage.executions()) == 2


def test_a_redelivered_trigger_starts_one_instance(stage):
    stage.install(workflow(*ask()))
    ports = stage.ports()
    first = starting.start(stage.program, {}, "m1", ports, Where(conversation_id="channel.6591234567"))
    again = starting.start(stage.program, {}, "m1", ports, Where(conversation_id="channel.6591234567"))
    stage.settle()
    assert first.id == again.id
    assert (len(stage.executions()), len(stage.sent)) == (1, 1)


def test_a_workflow_that_does_not_apply_leaves_nothing_behind(stage):
    branch = {"id": "b", "stepType": "Branch", "selectNextStep": {"a": "{{data.payload.content.text == 'no'}}"}}
    stage.install(workflow(branch, send("a")))
    assert stage.say("Hi") is None
    assert (stage.executions(), stage.conversations()) == ([], set())


def test_a_reply_that_comes_before_the_wait_is_parked_is_not_lost(stage):
    stage.install(workflow(*ask()))

    def quick_customer(where, event):
        if where == "after" and event["step"] == "ask" and stage.messages == 1:
            stage.time.now = stage.time.now.replace(microsecond=500)
            threading.Thread(target=stage.say, args=("blue",)).start()
            while stage.messages == 1 or not stage.waits.around("channel.6591234567").held:
                pass

    stage.crash = quick_customer
    stage.say("Hi")
    stage.settle()
    assert stage.chat[-1] == "bot: you said blue"


def test_a_redelivered_reply_sends_its_token_again(stage):
    stage.install(workflow(*ask()))
    stage.say("Hi")
    ports = stage.ports()
    conversation = "channel.6591234567"
    silent = type("Silent", (), {"answer": lambda self, token: None})()
    [open_wait] = stage.waits.around(conversation).waits
    stage.messages += 1
    held = stage.held("blue", conversation, "m9")
    offering.offer(held, _with(ports, machines=silent))  # the worker died before it sent the token
    assert stage.waits.find_wait(conversation, open_wait.id).status is WaitStatus.ANSWERED
    assert "bot: you said blue" not in stage.chat
    assert offering.offer(held, ports)
    stage.settle()
    assert stage.chat[-1] == "bot: you said blue"


def _with(ports, **changes):
    return type(ports)(**{**ports.__dict__, **changes})


def test_reply_and_timeout_at_once_take_exactly_one_branch_200_times(stage):
    stage.install(workflow(*ask(timeout="{{'00:05:00'}}")[1:]))
    ports = stage.ports()
    for number in range(200):
        phone = f"65{90000000 + number}"
        conversation = f"channel.{phone}"
        instance = _parked(stage, phone, number)
        [open_wait] = stage.waits.around(conversation).waits
        stage.time.advance(300)
        held = stage.held("blue", conversation, f"r{number}", phone)
        racers = [
            threading.Thread(target=offering.offer, args=(held, ports)),
            threading.Thread(target=parking.deadline, args=(conversation, open_wait.id, ports)),
        ]
        for racer in racers[:: 1 if number % 2 else -1]:
            racer.start()
        for racer in racers:
            racer.join()
        state = State(instance=instance.id, seq=1, next="w")
        event = {"step": "w", "phase": "after", "state": state.json_input(), "execution": ""}
        answer = runner.handle(event, ports)
        outcome = stage.waits.find_wait(conversation, open_wait.id)
        expected = "yes" if outcome.status is WaitStatus.ANSWERED else "none"
        assert answer["next"] == expected
        assert runner.handle(event, ports)["next"] == expected
        _clear(stage)  # moto copies the whole table for each transaction


def _clear(stage):
    client = stage.instances.table.client
    for item in client.scan(TableName="main")["Items"]:
        client.delete_item(TableName="main", Key={"PK": item["PK"], "SK": item["SK"]})


def _parked(stage, phone, number):
    """An instance brought to its wait by hand: the state machine would only wait in real time."""
    program, ports = stage.program, stage.ports()
    quiet = _with(ports, machines=type("Quiet", (), {"start": lambda *_: None, "answer": lambda *_: None})())
    data = {"payload": {"user": {"msisdn": phone}}}
    conversation = f"channel.{phone}"
    instance = starting.start(program, data, f"t{number}", quiet, Where(conversation_id=conversation))
    quiet = _with(quiet, conversation_of=lambda *_: conversation)
    event = {"step": "w", "phase": "park", "state": State(instance=instance.id, seq=1).json_input(), "token": "t"}
    runner.handle(event, quiet)
    return instance


def test_a_loop_longer_than_the_history_quota_goes_on_in_fresh_executions(stage):
    stage.quota = 200
    stage.install(read(OURS / "ours-parallel.json"))
    stage.say("1")
    for _ in range(12):
        stage.say("again")
    stage.say("stop")
    assert stage.chat.count("bot: Once more") == 12
    assert stage.chat[-1] == "bot: Bye"
    assert 2 <= len(stage.executions()) <= 4
    assert all(len(stage.history(arn)) <= 220 for arn in stage.executions())


def test_an_endless_loop_ends_at_a_stated_limit_with_a_readable_error(stage):
    stage.install(workflow(*ask()))
    instance = stage.say("Hi")
    key = {"PK": {"S": f"INSTANCE#{instance.id}"}, "SK": {"S": "STATE"}}
    stage.instances.table.client.update_item(
        TableName="main",
        Key=key,
        UpdateExpression="SET runs = :n",
        ExpressionAttributeValues={":n": {"N": str(MAX_RUNS)}},
    )
    stage.say("blue")
    ended = stage.instances.find(instance.id)
    assert (ended.status, ended.failed_step) == (InstanceStatus.TERMINATED, "w")
    assert ended.failure == f"Stopped after {MAX_RUNS} steps: an endless loop."
    assert stage.executions("RUNNING") == []


def test_a_step_that_fails_ends_the_instance_and_its_execution(stage):
    stage.install(workflow(send("ask", "{{data.payload.missing()}}", nextStepId="yes"), send("yes")))
    instance = stage.say("Hi")
    ended = stage.instances.find(instance.id)
    assert (ended.status, ended.failed_step) == (InstanceStatus.TERMINATED, "ask")
    assert "not a function" in ended.failure
    assert stage.sent == {}
    assert stage.waits.around("channel.6591234567").instances == []


def test_a_failing_call_is_tried_again_with_growing_pauses_and_then_takes_its_error_path(stage):
    call = {
        "id": "call", "stepType": "HttpRequest", "inputs": {"url": "https://crm.example.com", "method": "GET"},
        "onError": {"retries": 2, "delay": "00:01:00", "nextStepId": "sorry"},
    }  # fmt: skip
    stage.install(workflow(call, send("sorry", "{{data.error.message}}")))
    stage.answers = ["no answer", "no answer", "no answer"]
    stage.say("Hi")
    assert len(stage.calls) == 1
    stage.advance(60)
    assert len(stage.calls) == 2
    stage.advance(119)
    assert len(stage.calls) == 2
    stage.advance(1)
    assert (len(stage.calls), stage.chat[-1]) == (3, "bot: no answer")


def test_three_quick_messages_are_one_turn_with_three_texts(stage):
    stage.install(workflow(*ask(inputs={"coalesce": "00:00:02"})))
    stage.say("Hi")
    for text in ("one", "two", "three"):
        stage.say(text)
    stage.advance(2)
    assert stage.chat[-1] == "bot: you said one\ntwo\nthree"


def test_a_timeout_computed_at_run_time_is_kept_by_our_own_timer(stage):
    stage.install(workflow(*ask(timeout="{{'00:00:30'}}")))
    stage.say("Hi")
    stage.advance(29)
    assert stage.chat[-1] == "bot: ask"
    stage.advance(1)
    assert stage.chat[-1] == "bot: no reply"


def test_messages_nobody_took_go_back_to_the_front_door_when_the_instance_ends(stage):
    pause = {"id": "p", "stepType": "Wait", "inputs": {"duration": "00:01:00"}}
    stage.install(workflow(send("ask", nextStepId="p"), pause))
    stage.say("Hi")
    stage.time.advance(1)
    stage.say("Anybody there?")
    assert stage.released == []
    stage.advance(60)
    assert [held.message_id for held in stage.released] == ["m2"]


def test_values_over_32_kb_live_in_s3_and_come_back(stage):
    big = {"id": "s", "stepType": "SetData", "inputs": {"values": {"big": "{{'x'.repeat(40000)}}"}}, "nextStepId": "w"}
    stage.install(workflow(big, wait("w", nextStepId="ask"), send("ask", "{{data.big.length}}")))
    instance = stage.say("Hi")
    assert [page["Key"] for page in _objects(stage)] == [f"workflow-data/{instance.id}/0/big"]
    stage.say("now")
    assert stage.chat[-1] == "bot: 40000"


def _objects(stage):
    return stage.instances.objects.client.list_objects_v2(Bucket="media").get("Contents", [])


def test_more_data_than_an_instance_may_have_ends_it_with_the_step_named(stage):
    steps = [
        {
            "id": f"s{i}",
            "stepType": "SetData",
            "inputs": {"values": {f"v{i}": "{{'x'.repeat(200000)}}"}},
            "nextStepId": f"s{i + 1}",
        }
        for i in range(2)
    ]
    stage.install(workflow(wait("w", nextStepId="s0"), *steps, send("s2")))
    instance = stage.say("Hi")
    stage.say("go")
    ended = stage.instances.find(instance.id)
    assert (ended.status, ended.failed_step) == (InstanceStatus.TERMINATED, "w")
    assert "262144 are allowed" in ended.failure


def test_a_run_that_failed_goes_on_from_a_step_of_choice_in_a_fresh_execution(stage):
    call = {
        "id": "call", "stepType": "HttpRequest", "inputs": {"url": "https://crm.example.com", "method": "GET"},
        "outputs": {"name": "{{step.responseBody.name}}"}, "nextStepId": "hello",
    }  # fmt: skip
    stage.install(workflow(call, send("hello", "Hello {{data.name}}")))
    stage.answers = ["no answer", (200, {"name": "Ana"})]
    instance = stage.say("Hi")
    assert stage.instances.find(instance.id).failed_step == "call"
    service.retry(_room(stage), stage.instances.find(instance.id), "call")
    stage.settle()
    assert stage.chat == ["customer: Hi", "bot: Hello Ana"]
    assert stage.instances.find(instance.id).status is InstanceStatus.COMPLETE
    assert len(stage.executions()) == 2


def test_an_instance_whose_execution_is_gone_is_suspended_and_resumed_in_a_fresh_one(stage):
    stage.install(workflow(*ask()))
    instance = stage.say("Hi")
    [lost] = stage.executions("RUNNING")
    stage.machines.stop(lost)
    room = _room(stage)
    service.command(room, stage.instances.find(instance.id), "suspend")
    service.command(room, stage.instances.find(instance.id), "resume")
    stage.settle()
    stage.say("blue")
    assert stage.chat == ["customer: Hi", "bot: ask", "customer: blue", "bot: you said blue"]


def test_a_retry_whose_leading_steps_fail_again_says_so(stage):
    stage.install(
        workflow(
            wait("w", nextStepId="s"), {"id": "s", "stepType": "SetData", "inputs": {"values": {"a": "{{nothing}}"}}}
        )
    )
    instance = stage.say("Hi")
    stage.say("go")
    service.retry(_room(stage), stage.instances.find(instance.id), "s")
    ended = stage.instances.find(instance.id)
    assert (ended.status, ended.failed_step) == (InstanceStatus.TERMINATED, "s")
    assert len([line for line in stage.instances.log(instance.id) if line["step"] == "s"]) == 2


def _room(stage):
    return SimpleNamespace(
        instances=stage.instances,
        ports=stage.ports(),
        world=SimpleNamespace(clock=stage.time, table=stage.instances.table),
        versions=SimpleNamespace(program=lambda *_: stage.program),
    )


class Ended:
    """An AWS that calls it invalid to stop what has ended."""

    def __init__(self, status):
        self.status = status

    def stop_execution(self, executionArn):  # noqa: N803
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "Execution is not running"}}, "Stop")

    def describe_execution(self, executionArn):  # noqa: N803
        return {"status": self.status}


def test_stopping_an_execution_that_has_ended_is_fine_and_one_that_runs_must_stop():
    StateMachines(Ended("FAILED"), "", "").stop("arn")
    with pytest.raises(ClientError):
        StateMachines(Ended("RUNNING"), "", "").stop("arn")


def test_execution_names_fit_and_name_their_instance_however_deep_the_branch():
    deep = "0" + "-1234-2" * 20
    names = {execution_name(instance, deep, 0) for instance in ("a" * 24, "b" * 24)}
    assert len(names) == 2
    assert max(map(len, names)) <= 80
