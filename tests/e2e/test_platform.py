"""The packaged stack on the local emulator: what every feature stands on."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import Answer, LocalStack, request

Json = dict[str, Any]
Call = Callable[..., Answer]

# "Fixed names": other tools rely on them.
NAMES = {
    "portal_url", "api_url", "websocket_url", "simulator_url", "graph_url", "webhook_url", "account_id", "api_key",
    "app_secret", "verify_token", "access_token", "users", "channels",
}  # fmt: skip


def test_stack_json_says_where_everything_is(stack: Json) -> None:
    assert set(stack) == NAMES
    assert [u["role"] for u in stack["users"]] == ["administrator", "supervisor", "agent", "agent"]
    assert {frozenset(u) for u in stack["users"]} == {frozenset({"role", "email", "password"})}
    assert len(stack["channels"]) == 2
    assert {frozenset(c) for c in stack["channels"]} == {
        frozenset({"id", "subaccount_id", "phone_number_id", "display_phone_number", "waba_id"})
    }


def test_the_api_answers_on_the_portals_origin_with_its_security_headers(stack: Json, api: Call) -> None:
    answer = api("GET", "/health")
    assert answer.status == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert request("GET", f"{stack['portal_url']}/inbox").status == 200


def test_a_seeded_person_can_sign_in_and_is_who_they_are(stack: Json, api: Call) -> None:
    for user in stack["users"]:
        entered = api("POST", "/auth/sign-in", {"email": user["email"], "password": user["password"]}, key="")
        assert entered.status == 200, entered.body
        me = api("GET", "/me", key=entered.body["accessToken"])
        assert (me.status, me.body["role"]) == (200, user["role"])


def test_an_unknown_path_and_a_request_without_credentials_have_the_one_shape_of_an_error(api: Call) -> None:
    assert api("GET", "/nothing-here").status == 404
    refused = api("GET", "/users", key="")
    assert refused.status == 401
    assert {"code", "message", "errorId", "timestamp"} <= set(refused.body)


def test_a_body_above_lambdas_limit_is_refused_before_it_reaches_a_function(stack: Json) -> None:
    big = b'"' + b"x" * 6_000_001 + b'"'
    answer = request("POST", f"{stack['api_url']}/api/v1/users", big, {"Content-Type": "application/json"})
    assert (answer.status, answer.body["code"]) == (413, "too_large")


def test_the_emulator_enforces_iam(local_stack: LocalStack) -> None:
    stranger = boto3.client(
        "sqs",
        endpoint_url=local_stack.aws.url,
        region_name="us-east-1",
        aws_access_key_id="stranger",
        aws_secret_access_key="secret",
    )
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        stranger.list_queues()
