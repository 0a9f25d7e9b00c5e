"""Chalice's template and ours become one, or the build says which name does not fit."""

from copy import deepcopy
from typing import Any

import pytest

from infra.template import Stage, TemplateError, merge, references

Json = dict[str, Any]


def function(**events: Json) -> Json:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Handler": "app.f", **({"Events": events} if events else {})},
    }


def listens_to(queue: str) -> Json:
    arn = {"Fn::Sub": f"arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{queue}"}
    return {"Type": "SQS", "Properties": {"Queue": arn, "BatchSize": 10}}


def queue(name: str) -> Json:
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::StackName}-" + name}}}


STAGE = Stage(retention_days=7, batches_at_once=2)
CHALICE = {
    "Resources": {"Inbound": function(Source=listens_to("inbound.fifo")), "APIHandler": function()},
    "Outputs": {},
}
QUEUES = {
    "Parameters": {"AlarmTopicArn": {"Type": "String"}},
    "Resources": {"InboundQueue": queue("inbound.fifo"), "InboundDeadLetters": queue("inbound-dead.fifo")},
}


def merged(chalice: Json = CHALICE, **parts: Json) -> Json:
    return merge(deepcopy(chalice), {"queues.yaml": QUEUES, **parts}, STAGE)


def test_an_event_source_points_at_the_queue_itself_and_reports_partial_failures() -> None:
    source = merged()["Resources"]["Inbound"]["Properties"]["Events"]["Source"]["Properties"]
    assert source == {
        "Queue": {"Fn::GetAtt": ["InboundQueue", "Arn"]},
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 2},
    }


def test_every_function_has_a_stable_name_and_a_log_group_that_exists_first() -> None:
    resources = merged()["Resources"]
    assert resources["APIHandler"]["Properties"]["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-api"}
    assert resources["APIHandler"]["DependsOn"] == ["APIHandlerLogs"]
    assert resources["APIHandlerLogs"]["Properties"] == {
        "LogGroupName": {"Fn::Sub": "/aws/lambda/${AWS::StackName}-api"},
        "RetentionInDays": 7,
    }


def test_every_dead_letter_queue_and_every_function_is_watched() -> None:
    alarms = {k for k, v in merged()["Resources"].items() if v["Type"] == "AWS::CloudWatch::Alarm"}
    assert alarms == {
        "InboundDeadLettersAlarm",
        "InboundErrorsAlarm",
        "InboundThrottlesAlarm",
        "APIHandlerErrorsAlarm",
        "APIHandlerThrottlesAlarm",
    }


def test_a_function_that_listens_to_an_unknown_queue_is_refused() -> None:
    app = {"Resources": {"Inbound": function(Source=listens_to("inbox"))}, "Outputs": {}}
    with pytest.raises(TemplateError, match=r'function inbound: no SQS queue "inbox"'):
        merged(app)


def test_a_queue_that_nobody_reads_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"no function reads the SQS queues \['bulk'\]"):
        merged(bulk={"Resources": {"BulkQueue": queue("bulk")}})


def test_a_part_that_names_a_function_which_the_app_does_not_have_is_refused() -> None:
    part = {"Resources": {"Permission": {"Type": "X", "Properties": {"FunctionName": {"Ref": "Lunch"}}}}}
    with pytest.raises(TemplateError, match=r"Resources.Permission names \['Lunch'\]"):
        merged(permission=part)


def test_two_parts_with_the_same_resource_are_refused() -> None:
    with pytest.raises(TemplateError, match=r"infra/resources/more.yaml: Resources \['InboundQueue'\] exist already"):
        merge(deepcopy(CHALICE), {"queues.yaml": QUEUES, "more.yaml": {"Resources": {"InboundQueue": {}}}}, STAGE)


def test_references_are_found_in_every_form() -> None:
    piece = {
        "A": {"Ref": "One"},
        "B": [{"Fn::GetAtt": ["Two", "Arn"]}, {"Fn::GetAtt": "Three.Arn"}],
        "C": {"Fn::Sub": "x${Four}y${Five.Arn}z${!Literal}"},
        "D": {"Fn::Sub": ["${Own}${Six}", {"Own": {"Ref": "Seven"}}]},
        "DependsOn": ["Eight"],
    }
    assert set(references(piece)) == {"One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"}
