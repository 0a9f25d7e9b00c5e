import json
from pathlib import Path

import pytest

from chalicelib.automation.definition.difference import Change, StepChange, difference
from chalicelib.automation.definition.importing import import_document, import_text
from chalicelib.automation.definition.model import TriggerType, export
from chalicelib.automation.definition.problems import Severity
from chalicelib.automation.definition.triggers import Keyword
from chalicelib.automation.definition.validation import all_problems, enable_problems, problems_of

SEND = {"subAccountId": "demo", "user": {"msisdn": "+6591234567"}, "type": "text", "content": {"text": "Hi"}}
EXAMPLES = Path(__file__).resolve().parents[4] / "shared" / "examples" / "workflows"
OURS = Path(__file__).resolve().parents[2] / "data" / "workflows"


def send(step_id, **more):
    return {"id": step_id, "stepType": "ChatAppsMessage", "inputs": SEND, **more}


def document(*steps, **more):
    return {"trigger": "inbound_chat_apps", "definition": {"name": "Test", "steps": list(steps)}, **more}


def workflow(*steps, **more):
    imported = import_document(document(*steps, **more))
    assert imported.workflow is not None, imported.problems
    return imported.workflow


def errors(*steps, **more):
    return [(p.code, p.step, p.path) for p in problems_of(workflow(*steps, **more)) if p.severity is Severity.ERROR]


def warnings(*steps, **more):
    return [(p.code, p.step) for p in problems_of(workflow(*steps, **more)) if p.severity is Severity.WARNING]


def test_the_three_shapes_are_the_same_workflow():
    bare = document(send("a"), subAccountId="demo", status="enabled")
    stored = {**bare, "accountId": "acme", "id": "x", "version": 3, "createdAt": "2026-01-01T00:00:00Z"}
    full = {"do": [], "nextStepId": None, "outputs": {}, "selectNextStep": {}}
    download = {**bare, "definition": {"id": "x", "version": 3, "name": "Test", "steps": [{**full, **send("a")}]}}
    renamed = {**document(send("a"), status="enabled"), "subaccountId": "demo"}
    expected = import_document(bare).workflow
    assert [import_document(shape).workflow for shape in (stored, download, renamed)] == [expected] * 3


def test_step_types_are_read_in_any_casing():
    assert (
        workflow({"id": "b", "stepType": "bRANCH", "selectNextStep": {"b2": None}}).definition.steps[0].step_type
        == "Branch"
    )


def test_outputs_inside_inputs_are_moved_out_with_a_warning():
    step = {"id": "h", "stepType": "HttpRequest"}
    inputs = {"url": "https://crm.example.com", "method": "GET", "outputs": {"code": "{{step.responseCode}}"}}
    imported = import_document(document({**step, "inputs": inputs}))
    assert imported.workflow.definition.steps[0].outputs == {"code": "{{step.responseCode}}"}
    assert [(p.code, p.step) for p in imported.problems] == [("outputs_inside_inputs", "h")]


def test_placeholder_outputs_of_an_http_trigger_are_dropped_with_a_warning():
    step = send("a", outputs={"mobile": "variable 0", "kept": "{{data.x}}"})
    imported = import_document(document(step, trigger="http_request"))
    assert imported.workflow.definition.steps[0].outputs == {"kept": "{{data.x}}"}
    assert [p.code for p in imported.problems] == ["placeholder_output"]
    assert import_document(document(step)).workflow.definition.steps[0].outputs["mobile"] == "variable 0"


def test_every_mistake_of_form_is_reported_with_its_step_and_path():
    imported = import_document(
        {"trigger": "telepathy", "definition": {"name": "", "steps": [send(7), send("b", nextStepId=1, extra=True)]}}
    )
    assert imported.workflow is None
    assert [(p.code, p.step, p.path) for p in imported.problems] == [
        ("enum", None, "/trigger"),
        ("string_too_short", None, "/definition/name"),
        ("string_type", None, "/definition/steps/0/id"),
        ("string_type", "b", "/definition/steps/1/nextStepId"),
        ("extra_forbidden", "b", "/definition/steps/1/extra"),
    ]
    assert imported.problems[1].message == "Workflow name is required."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", "wrong_type"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"trigger": "http_request", "trigger": "inbound_sms"}', "not_json"),
        (" " * 5_000_000, "too_large"),
        ("null", "wrong_type"),
    ],
)
def test_text_that_is_no_definition_is_refused(text, code):
    assert [p.code for p in import_text(text).problems] == [code]


