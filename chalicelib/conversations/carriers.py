"""What the types of channel differ in, as far as a message on its way out is concerned. A new type is a line
here, and a way to deliver when it is called."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.channels.model import Channel, ChannelType
from chalicelib.conversations import window
from chalicelib.dataclass import dataclass
from chalicelib.problems import Invalid


@dataclass(frozen=True)
class Carrier:
    """How messages travel on channels of one type."""

    has_window: bool
    """Whether free-form messages may go only for so long after the customer's last one."""
    is_called: bool
    """Whether messages are handed to a service outside, at the pace it allows. Else the customer's page reads the conversation."""
    types: frozenset[str] | None
    """The message types it takes; None is all."""

    def takes(self, message_type: str) -> bool:
        """Whether messages of this type can travel on it."""
        return self.types is None or message_type in self.types


CARRIERS: Mapping[ChannelType, Carrier] = {
    ChannelType.WHATSAPP: Carrier(has_window=True, is_called=True, types=None),
    ChannelType.WEBCHAT: Carrier(has_window=False, is_called=False, types=frozenset({"text"})),
}


class NotCarried(Invalid):
    """The channel's type knows no messages of this kind."""

    def __init__(self, channel: Channel, message_type: str, field: str) -> None:
        known = ", ".join(sorted(carrier(channel).types or ()))
        super().__init__(f"A web chat takes these messages only: {known}.", field=f"{field}.type")
        self.channel_id, self.message_type = channel.id, message_type


def carrier(channel: Channel) -> Carrier:
    """How messages travel on this channel."""
    return CARRIERS[channel.type]


def require(channel: Channel, message_type: str, field: str = "message") -> None:
    """Raises NotCarried."""
    if not carrier(channel).takes(message_type):
        raise NotCarried(channel, message_type, field)


def may_write(kind: ChannelType, closes: datetime | None, now: datetime, before: timedelta = timedelta()) -> bool:
    """Whether a free-form message may go at `now`, and for `before` longer."""
    return not CARRIERS[kind].has_window or window.is_open(closes, now, before)
