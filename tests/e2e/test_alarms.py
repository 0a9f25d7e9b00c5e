"""A worker that has stopped is noticed: its alarms' own conditions, read from the deployed stack, are met.

The emulator evaluates no alarms and publishes no metrics of SQS, so the alarm's definition is held against the queue itself.
"""

import json
import operator
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.client import until
from tests.e2e.conftest import LocalStack

Json = dict[str, Any]
QUEUE, WORKER = "parley-local-account", "parley-local-account"
COMPARE = {"GreaterThanThreshold": operator.gt, "GreaterThanOrEqualToThreshold": operator.ge}


@pytest.fixture
def stopped_worker(local_stack: LocalStack) -> Iterator[str]:
    """The account worker cannot start, and its queue gives up after seconds instead of minutes."""
    functions, sqs = local_stack.aws.client("lambda"), local_stack.aws.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    handler = functions.get_function_configuration(FunctionName=WORKER)["Handler"]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    redrive = json.loads(usual["RedrivePolicy"]) | {"maxReceiveCount": 2}
    functions.update_function_configuration(FunctionName=WORKER, Handler="app.gone")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)})
    yield url
    functions.update_function_configuration(FunctionName=WORKER, Handler=handler)
    sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{QUEUE}-dead")["QueueUrl"])


def test_a_stopped_worker_meets_the_conditions_of_its_alarms(local_stack: LocalStack, stopped_worker: str) -> None:
    alarms = deployed_alarms(local_stack)
    depth = alarms["parley-local-account-dead-not-empty"]
    errors = alarms["parley-local-account-errors"]
    assert not met(depth, queue_metric(local_stack, depth))

    local_stack.aws.client("sqs").send_message(QueueUrl=stopped_worker, MessageBody="{}")

    until("the dead letter is noticed", lambda: met(depth, queue_metric(local_stack, depth)), seconds=90)
    # The emulator counts errors of calls, not those of its own event sources.
    local_stack.aws.client("lambda").invoke(FunctionName=WORKER, Payload=b"{}")
    until("the errors are noticed", lambda: met(errors, function_metric(local_stack, errors)), seconds=30)


def test_every_alarm_watches_something_that_exists(local_stack: LocalStack) -> None:
    aws = local_stack.aws
    queues = {url.rsplit("/", 1)[1] for url in aws.client("sqs").list_queues(MaxResults=1000)["QueueUrls"]}
    functions = {f["FunctionName"] for f in aws.client("lambda").list_functions(MaxItems=1000)["Functions"]}
    watched = {dimension(alarm) for alarm in deployed_alarms(local_stack).values()}
    assert watched == functions | {q for q in queues if q.removesuffix(".fifo").endswith("-dead")}


def deployed_alarms(stack: LocalStack) -> dict[str, Json]:
    return {a["AlarmName"]: a for a in stack.aws.client("cloudwatch").describe_alarms(MaxRecords=100)["MetricAlarms"]}


def met(alarm: Json, value: float) -> bool:
    compare: Callable[[float, float], bool] = COMPARE[alarm["ComparisonOperator"]]
    return compare(value, alarm["Threshold"])


def dimension(alarm: Json) -> str:
    assert len(alarm["Dimensions"]) == 1
    return str(alarm["Dimensions"][0]["Value"])


def queue_metric(stack: LocalStack, alarm: Json) -> float:
    """What CloudWatch would be told of the queue that the alarm names."""
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    sqs = stack.aws.client("sqs")
    url = sqs.get_queue_url(QueueName=dimension(alarm))["QueueUrl"]
    names = ["ApproximateNumberOfMessages"]
    return float(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]])


def function_metric(stack: LocalStack, alarm: Json) -> float:
    """The metric that the alarm names, over the last minutes."""
    now = datetime.now(UTC)
    points = stack.aws.client("cloudwatch").get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm["Dimensions"],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=1),
        Period=alarm["Period"],
        Statistics=[alarm["Statistic"]],
    )["Datapoints"]
    return max((float(p[alarm["Statistic"]]) for p in points), default=0.0)
