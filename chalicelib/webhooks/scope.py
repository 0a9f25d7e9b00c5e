"""Whose an event is: the subaccount it belongs to, and the lane whose order it keeps."""

from dataclasses import field

from chalicelib.channels import store as channels
from chalicelib.cloud.table import Table
from chalicelib.dataclass import dataclass
from chalicelib.events.model import Event


@dataclass
class Scopes:
    """Knows the channels of one batch of events; each is read once."""

    table: Table
    _subaccounts: dict[str, str] = field(default_factory=dict)

    def subaccount_of(self, event: Event) -> str:
        """The subaccount of an event; empty when it is the whole account's."""
        if known := event.data.get("subaccount_id"):
            return str(known)
        channel_id = channel_of(event)
        return self._of_channel(channel_id) if channel_id else ""

    def _of_channel(self, channel_id: str) -> str:
        if channel_id not in self._subaccounts:
            try:
                self._subaccounts[channel_id] = channels.get(self.table, channel_id).subaccount_id
            except channels.ChannelMissing:
                self._subaccounts[channel_id] = ""
        return self._subaccounts[channel_id]


def channel_of(event: Event) -> str:
    """The channel an event happened on, or nothing."""
    if known := event.data.get("channel_id"):
        return str(known)
    match event.topic:
        case "conversation":
            return event.subject.rpartition(".")[0]
        case "channel":
            return event.subject
        case _:
            return ""


def lane_of(event: Event) -> str:
    """What keeps its order: a person, or else the thing itself."""
    if known := event.data.get("contact_id"):
        return f"contact:{known}"
    match event.topic:
        case "contact":
            return f"contact:{event.subject}"
        case "conversation":
            return f"contact:{event.subject.rpartition('.')[2]}"
        case topic:
            return f"{topic}:{event.subject}"
