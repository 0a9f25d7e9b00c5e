"""Requests made up from our own OpenAPI document: none is answered by a 500, or by what the document does not say."""

from datetime import timedelta
from typing import Any

import pytest
import requests
import schemathesis
import urllib3
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import app
from chalicelib.access.permissions import Role
from chalicelib.http.openapi import document, operations_of
from chalicelib.webchat import service as webchat
from chalicelib.wiring import World
from tests.support.api import Caller

DOCUMENT = document(operations_of(app.routes))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).include(
    path_regex=r"/(contacts|groups|batches|api-keys|audit|me|health|webchat|webhooks|webhook-events|segments|message-log|usage|segment-counts|privacy-jobs|retention)"
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def api(world: World) -> Caller:
    world.secrets.put(webchat.KEY, "k" * 32)
    return Caller(app, world).as_(Role.ADMINISTRATOR)


@SCHEMA.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_made_up_requests_get_documented_answers(case: Any, api: Caller) -> None:
    if "accountId" in case.path_parameters:
        case.path_parameters["accountId"] = "parley"
    kwargs = case.as_transport_kwargs(base_url="http://parley.test")
    prepared = requests.Request(**{name: kwargs[name] for name in _REQUEST if name in kwargs}).prepare()
    answer = Response.from_requests(_answer(api, prepared), verify=True)
    case.validate_response(answer, checks=CHECKS)


_REQUEST = ("method", "url", "headers", "params", "data", "json", "cookies", "files")


def _answer(api: Caller, request: requests.PreparedRequest) -> requests.Response:
    url = str(request.url).removeprefix("http://parley.test")
    headers = {str(name): str(value) for name, value in request.headers.items()} | api.headers
    body: Any = request.body
    try:
        given = Caller(api.app, api.world).call(str(request.method), url, body, headers=headers)
    except LookupError:
        pytest.skip("API Gateway answers this by itself")
    response = requests.Response()
    response.status_code = given.status
    response.headers.update(given.headers)
    response._content = given.text.encode()
    response.request = request
    response.raw = urllib3.HTTPResponse(body=b"", headers=given.headers, status=given.status)
    response.elapsed = timedelta(0)
    response.url = str(request.url)
    response.encoding = "utf-8"
    return response
