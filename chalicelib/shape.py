"""The base of every model that a client of our API sends or gets."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """Frozen; refuses what it does not know; camelCase in JSON and snake_case in Python, where either name may be passed."""

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        # An answer has every field, also one with a default: the document says so, and clients need not ask.
        json_schema_serialization_defaults_required=True,
    )


class SparseShape(Shape):
    """A Shape of routes with `omit_none`: what has nothing in it is left out, so the document must not promise it."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class Envelope(Shape):
    """A generic Shape, as `Page[Ticket]`."""

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Not when pydantic makes `Page[Ticket]`: it would build the bare `Page` for that, at import."""
        asked_to_parametrise = "_types_namespace" in options and cls.__pydantic_generic_metadata__["parameters"]
        return None if asked_to_parametrise else super().model_rebuild(**options)
