"""Files as the API shows them."""

from datetime import datetime
from typing import Self

from pydantic import Field

from chalicelib.media import service
from chalicelib.media.model import UPLOAD_BYTES, Media, MediaState
from chalicelib.shape import Shape
from chalicelib.whatsapp.media import MediaType
from chalicelib.wiring import World


class MediaView(Shape):
    """A file. Its `id` may stand wherever a message takes WhatsApp's id of a file."""

    id: str
    state: MediaState = Field(description="Only a `ready` one can be sent and has a link.")
    kind: MediaType | None = Field(description="The message type it is sent as; null: it cannot be sent.")
    name: str
    mime_type: str = Field(description="Told by the content.")
    size: int
    original_size: int | None = Field(description="What it had before it was made to fit WhatsApp's limit.")
    width: int | None
    height: int | None
    problem: str = Field(description="Why it was refused.")
    url: str | None = Field(description="A signed link, for an hour.")
    preview_url: str | None = Field(description="A signed link to a small picture, for an hour.")
    created_at: datetime

    @classmethod
    def of(cls, world: World, media: Media) -> Self:
        """The file as it is shown, with fresh links."""
        names = cls.model_fields.keys() - {"url", "preview_url"}
        is_ready = media.state is MediaState.READY
        return cls(
            **{name: getattr(media, name) for name in names},
            url=service.link(world, media) if is_ready else None,
            preview_url=service.preview_link(world, media) if is_ready else None,
        )


class UploadWish(Shape):
    """A file to upload."""

    name: str = Field(min_length=1, max_length=200)
    mime_type: str = Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)
    size: int = Field(ge=1, le=UPLOAD_BYTES, description="Bytes; the form takes no more.")


class UploadView(Shape):
    """Where to send the file: a POST of a form with these fields, then the file as `file`; afterwards POST …/complete."""

    media: MediaView
    url: str
    fields: dict[str, str]
