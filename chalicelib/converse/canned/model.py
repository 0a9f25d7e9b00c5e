"""Canned replies: texts agents send again and again, with variables and a shortcut. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from chalicelib.converse.queues.model import Id
from chalicelib.shape import Shape

MOST = 1000
"""Of one account: they are read together."""

KNOWN = (
    "name", "first_name", "last_name", "email", "phone", "agent_name", "agent_email", "queue_name", "channel_name",
    "ticket_id",
)  # fmt: skip
"""The variables that are always there; any other name is an attribute of the contact."""

_VARIABLE = re.compile(r"{{\s*(\w{1,60})\s*(?:\|([^{}]*))?}}")
_BRACES = re.compile(r"{{|}}")


class CannedReplyDraft(Shape):
    """A text to be sent again and again. `{{first_name|there}}` is a variable and what stands there when it is empty."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    shortcut: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] | None = Field(
        default=None, description="What an agent types behind a slash; one of a kind."
    )
    text: str = Field(
        min_length=1,
        max_length=4096,
        description=f"Variables: {', '.join(KNOWN)}, and the names of contact attributes, in double braces.",
    )
    category: str = Field(default="", max_length=60)
    queues: tuple[Id, ...] | None = Field(default=None, max_length=100, description="Whose agents see it; null is all.")
    media_id: Id | None = Field(default=None, description="A file of ours that goes with the text.")

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        if _BRACES.search(_VARIABLE.sub("", text)):
            raise ValueError("a variable is a name in double braces, like {{first_name}} or {{first_name|there}}")
        return text


class CannedReply(CannedReplyDraft):
    """A canned reply as it is kept."""

    id: str
    version: int = 1
    updated_at: datetime
    updated_by: str = ""

    def is_for(self, queue_ids: frozenset[str]) -> bool:
        """Whether people of these queues use it."""
        return self.queues is None or not queue_ids.isdisjoint(self.queues)

    def matches(self, words: str) -> bool:
        """Whether every word is somewhere in it."""
        own = f"{self.title} {self.shortcut or ''} {self.category} {self.text}".casefold()
        return all(word in own for word in words.casefold().split())


class FilledReply(Shape):
    """The text as it may be sent; `missing` names the variables that had no value and no default."""

    text: str
    missing: list[str]


def fill(text: str, values: Mapping[str, str]) -> FilledReply:
    """The text with its variables filled in.

    >>> fill("Hi {{first_name|there}}, {{agent_name}} here{{nick}}", {"agent_name": "Ana"})
    FilledReply(text='Hi there, Ana here', missing=['nick'])
    """
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if values.get(name):
            return values[name]
        if default is None:
            missing.append(name)
        return (default or "").strip()

    return FilledReply(text=_VARIABLE.sub(value, text), missing=list(dict.fromkeys(missing)))
