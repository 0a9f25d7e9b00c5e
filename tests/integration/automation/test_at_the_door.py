"""Workflows behind the real front door: whose reply it is, what it is not, and what agents get."""

from datetime import timedelta

from chalicelib.access.permissions import Role
from chalicelib.automation.instances.model import InstanceStatus
from chalicelib.automation.wired import automation
from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import load
from chalicelib.contacts import identity
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from tests.integration.automation.test_api import BASE
from tests.integration.automation.test_triggers import enabled, instances, minutes_pass, shop, step, told, writes  # noqa: F401
from tests.integration.inbound.test_receive import inbound

WAIT = {
    "id": "wait", "stepType": "WaitForReply", "outputs": {"text": "{{step.reply.payload.content.text}}"},
    "inputs": {"from": "{{data.payload.user.channelUserId}}", "channel": "whatsapp", "timeout": "00:10:00"},
    "nextStepId": "pause",
}  # fmt: skip
PAUSE = {"id": "pause", "stepType": "Wait", "inputs": {"duration": "01:00:00"}}


def comes(shop, wamid, **facts):  # noqa: F811
    return receive(inbound(shop.world, wamid, **facts), front_door(shop.world))


def waiting(api, shop, **facts):  # noqa: F811
    """The definition and the instance, which waits for the customer's answer."""
    shop.open_queue("default")
    made = enabled(api, "inbound_chat_apps", WAIT, PAUSE)
    comes(shop, "wamid.first", **facts)
    [started] = instances(api, made)
    step(shop.world, started["workflowId"], "park", token="t")
    shop.clock.advance(seconds=5)
    return made, started["workflowId"]


def heard(shop, instance_id):  # noqa: F811
    step(shop.world, instance_id, "after")
    return automation(shop.world).instances.find(instance_id).data.get("text")


def test_a_reply_neither_starts_a_workflow_nor_opens_a_ticket(api, shop):  # noqa: F811
    made, instance_id = waiting(api, shop)
    answer = comes(shop, "wamid.answer", type="text", text={"body": "blue"})
    again = comes(shop, "wamid.answer", type="text", text={"body": "blue"})
    assert (answer.ticket_id, again.ticket_id) == (None, None)
    assert len(instances(api, made)) == 1
    assert heard(shop, instance_id) == "blue"
    assert not [event for event in told(shop.world) if event.type == "ticket.opened"]


def test_a_redelivered_message_starts_one_instance(api, shop):  # noqa: F811
    shop.open_queue("default")
    made = enabled(api, "inbound_chat_apps", PAUSE)
    for _ in range(3):
        comes(shop, "wamid.same")
    assert len(instances(api, made)) == 1


def test_who_hides_the_phone_number_answers_by_user_id(api, shop):  # noqa: F811
    _, instance_id = waiting(api, shop, wa_id=None, bsuid="SG.1")
    comes(shop, "wamid.answer", wa_id=None, bsuid="SG.1", type="text", text={"body": "blue"})
    assert heard(shop, instance_id) == "blue"


def test_who_began_by_number_and_answers_by_user_id_is_the_same_person(api, shop):  # noqa: F811
    _, instance_id = waiting(api, shop, bsuid="SG.1")
    comes(shop, "wamid.answer", wa_id=None, bsuid="SG.1", type="text", text={"body": "blue"})
    assert heard(shop, instance_id) == "blue"


def test_somebody_elses_message_is_not_the_answer(api, shop):  # noqa: F811
    made, instance_id = waiting(api, shop)
    comes(shop, "wamid.other", wa_id="6597654321", type="text", text={"body": "red"})
    assert len(instances(api, made)) == 2
    shop.clock.advance(minutes=10)
    assert heard(shop, instance_id) is None


def test_a_tap_has_a_text_too(api, shop):  # noqa: F811
    _, instance_id = waiting(api, shop)
    reply = {"type": "button_reply", "button_reply": {"id": "b1", "title": "Blue"}}
    comes(shop, "wamid.tap", type="interactive", interactive=reply)
    assert heard(shop, instance_id) == "Blue"