def test_duplicate_ids_are_found_inside_an_if_too():
    inner = {"id": "i", "stepType": "If", "inputs": {"condition": True}, "do": [[send("a")]]}
    assert errors(inner, send("a")) == [("duplicate_id", "a", "/definition/steps/1/id")]


def test_a_cycle_without_a_wait_is_refused_and_one_with_a_wait_is_not():
    branch = {"id": "b", "stepType": "Branch", "selectNextStep": {"a": "{{true}}"}}
    assert errors(send("a", nextStepId="b"), branch) == [("cycle", "a", "/definition/steps")]
    wait = {"id": "w", "stepType": "Wait", "inputs": {"duration": "00:01:00"}, "nextStepId": "b"}
    assert errors(send("a", nextStepId="w"), wait, branch) == []


def test_a_cycle_through_the_steps_inside_an_if_is_seen():
    loop = {"id": "i", "stepType": "If", "inputs": {"condition": True}, "do": [[send("x")]], "nextStepId": "i"}
    assert errors(loop) == [("cycle", "i", "/definition/steps")]


def test_dangling_targets_and_steps_nobody_reaches_are_warnings():
    assert warnings(send("a", nextStepId="gone"), send("b")) == [("dangling_target", "a"), ("unreachable", "b")]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"stepType": "Teleport"}, ("unknown_step", "s", "/definition/steps/0/stepType")),
        ({"stepType": "Wait", "inputs": {}}, ("inputs", "s", "/definition/steps/0/inputs/duration")),
        ({"stepType": "Wait", "inputs": {"duration": "soon"}}, ("inputs", "s", "/definition/steps/0/inputs")),
        ({"stepType": "Wait", "inputs": {"duration": "400"}}, ("inputs", "s", "/definition/steps/0/inputs")),
        ({"stepType": "If", "do": [[]]}, ("inputs", "s", "/definition/steps/0/inputs/condition")),
        ({"stepType": "Branch"}, ("select_next_step", "s", "/definition/steps/0/selectNextStep")),
        ({"stepType": "HttpRequest", "inputs": {"url": "ftp://x", "method": "GET"}}, ("inputs", "s", "/definition/steps/0/inputs")),
        ({"stepType": "HttpRequest", "inputs": {"url": "https://x.example", "method": "GET", "headers": "{{data.h"}},
         ("unclosed_script", "s", "/definition/steps/0/inputs/headers")),
        ({"stepType": "SetData", "inputs": {"values": {"a": "{{1 +}}"}}}, ("script", "s", "/definition/steps/0/inputs/values/a")),
        ({"stepType": "SetData", "inputs": {"values": {"a": "{{secret.x}}"}}},
         ("secret_here", "s", "/definition/steps/0/inputs/values/a")),
        ({"stepType": "HttpRequest", "inputs": {"method": "GET", "url": "https://a.example/{{secret.x + '1'}}"}},
         ("secret_alone", "s", "/definition/steps/0/inputs/url")),
        ({"stepType": "SetData", "inputs": {"values": "{{data.all}}"}, "outputs": {"__proto__": "x"}},
         ("output_name", "s", "/definition/steps/0/outputs/__proto__")),
        ({"stepType": "Wait", "inputs": {"duration": "1"}, "nextStepId": "t", "selectNextStep": {"t": None}},
         ("two_ways_on", "s", "/definition/steps/0/nextStepId")),
        ({"stepType": "ChatAppsMessage", "inputs": {**SEND, "content": {"text": "x" * 5000}}},
         ("inputs", "s", "/definition/steps/0/inputs")),
    ],
)  # fmt: skip
def test_each_mistake_names_its_step_and_place(step, expected):
    assert expected in errors({"id": "s", **step}, send("t"))


