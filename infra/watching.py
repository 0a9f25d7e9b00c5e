"""What somebody is woken up for, and the dashboard they open first.

Rules instead of lists: every dead-letter queue and every function is watched, so a new one cannot be forgotten.
What to do about each alarm: docs/operations.md.
"""

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_NO_DATA_IS_FINE = "notBreaching"


def alarms(functions: Mapping[str, str], dead_letter_queues: Mapping[str, str]) -> Json:
    """The alarms, by logical id. They report to the topic that the parameter AlarmTopicArn names, if any."""
    found: Json = {}
    for logical_id, name in dead_letter_queues.items():
        found[f"{logical_id}Alarm"] = _alarm(
            f"{name}-not-empty",
            f"Messages that {name.removesuffix('.fifo').removesuffix('-dead')} could not handle wait in its dead-letter queue.",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "Maximum",
            {"Name": "QueueName", "Value": {"Fn::GetAtt": [logical_id, "QueueName"]}},
        )
    for logical_id, name in functions.items():
        function = {"Name": "FunctionName", "Value": {"Ref": logical_id}}
        for metric in ("Errors", "Throttles"):
            found[f"{logical_id}{metric}Alarm"] = _alarm(
                f"{name}-{metric.lower()}",
                f"The function {name} has {metric.lower()}.",
                "AWS/Lambda",
                metric,
                "Sum",
                function,
            )
    return found


def dashboard(functions: Mapping[str, str], queues: Mapping[str, str]) -> Json:
    """One page: calls, errors and duration of every function, depth of every queue, age of its oldest message."""
    work = [name for name in queues.values() if "-dead" not in name]
    dead = [name for name in queues.values() if "-dead" in name]
    rows = [
        ("Calls", _function_metrics(functions, "Invocations", "Sum")),
        ("Errors", _function_metrics(functions, "Errors", "Sum")),
        ("Duration, 95th percentile (ms)", _function_metrics(functions, "Duration", "p95")),
        ("Waiting messages", _queue_metrics(work, "ApproximateNumberOfMessagesVisible")),
        ("Age of the oldest message (s)", _queue_metrics(work, "ApproximateAgeOfOldestMessage")),
        ("Dead letters", _queue_metrics(dead, "ApproximateNumberOfMessagesVisible")),
    ]
    widgets = [
        {
            "type": "metric", "width": 12, "height": 6, "x": 12 * (i % 2), "y": 6 * (i // 2),
            "properties": {"title": title, "region": "${AWS::Region}", "view": "timeSeries", "period": 60, "metrics": metrics},
        }
        for i, (title, metrics) in enumerate(rows)
    ]  # fmt: skip
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "${AWS::StackName}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets})},
        },
    }


def _alarm(name: str, why: str, namespace: str, metric: str, statistic: str, dimension: Json) -> Json:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{AWS::StackName}}-{name}"},
            "AlarmDescription": f"{why} What to do: docs/operations.md",
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [dimension],
            "Statistic": statistic,
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": _NO_DATA_IS_FINE,
            "AlarmActions": {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]},
            "OKActions": {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]},
        },
    }


def _function_metrics(functions: Mapping[str, str], metric: str, statistic: str) -> list[list[Any]]:
    return [
        [
            "AWS/Lambda",
            metric,
            "FunctionName",
            f"${{AWS::StackName}}-{name}",
            {"stat": statistic, "label": name},
        ]
        for name in functions.values()
    ]


def _queue_metrics(names: list[str], metric: str) -> list[list[Any]]:
    return [
        ["AWS/SQS", metric, "QueueName", f"${{AWS::StackName}}-{n}", {"stat": "Maximum", "label": n}] for n in names
    ]