def test_stop_is_recorded_at_once_and_the_workflow_runs_and_speaks_for_us(api, shop):  # noqa: F811
    made = enabled(api, "keyword", PAUSE, inputs={"keywords": ["stop"]})
    message = comes(shop, "wamid.stop", type="text", text={"body": "STOP"})
    contact = identity.get(shop.world.table, shop.conversation(message).contact_id)
    assert contact.opted_out
    assert len(instances(api, made)) == 1
    assert not [event for event in told(shop.world) if event.type == "message.submitted"]


def test_a_ticket_is_assigned_with_its_queue_its_priority_and_its_note(api, shop):  # noqa: F811
    shop.open_queue("default")
    shop.open_queue("vip")
    inputs = {"queue": "VIP", "priority": "High", "note": "Wants {{data.payload.content.text}}"}
    made = enabled(
        api,
        "inbound_chat_apps",
        {"id": "a", "stepType": "AssignTicket", "inputs": inputs, "nextStepId": "pause"},
        PAUSE,
    )
    message = comes(shop, "wamid.a")
    [started] = instances(api, made)
    step(shop.world, started["workflowId"], "run")
    ticket = shop.ticket(shop.conversation(message).ticket_id)
    assert (ticket.queue_id, str(ticket.priority)) == ("vip", "high")
    boss = shop.hire("boss", Role.SUPERVISOR)
    history = boss.get(f"/api/v1/tickets/{ticket.id}/history").json["items"]
    assert "Wants Hello" in {one["note"] for one in history}


def test_a_suspended_instance_leaves_messages_to_the_agents_and_hears_again_when_resumed(api, shop):  # noqa: F811
    made, instance_id = waiting(api, shop)
    where = f"{BASE}/definitions/{made}/workflows/{instance_id}"
    assert api.patch(where, {"status": "suspend"}).json["status"] == "Suspended"
    api.put(f"{BASE}/definitions/{made}/status", {"status": "disabled"})
    assert comes(shop, "wamid.meanwhile", type="text", text={"body": "Anybody?"}).ticket_id
    assert api.patch(where, {"status": "resume"}).json["status"] == "Runnable"
    instance = automation(shop.world).instances.find(instance_id)
    assert instance.status is InstanceStatus.RUNNABLE
    assert instance.branches["0"].generation == 1


def test_an_instance_is_kept_for_ninety_days_after_its_end_and_a_line_of_its_log_after_it_was_written(api, shop):  # noqa: F811
    _, instance_id = waiting(api, shop)
    comes(shop, "wamid.answer", type="text", text={"body": "blue"})
    step(shop.world, instance_id, "after")
    shop.clock.advance(hours=1, seconds=1)
    step(shop.world, instance_id, "after")
    pk = keys.instance(instance_id).pk
    items = [load(one) for one in shop.world.table.client.query(
        TableName="main", KeyConditionExpression="PK = :pk", ExpressionAttributeValues={":pk": {"S": pk}}
    )["Items"]]  # fmt: skip
    state = next(one for one in items if one["SK"] == "STATE")
    ended = epoch(shop.clock.now + timedelta(days=90))
    assert (state["status"], state["expires_at"]) == ("Complete", ended)
    logs = [one for one in items if one["SK"].startswith("LOG#")]
    assert logs
    assert {ended - one["expires_at"] for one in logs} == {0, 3601}


def test_a_message_that_was_given_back_is_decided_upon_by_all_its_words(api, shop):  # noqa: F811
    busy = enabled(api, "keyword", {**PAUSE, "inputs": {"duration": "00:01:00"}}, inputs={"keywords": ["go"]})
    refund = enabled(api, "keyword", inputs={"keywords": ["refund"], "match": "contains"})
    writes(shop, "go")
    [running] = instances(api, busy)
    writes(shop, "Long ago " * 40 + "I asked for a refund")
    assert instances(api, refund) == []
    shop.clock.advance(minutes=1)
    step(shop.world, running["workflowId"], "after")
    minutes_pass(shop.world, shop.clock, 1)
    assert len(instances(api, refund)) == 1


def test_what_a_message_starts_goes_by_its_own_time_though_it_comes_late(api, shop):  # noqa: F811
    early = {
        "id": "b",
        "stepType": "Branch",
        "selectNextStep": {"pause": "{{data.payload.timestamp < '2026-11-22T12'}}"},
    }
    made = enabled(api, "inbound_chat_apps", early, PAUSE)
    shop.open_queue("default")
    comes(shop, "wamid.late", seconds=-60)
    assert len(instances(api, made)) == 1