def test_all_problems_come_at_once():
    steps = [send("a", nextStepId="a"), {"id": "b", "stepType": "Nope"}, {"id": "b", "stepType": "Wait"}]
    assert {code for code, _, _ in errors(*steps)} == {"cycle", "unknown_step", "duplicate_id", "inputs"}


def test_a_step_that_cannot_be_read_does_not_hide_the_mistakes_of_others():
    inner = [send("inner", nextStepId=5), {"id": "n", "stepType": "Nope"}]
    steps = [
        send("a", nextStepId="b", extra=1),
        send("b", nextStepId="a"),
        {"id": "c", "stepType": "If", "inputs": {"condition": "{{1 +}}"}, "do": [inner]},
        send("b"),
        7,
    ]
    imported = import_document({"trigger": "telepathy", "definition": {"name": "", "steps": steps, "layout": []}})
    assert {(p.code, p.step, p.path) for p in all_problems(imported)} == {
        ("enum", None, "/trigger"),
        ("string_too_short", None, "/definition/name"),
        ("dict_type", None, "/definition/layout"),
        ("extra_forbidden", "a", "/definition/steps/0/extra"),
        ("script", "c", "/definition/steps/2/inputs/condition"),
        ("string_type", "inner", "/definition/steps/2/do/0/0/nextStepId"),
        ("unknown_step", "n", "/definition/steps/2/do/0/1/stepType"),
        ("duplicate_id", "b", "/definition/steps/3/id"),
        ("model_type", None, "/definition/steps/4"),
    }


@pytest.mark.parametrize("wrong", [{"definition": []}, {"definition": {"name": "x", "steps": 5}}, {"trigger": 5}, {}])
def test_where_nothing_can_be_read_its_form_is_told(wrong):
    assert all_problems(import_document(wrong))


def test_computed_inputs_are_not_judged_by_their_type():
    step = {
        "id": "h",
        "stepType": "HttpRequest",
        "inputs": {"url": "{{data.u}}", "method": "{{data.m}}", "headers": "{{data.h}}"},
    }
    assert errors(step) == []


CUSTOMER = "{{data.payload.user.channelUserId}}"


@pytest.mark.parametrize(
    ("kind", "inputs", "wrong"),
    [
        ("WaitForReply", {"timeout": "soon"}, "timeout"),
        ("WaitForReply", {"timeout": "00:00:00"}, "timeout"),
        ("WaitForReply", {"timeout": "400"}, "timeout"),
        ("WaitForReply", {"timeout": "{{data.t}}", "coalesce": "a bit"}, "coalesce"),
        ("WaitForReply", {"timeout": "{{data.t}}", "coalesce": "{{data.c}}"}, None),
        ("HttpRequest", {"url": "ftp://x.example", "method": "POST"}, "url"),
        ("HttpRequest", {"url": "https://x.example", "method": "BREW"}, "method"),
        ("HttpRequest", {"url": "https://x.example", "method": "POST", "headers": {"a b": "{{data.x}}"}}, "header"),
        ("HttpRequest", {"url": "https://{{data.host}}", "method": "{{data.m}}", "headers": {"A": "{{data.x}}"}}, None),
    ],
)
def test_what_is_not_computed_is_judged_though_other_inputs_are(kind, inputs, wrong):
    others = {"body": {"who": CUSTOMER}} if kind == "HttpRequest" else {"from": CUSTOMER, "channel": "whatsapp"}
    found = [
        p for p in problems_of(workflow({"id": "s", "stepType": kind, "inputs": {**others, **inputs}})) if p.step == "s"
    ]
    assert [(p.code, p.path) for p in found] == ([("inputs", "/definition/steps/0/inputs")] if wrong else [])
    assert wrong is None or wrong in found[0].message


