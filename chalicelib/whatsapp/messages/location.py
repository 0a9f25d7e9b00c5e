from typing import Annotated, Literal

from pydantic import Field

from chalicelib.whatsapp.messages.base import Wire, limited


class LocationBody(Wire):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Annotated[str, limited(1000)] | None = None
    address: Annotated[str, limited(1000)] | None = None


class Location(Wire):
    type: Literal["location"] = "location"
    location: LocationBody
