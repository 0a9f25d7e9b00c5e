"""What API Gateway answers by itself, before any function of ours runs: in the shape of every other error of the API."""

import json
from typing import Any

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
_REFUSALS = {
    # API Gateway's word for a path it does not know and for a method a path does not take.
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found", "There is no such path, or it does not take this method."),
    "REQUEST_TOO_LARGE": (413, "too_large", "A request may have 6 MB; send larger files with an upload URL."),
    "THROTTLED": (429, "too_many", "Too many requests at once. Send this one again in a moment."),
    "INTEGRATION_TIMEOUT": (504, "timed_out", "The API took longer than 29 seconds."),
    "INTEGRATION_FAILURE": (502, "unavailable", "The API does not answer. Send the request again in a moment."),
    "DEFAULT_4XX": (None, "refused", "The request cannot be understood."),
    "DEFAULT_5XX": (None, "internal_error", "Something went wrong on our side. Nothing you sent is at fault."),
}


def gateway_responses() -> dict[str, Any]:
    """The OpenAPI extension `x-amazon-apigateway-gateway-responses` of the REST API."""
    found: dict[str, Any] = {}
    for kind, (status, code, message) in _REFUSALS.items():
        body = {"code": code, "message": message, "errorId": "$context.requestId", "timestamp": "$context.requestTime"}
        found[kind] = {"responseTemplates": {"application/json": json.dumps(body)}}
        if status:
            found[kind]["statusCode"] = str(status)
    return found