@pytest.mark.parametrize(("content", "wrong"), [({"text": ""}, True), ({"text": "{{data.text}}"}, False)])
def test_a_message_is_judged_by_its_words_though_who_gets_it_is_computed(content, wrong):
    inputs = {**SEND, "user": {"msisdn": "{{data.payload.user.msisdn}}"}, "content": content}
    found = [("inputs", "a", "/definition/steps/0/inputs")] if wrong else []
    assert errors({**send("a"), "inputs": inputs}) == found


def test_channels_that_are_not_connected_are_accepted_and_refused_at_enable():
    sms = {"id": "s", "stepType": "SMS", "inputs": {"subAccountId": "demo", "destination": "+65", "text": "Hi"}}
    assert errors(sms) == []
    assert [p.message for p in enable_problems(workflow(sms))] == ["SMS: channel not connected."]
    assert [p.path for p in enable_problems(workflow(send("a"), trigger="inbound_sms"))] == ["/trigger"]


def test_a_definition_with_too_many_steps_is_refused():
    assert ("too_many_steps", None, "/definition/steps") in errors(*[send(f"s{i}") for i in range(501)])


def test_triggers_of_ours_check_their_inputs():
    assert errors(send("a"), trigger="keyword") == [("trigger_inputs", None, "/triggerInputs/keywords")]
    assert errors(send("a"), trigger="keyword", triggerInputs={"keywords": ["stop"]}) == []
    assert errors(send("a"), triggerInputs={"x": 1}) == [("trigger_inputs", None, "/triggerInputs/x")]
    assert set(TriggerType) >= {"keyword", "schedule", "ticket_resolved", "window_closing", "campaign_reply"}


@pytest.mark.parametrize(
    ("match", "text", "applies"),
    [("exact", " Stop! ", True), ("exact", "please stop", False), ("prefix", "STOP now", True), ("prefix", "stopwatch", False),
     ("contains", "please stop", True), ("contains", "unstoppable", False), ("exact", "Straße", True)],
)  # fmt: skip
def test_keywords_match_as_people_write_them(match, text, applies):
    assert Keyword(keywords=("stop", "STRASSE"), match=match).applies(text) is applies


def test_what_is_exported_imports_and_exports_to_the_same_bytes():
    for path in sorted(OURS.glob("*.json")):
        exported = export(import_text(path.read_text("utf-8")).workflow)
        assert export(import_text(exported).workflow) == exported


def test_the_difference_of_two_versions_names_each_changed_value():
    before = workflow(send("a", nextStepId="b"), send("b"))
    changed = {**SEND, "content": {"text": "Hello"}}
    after = workflow(send("a", nextStepId="c"), {**send("c"), "inputs": changed}, status="enabled")
    found = difference(before, after)
    assert (found.added, found.removed) == (("c",), ("b",))
    assert found.changed == (StepChange(step="a", changes=(Change(path="/nextStepId", before="b", after="c"),)),)
    assert found.document == (Change(path="/status", before=None, after="enabled"),)


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the published examples are not here")
def test_the_published_examples_import_with_the_findings_known_for_each():
    found = {}
    for path in sorted(EXAMPLES.glob("*.json")):
        if "definition" not in json.loads(path.read_text("utf-8")):
            continue
        imported = import_text(path.read_bytes())
        problems = [*imported.problems, *problems_of(imported.workflow), *enable_problems(imported.workflow)]
        found[path.stem] = sorted({problem.code for problem in problems})
        assert export(import_text(export(imported.workflow)).workflow) == export(imported.workflow)
    sms = ["channel_not_connected"]
    assert found == {
        "automation_api.example.definitionInput": [
            "channel_not_connected", "dangling_target", "duplicate_id", "inputs", "unreachable",
        ],
        "examples.auto-reply-chatapps": [],
        "examples.auto-reply-sms": sms,
        "examples.chatbot-123": [],
        "examples.out-of-office": [],
        "examples.promo-register": ["channel_not_connected", "dangling_target", "outputs_inside_inputs"],
        "getting-started-with-automation-api.auto-reply-chatapps": [],
    }  # fmt: skip
