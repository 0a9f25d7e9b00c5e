from typing import Annotated, Literal

from chalicelib.whatsapp.messages.base import Wire, limited


class TextBody(Wire):
    body: Annotated[str, limited(4096)]
    preview_url: bool | None = None


class Text(Wire):
    type: Literal["text"] = "text"
    text: TextBody
