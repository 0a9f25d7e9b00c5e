"""WhatsApp's block list: a blocked customer's messages no longer reach us."""

from chalicelib.channels import store as channels
from chalicelib.channels.model import ChannelType
from chalicelib.conversations import store as conversations
from chalicelib.problems import Conflict, Unavailable
from chalicelib.whatsapp.graph import CallFailed
from chalicelib.wiring import World


class BlockRefused(Conflict):
    """WhatsApp did not take the customer onto its list."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"WhatsApp refused: {reason}. It blocks only people who wrote within the last 24 hours.")


class NotBlockable(Conflict):
    """The list is WhatsApp's."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            "Only WhatsApp has a block list: mark this ticket as spam, and the visitor's next ones are, too."
        )
        self.conversation_id = conversation_id


def set_blocked(world: World, conversation_id: str, *, blocked: bool) -> None:
    """Puts the customer of a conversation on the list or takes them off; harmless when repeated. Raises BlockRefused."""
    conversation = conversations.get(world.table, conversation_id)
    channel = channels.get(world.table, conversation.channel_id)
    if channel.type is not ChannelType.WHATSAPP:
        raise NotBlockable(conversation_id)
    client = world.whatsapp(channel.waba_id)
    change = client.block_users if blocked else client.unblock_users
    phones = [conversation.phone] if conversation.phone else []
    user_ids = [conversation.bsuid] if conversation.bsuid and not phones else []
    try:
        result = change(channel.phone_number_id, phones=phones, user_ids=user_ids)
    except CallFailed as failed:
        raise Unavailable(f"WhatsApp does not answer: {failed}.") from failed
    if result.failed:
        errors = result.failed[0].errors
        raise BlockRefused(str(errors[0].get("message", "no reason given")) if errors else "no reason given")
