"""Test cases a definition carries: what the customer says, what the bot must answer. `enable` refuses on red.

A turn has exactly one of: `customer` (text, or a message payload), `bot` (expected text, or `{type, …}` fields that
the message must have), `http` (the stub answering the next call, and what the call must look like), `advance`
(a duration the clock moves), `expect` (an expression over `data` that must be true), `handedOver` (true: to agents).
"""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints, model_validator

from chalicelib.automation.definition.document import Document

DEFAULT_START = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


class HttpStub(Document):
    """One HTTP call the workflow is expected to make, and its answer."""

    method: str = "GET"
    url: str
    body: JsonValue = None
    status: Annotated[int, Field(ge=100, le=599)] = 200
    reply: JsonValue = None
    fails: str | None = None


class Turn(Document):
    customer: str | dict[str, JsonValue] | None = None
    bot: str | dict[str, JsonValue] | None = None
    http: HttpStub | None = None
    advance: str | None = None
    expect: str | None = None
    handed_over: bool | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._given) != 1:
            raise ValueError("a turn has exactly one of customer, bot, http, advance, expect, handedOver")
        return self

    @property
    def kind(self) -> str:
        return self._given[0]

    @property
    def _given(self) -> list[str]:
        """null stands for "not given", as everywhere in a definition."""
        return [name for name in self.__class__.model_fields if getattr(self, name) is not None]


class Customer(Document):
    phone: str = "6591234567"
    name: str = "Alex"


class TestCase(Document):
    __test__ = False  # pytest: not a test class

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    at: AwareDatetime = DEFAULT_START
    customer: Customer = Field(default_factory=Customer)
    trigger: dict[str, JsonValue] | None = None
    turns: Annotated[tuple[Turn, ...], Field(min_length=1, max_length=200)]
