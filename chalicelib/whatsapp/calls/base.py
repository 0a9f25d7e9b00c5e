"""How a call is made. Nothing is retried here: whoever calls knows whether that is safe."""

import io
from collections.abc import Mapping
from dataclasses import field
from typing import Any, BinaryIO, TypeVar

from pydantic import ValidationError

from chalicelib.dataclass import dataclass
from chalicelib.whatsapp import answers, graph
from chalicelib.whatsapp.graph import CallFailed, Endpoint
from chalicelib.whatsapp.http import AnswerLost, HttpRequest, NothingSent, Transport

Model = TypeVar("Model", bound=answers.Answer)


@dataclass(frozen=True)
class Calls:
    """One access token at one Graph API. Cheap to make; the transport is the part to share."""

    endpoint: Endpoint
    transport: Transport = field(repr=False)

    def call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> dict[str, Any]:
        return self.exchange(self.endpoint.request(method, path, query=query, body=body))

    def exchange(self, request: HttpRequest) -> dict[str, Any]:
        try:
            return graph.result(self.transport.send(request))
        except NothingSent as error:
            raise CallFailed(error.reason, sent=False) from error
        except AnswerLost as error:
            raise CallFailed(error.reason, sent=True) from error


def read(model: type[Model], body: Any) -> Model:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise CallFailed(f"the answer is not a {model.__name__}: {error.error_count()} problems", sent=True) from error


def id_of(body: dict[str, Any]) -> str:
    return text_of(body, "id")


def text_of(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise CallFailed(f"the answer has no {name}", sent=True)
    return value


def sized(content: bytes | BinaryIO, size: int | None) -> tuple[BinaryIO, int]:
    if isinstance(content, bytes):
        return io.BytesIO(content), len(content)
    if size is None:
        raise ValueError("a stream needs its size")
    return content, size
