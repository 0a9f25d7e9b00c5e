"""The quicker transactions of the tests' DynamoDB put back what the plain ones put back."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support import quick_moto


@pytest.mark.parametrize("quick", [True, False])
def test_a_cancelled_transaction_leaves_every_item_as_it_was(monkeypatch: pytest.MonkeyPatch, quick: bool) -> None:
    if quick:
        quick_moto.apply(monkeypatch)
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        _make(client)
        for name in ("changed", "deleted", "replaced"):
            client.put_item(TableName="t", Item=_item(name, count={"N": "1"}, more={"M": {"in": {"S": "side"}}}))
        before = _all(client)

        with pytest.raises(client.exceptions.TransactionCanceledException):
            client.transact_write_items(
                TransactItems=[
                    {"Update": {"UpdateExpression": "SET #c = :two, more.#i = :two", **_of("changed")}},
                    {"Update": {"UpdateExpression": "SET #c = :two, #i = :two", **_of("new")}},
                    {"Delete": {"TableName": "t", "Key": _item("deleted")}},
                    {"Put": {"TableName": "t", "Item": _item("replaced")}},
                    {
                        "ConditionCheck": {
                            "TableName": "t",
                            "Key": _item("absent"),
                            "ConditionExpression": "attribute_exists(PK)",
                        }
                    },
                ]
            )

        assert _all(client) == before
        client.transact_write_items(TransactItems=[{"Delete": {"TableName": "t", "Key": _item("deleted")}}])
        assert len(_all(client)) == len(before) - 1


def _make(client: Any) -> None:
    client.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _item(name: str, **more: Any) -> dict[str, Any]:
    return {"PK": {"S": name}, "SK": {"S": "-"}, **more}


def _of(name: str) -> dict[str, Any]:
    return {
        "TableName": "t",
        "Key": _item(name),
        "ExpressionAttributeNames": {"#c": "count", "#i": "in"},
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }


def _all(client: Any) -> list[dict[str, Any]]:
    return sorted(client.scan(TableName="t")["Items"], key=str)
