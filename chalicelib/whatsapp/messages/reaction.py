from typing import Annotated, Literal

from pydantic import StringConstraints

from chalicelib.whatsapp.messages.base import Wamid, Wire


class ReactionBody(Wire):
    message_id: Wamid
    emoji: Annotated[str, StringConstraints(max_length=32)]
    """Empty takes an earlier reaction back."""


class Reaction(Wire):
    type: Literal["reaction"] = "reaction"
    reaction: ReactionBody
