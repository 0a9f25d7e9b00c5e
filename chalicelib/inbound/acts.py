"""What an inbound message asks to be done after it is stored. Each act is harmless when repeated."""

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.contacts import identity
from chalicelib.contacts.model import ConsentCategory
from chalicelib.conversations import opting_out, replies, store
from chalicelib.conversations.gate import desk
from chalicelib.conversations.model import Conversation, Message, Sender
from chalicelib.inbound.decision import Wish
from chalicelib.media import fetching
from chalicelib.wiring import World


def record_wish(world: World, message: Message, wish: Wish) -> None:
    """Opt-out or opt-in for marketing, for the channel's subaccount; done when nothing claimed before is on its way."""
    conversation, channel = _around(world, message)
    contact = identity.get(world.table, conversation.contact_id)
    if contact is None:
        return  # erased meanwhile
    opting_out.record(
        world,
        contact,
        ConsentCategory.MARKETING,
        allowed=wish is Wish.OPT_IN,
        subaccount_id=channel.subaccount_id,
        source="keyword",
        text=message.preview,
        at=message.at,
        entry_id=message.wamid or message.id,
    )


def confirm_wish(world: World, message: Message, wish: Wish) -> None:
    """Tells the customer that the wish is in force."""
    from chalicelib.whatsapp.messages.text import Text  # the package is a tenth of a cold start

    conversation, channel = _around(world, message)
    words = channel.opt_out_reply if wish is Wish.OPT_OUT else channel.opt_in_reply
    draft = replies.Draft(
        id=f"{message.id}.confirmed",
        message=Text.model_validate({"text": {"body": words}}),
        sender=Sender(kind="system"),
        ticket_id=message.ticket_id,
    )
    try:
        replies.submit(desk(world), conversation, draft)
    except replies.WindowClosed:
        return  # a STOP that was delivered a day late: recorded, and nobody is left to tell


def fetch_file(world: World, message: Message) -> None:
    """Has the file fetched from WhatsApp, which keeps it seven days. It gets the message's id."""
    _, channel = _around(world, message)
    content = message.content
    sent = fetching.Sent(
        media_id=message.id,
        meta_id=str(content["id"]),
        phone_number_id=channel.phone_number_id,
        waba_id=channel.waba_id,
        mime_type=str(content.get("mime_type") or ""),
        name=str(content.get("filename") or ""),
        subject=message.conversation_id,
    )
    fetching.ask(world, sent)


def _around(world: World, message: Message) -> tuple[Conversation, Channel]:
    conversation = store.get(world.table, message.conversation_id)
    return conversation, channels.get(world.table, conversation.channel_id)
