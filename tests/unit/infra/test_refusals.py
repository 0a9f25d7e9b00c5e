"""API Gateway's own answers look like ours."""

import json

from infra.refusals import gateway_responses


def test_each_has_the_fields_of_every_error() -> None:
    bodies = [json.loads(found["responseTemplates"]["application/json"]) for found in gateway_responses().values()]
    assert {tuple(body) for body in bodies} == {("code", "message", "errorId", "timestamp")}


def test_an_unknown_path_is_not_found_and_not_forbidden() -> None:
    assert gateway_responses()["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
