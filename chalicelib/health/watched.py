"""What CloudWatch has measured and logged. The queues themselves are asked without it, so its silence hides nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.health.model import FUNCTIONS, HOURS, DeadLetter, FunctionHealth, Line, reason_of
from chalicelib.wiring import World

_FUNCTION_METRICS = ("Invocations", "Errors", "Throttles")
_AGE_WITHIN = timedelta(minutes=15)
_MOST_LOG_PAGES = 5
_FAILED = "record failed"
"""The line of cloud/batches.py."""


def functions(world: World, now: datetime) -> list[FunctionHealth] | None:
    """Calls, errors and throttles of every function in the last HOURS; None when CloudWatch does not answer."""
    period = HOURS * 3600
    queries = [
        _query(
            f"f{i}_{metric}", "AWS/Lambda", metric, "Sum", period, FunctionName=f"{world.settings.stack_name}-{name}"
        )
        for i, name in enumerate(FUNCTIONS)
        for metric in _FUNCTION_METRICS
    ]
    found = _values(world, queries, now - timedelta(hours=HOURS), now)
    if found is None:
        return None
    return [
        FunctionHealth(
            name=name,
            calls=int(sum(found.get(f"f{i}_Invocations", ()))),
            errors=int(sum(found.get(f"f{i}_Errors", ()))),
            throttles=int(sum(found.get(f"f{i}_Throttles", ()))),
        )
        for i, name in enumerate(FUNCTIONS)
    ]


def ages(world: World, queue_names: Sequence[str], now: datetime) -> dict[str, int]:
    """How old the oldest message of each queue is, where it has been measured: SQS itself does not tell."""
    queries = [
        _query(f"q{i}", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", 60, QueueName=name)
        for i, name in enumerate(queue_names)
    ]
    found = _values(world, queries, now - _AGE_WITHIN, now) or {}
    return {name: int(found[f"q{i}"][0]) for i, name in enumerate(queue_names) if found.get(f"q{i}")}


def with_reasons(world: World, of: Line, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    """The letters with what the log of their function says about them."""
    if not letters:
        return []
    told = _failures(world, of, min(letter.sent_at for letter in letters))
    return [letter.model_copy(update={"reason": told.get(letter.id)}) for letter in letters]


def _failures(world: World, of: Line, since: datetime) -> dict[str, str]:
    """The last failure of each message, by the message's id."""
    found: dict[str, str] = {}
    request = {
        "logGroupName": f"/aws/lambda/{world.settings.stack_name}-{of.function}",
        "filterPattern": f'"{_FAILED}"',
        "startTime": int(since.timestamp() * 1000),
    }
    try:
        for _ in range(_MOST_LOG_PAGES):
            answer = world.client("logs").filter_log_events(**request)
            for event in answer.get("events", []):
                entry = _entry(event["message"])
                if entry.get("message_id"):
                    found[str(entry["message_id"])] = reason_of(entry)
            if "nextToken" not in answer:
                break
            request["nextToken"] = answer["nextToken"]
    except (BotoCoreError, ClientError):  # no log yet, or none that answers: the letter itself is shown all the same
        return found
    return found


def _entry(line: str) -> dict[str, object]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _query(name: str, namespace: str, metric: str, stat: str, period: int, **dimensions: str) -> Mapping[str, object]:
    told = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    measured = {"Namespace": namespace, "MetricName": metric, "Dimensions": told}
    return {"Id": name, "MetricStat": {"Metric": measured, "Period": period, "Stat": stat}}


def _values(
    world: World, queries: Sequence[Mapping[str, object]], since: datetime, until: datetime
) -> dict[str, list[float]] | None:
    try:
        answer = world.client("cloudwatch").get_metric_data(
            MetricDataQueries=list(queries), StartTime=since, EndTime=until, ScanBy="TimestampDescending"
        )
    except (BotoCoreError, ClientError):
        return None
    return {each["Id"]: each["Values"] for each in answer["MetricDataResults"]}
