"""What all outbound messages share: the frozen model, Meta's limits as types, the media reference."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator


class Wire(BaseModel):
    """A piece of Meta's JSON: immutable, and a misspelled field is an error."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


def limited(most: int, least: int = 1) -> StringConstraints:
    return StringConstraints(min_length=least, max_length=most)


Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""E.164 with the plus sign: without it Meta puts the business number's own country code in front."""
Bsuid = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")]
Wamid = Annotated[str, limited(512)]
MediaId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,100}$")]
Link = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2000)]
Caption = Annotated[str, limited(1024)]


class MediaSource(Wire):
    """A file Meta already holds (`id`), or one it fetches (`link`, cached by Meta for ten minutes)."""

    id: MediaId | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "MediaSource":
        if (self.id is None) == (self.link is None):
            raise ValueError("give either id or link")
        return self
