"""From a view's result to an HTTP answer."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Generic, TypeVar

from chalice.app import Response
from pydantic import BaseModel, TypeAdapter

from chalicelib.dataclass import dataclass

_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


T = TypeVar("T")


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A result with its own status or headers. `T` is what the body is, for the document: `-> Reply[Contact]`.

    A body of `str` goes out as it is, under the Content-Type among `headers`.
    """

    body: T
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def to_response(result: Any, adapter: TypeAdapter[Any] | None, status: int, *, omit_none: bool = False) -> Response:
    """The answer of a view: a model, a list, a page, None (204) or a Reply of one of these."""
    reply = result if isinstance(result, Reply) else Reply(result, status)
    headers: dict[str, str | list[str]] = {**_ALWAYS, **_etag(reply.body), **reply.headers}
    if reply.body is None:
        return Response(body="", status_code=204 if reply.status == 200 else reply.status, headers=headers)
    if isinstance(reply.body, str) and "Content-Type" in reply.headers:
        return Response(body=reply.body, status_code=reply.status, headers=headers)
    if adapter is None:
        raise TypeError("a view that answers something must say so in its return annotation")
    body = adapter.dump_json(reply.body, by_alias=True, exclude_none=omit_none, warnings="error").decode()
    return Response(body=body, status_code=reply.status, headers={"Content-Type": "application/json", **headers})


def json_response(
    body: Mapping[str, Any], status: int, headers: Mapping[str, str | list[str]] | None = None
) -> Response:
    """An answer with this JSON object."""
    all_headers: dict[str, str | list[str]] = {"Content-Type": "application/json", **_ALWAYS, **(headers or {})}
    return Response(body=dict(body), status_code=status, headers=all_headers)


def _etag(body: Any) -> dict[str, str]:
    version = getattr(body, "version", None) if isinstance(body, BaseModel) else None
    return {"ETag": f'"{version}"'} if isinstance(version, int) else {}
