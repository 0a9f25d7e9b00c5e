"""Files: image, video, audio, document, sticker."""

from typing import Annotated, Literal

from chalicelib.whatsapp.messages.base import Caption, MediaSource, Wire, limited


class CaptionedMedia(MediaSource):
    caption: Caption | None = None


class AudioBody(MediaSource):
    voice: bool | None = None
    """A voice note; Meta asks for ogg/opus."""


class DocumentBody(CaptionedMedia):
    filename: Annotated[str, limited(240)] | None = None


class Image(Wire):
    type: Literal["image"] = "image"
    image: CaptionedMedia


class Video(Wire):
    type: Literal["video"] = "video"
    video: CaptionedMedia


class Audio(Wire):
    type: Literal["audio"] = "audio"
    audio: AudioBody


class Document(Wire):
    type: Literal["document"] = "document"
    document: DocumentBody


class Sticker(Wire):
    type: Literal["sticker"] = "sticker"
    sticker: MediaSource
