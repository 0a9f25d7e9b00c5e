"""DynamoDB by the short way, for the calls that every message costs: one signed POST, where botocore builds a dozen objects.

A send makes three such calls, and botocore's machinery around each takes more CPU than all else a message needs (the figure is
in `make bench`). So the first attempt goes by this way; whatever is not a plain answer (throttling, an outage, an expired
token) is left to boto3's own client, which asks again and knows how to wait. To say a call twice is what its retries do as well.
"""

import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session

_CONTENT_TYPE = "application/x-amz-json-1.0"
_ANSWERS = frozenset({"ConditionalCheckFailedException"})
"""Errors that are an answer: asking again would not change them."""


class Http(Protocol):
    """botocore's HTTP session: pooled connections."""

    def send(self, request: AWSPreparedRequest) -> Any:
        """The answer, or a BotoCoreError."""


class Direct:
    """A DynamoDB client: three operations by the short way, all others by boto3's client."""

    def __init__(self, client: Any, credentials: Any, http: Http) -> None:
        self._client, self._credentials, self._http = client, credentials, http
        self._url = client.meta.endpoint_url.rstrip("/") + "/"
        self._host = urlsplit(self._url).netloc

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("GetItem", self._client.get_item, request)

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("BatchGetItem", self._client.batch_get_item, request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """As boto3's."""
        return self._call("UpdateItem", self._client.update_item, request)

    def _call(self, operation: str, usual: Callable[..., dict[str, Any]], request: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._post(operation, json.dumps(request).encode())
        except BotoCoreError:
            return usual(**request)
        if answer.status_code == 200:
            return json.loads(answer.content)  # type: ignore[no-any-return]
        code, text = _error(answer.content)
        if code in _ANSWERS:
            raise ClientError({"Error": {"Code": code, "Message": text}}, operation)
        return usual(**request)

    def _post(self, operation: str, body: bytes) -> Any:
        headers = HeadersDict(
            signed(
                self._credentials.get_frozen_credentials(),
                self._client.meta.region_name,
                self._host,
                f"DynamoDB_20120810.{operation}",
                body,
                datetime.now(UTC),
            )
        )
        prepared = AWSPreparedRequest("POST", self._url, headers, body, stream_output=False)  # type: ignore[arg-type]
        # Whoever listens to botocore's requests (a test's stand-in for AWS) hears of these as well.
        for _, instead in self._client.meta.events.emit(f"before-send.dynamodb.{operation}", request=prepared):
            if instead is not None:
                return instead
        return self._http.send(prepared)


def session(connections: int) -> URLLib3Session:
    """botocore's HTTP session, with the socket option that its own clients set and it does not.

    Without it the body waits in the socket until the headers are acknowledged, which the other side puts off for 40 ms.
    """
    at_once = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    return URLLib3Session(max_pool_connections=connections, socket_options=at_once)  # type: ignore[arg-type]  # its stub errs


def signed(credentials: Any, region: str, host: str, target: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a request to DynamoDB with its Signature Version 4.

    Source: AWS, "Create a signed AWS API request".
    """
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": _CONTENT_TYPE, "host": host, "x-amz-date": stamp}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = target
    names = ";".join(headers)
    canonical = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{canonical}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/dynamodb/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(_key(credentials.secret_key, stamp[:8], region), text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str) -> bytes:
    """The signing key, which holds for a day."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _error(body: bytes) -> tuple[str, str]:
    """(code, message) of an error; empty when it is not DynamoDB's."""
    try:
        found = json.loads(body)
        return str(found.get("__type", "")).rpartition("#")[2], str(found.get("message") or found.get("Message") or "")
    except (ValueError, AttributeError):
        return "", ""
