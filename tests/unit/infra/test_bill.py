"""The bill: what is counted, by AWS's rules, and that nothing goes without a price."""

import csv
from types import SimpleNamespace
from typing import Any

import pytest

from infra.bill import idle, prices, units
from infra.bill.meter import Client, Dynamo, Meter
from infra.bill.prices import Unpriced
from infra.bill.units import Index

WHOLE, KEYS = Index("GSI1PK", "GSI1SK", whole=True), Index("GSI1PK", "GSI1SK", whole=False)


def item(size: int = 0, **values: str) -> dict[str, Any]:
    found = {"PK": {"S": "a"}, "SK": {"S": "b"}, **{name: {"S": text} for name, text in values.items()}}
    return found | ({"fill": {"S": "x" * size}} if size else {})


def indexed(**values: str) -> dict[str, Any]:
    return item(GSI1PK="c", GSI1SK="d", **values)


class Recorder:
    """A client that does nothing, and a table with one item."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self.called.append(name) or {"Items": [item(), item()]}


def test_every_line_of_the_price_table_has_a_price_and_says_whose_it_is() -> None:
    assert min(prices.prices().values()) >= 0
    assert set(prices.CALLS.values()) <= prices.prices().keys()
    assert prices.dated() == "2026-11-30"


def test_every_price_names_the_page_it_was_compared_with_and_how_old_that_is() -> None:
    lines = [line for line in prices.TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    unsourced = [row["item"] for row in csv.DictReader(lines) if not (row["source"] and row["source_of"])]
    assert unsourced == ["free"]


def test_a_call_without_a_price_fails_before_it_is_made() -> None:
    raw, meter = Recorder(), Meter()
    with pytest.raises(Unpriced, match=r"s3\.put_bucket_tagging has no price"):
        Client("s3", raw, meter).put_bucket_tagging(Bucket="media")
    with pytest.raises(Unpriced, match=r"dynamodb\.execute_statement"):
        Dynamo(raw, meter, {}, lambda *_: None).execute_statement(Statement="")
    assert raw.called == []


def test_something_counted_that_the_table_does_not_know_has_no_sum() -> None:
    with pytest.raises(Unpriced, match="sms"):
        prices.total({"sms": 1})


def test_a_resource_whose_idle_month_is_unknown_fails() -> None:
    with pytest.raises(Unpriced, match="AWS::EC2::NatGateway"):
        idle.month({"Resources": {"Nat": {"Type": "AWS::EC2::NatGateway"}}}, {})


def test_an_idle_month_counts_alarms_secrets_polls_and_the_timers_minutes() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}
    source = {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Q", "Arn"]}}}
    timers = {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"S": {"Type": "Schedule"}, "Q": source}}}
    others = {"A": {"Type": "AWS::CloudWatch::Alarm"}, "T": {"Type": "AWS::SecretsManager::Secret"}}
    found = idle.month({"Resources": {"Timers": timers, "Q": queue, **others}}, {"dynamodb.read": 2})
    assert found == {"sqs.fifo": 648_000, "dynamodb.read": 86_400, "cloudwatch.alarm": 1, "secrets.month": 1}


@pytest.mark.parametrize(
    ("before", "after", "index", "expected"),
    [
        (None, item(), WHOLE, 1),
        (None, item(1100), WHOLE, 2),
        (item(2100), item(), WHOLE, 3),
        (None, indexed(), WHOLE, 2),
        (indexed(), indexed(state="read"), WHOLE, 2),
        (indexed(), indexed(state="read"), KEYS, 1),
        (indexed(), indexed() | {"GSI1SK": {"S": "e"}}, KEYS, 3),
        (indexed(), item(), KEYS, 2),
    ],
)
def test_a_write_costs_its_larger_side_and_what_changes_in_its_indexes(
    before: Any, after: Any, index: Index, expected: int
) -> None:
    assert units.write(before, after, [index]) == expected
    assert units.write(before, after, [index], transaction=True) == 2 * expected


def test_reads_count_each_item_and_queries_their_sum() -> None:
    assert units.read([item(), None, item(5000)], consistent=True) == 4
    assert units.read([item()], consistent=False) == 0.5
    assert units.query([item(100)] * 30, consistent=True) == 1
    assert units.query([], consistent=False) == 0.5


def test_the_meter_bills_whoever_works() -> None:
    raw, meter = Recorder(), Meter()
    table = Dynamo(raw, meter, {"main": {"GSI1": WHOLE}}, lambda *_: indexed())
    meter.working = "send"
    table.update_item(TableName="main", Key={"PK": {"S": "a"}, "SK": {"S": "b"}})
    table.query(TableName="main", KeyConditionExpression="#a = :a", ConsistentRead=True)
    queues = Client("sqs", SimpleNamespace(send_message_batch=lambda **_: {}), meter)
    meter.working = "webhook"
    queues.send_message_batch(QueueUrl="q", Entries=[{"MessageBody": "x" * 70_000}])
    assert meter.by_function["send"].counts == {"dynamodb.write": 1, "dynamodb.read": 1}
    assert meter.by_function["webhook"].counts == {"sqs.standard": 2}
    assert meter.by_function["send"].waited == pytest.approx(0.010)
