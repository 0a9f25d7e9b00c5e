"""A header's picture, video or document by its address: looked at before anybody is told to fetch it a million times.

WhatsApp fetches the file anew for the recipients, and each fetch that fails is a failed message. So the address is asked when
the message is set and once more at the launch: does it answer, with a file of the right kind that WhatsApp takes?
"""

from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.message.slots import MEDIA_KINDS, slots_of
from chalicelib.campaigns.model import Constant, MessagePlan, TemplateMessage
from chalicelib.channels.templates import TemplateRecord
from chalicelib.egress import NoAnswer
from chalicelib.media.model import is_ours
from chalicelib.problems import FieldError
from chalicelib.whatsapp.media import ACCEPTED, MediaRefused, MediaType, TooLarge, check


def problems(message: MessagePlan | None, record: TemplateRecord | None, desk: Desk) -> list[FieldError]:
    """What is wrong with the addresses that everybody gets; those that come from a column are WhatsApp's to try."""
    if not isinstance(message, TemplateMessage) or record is None:
        return []
    found = []
    for slot in slots_of(record.components):
        binding = message.parameters.get(slot.id)
        if slot.kind not in MEDIA_KINDS or not isinstance(binding, Constant) or is_ours(binding.value):
            continue
        if wrong := _wrong(binding.value, slot.kind.value, desk):  # type: ignore[arg-type]
            found.append(FieldError(f"parameters.{slot.id}.value", wrong))
    return found


def _wrong(url: str, kind: MediaType, desk: Desk) -> str:
    limit = max(ACCEPTED[kind].values())
    try:
        seen = desk.glance(url, limit)
    except NoAnswer as nobody:
        return f"The file at this address cannot be fetched. {nobody.message}"
    if seen.status != 200:
        return f"The file at this address cannot be fetched: it answers {f'{seen.status} {seen.reason}'.strip()}."
    try:
        check(kind, seen.content_type, seen.size, seen.head)
    except TooLarge as large:
        return (
            f"The file at this address has {_mb(large.size)}; WhatsApp takes at most {_mb(large.limit)} of this type."
        )
    except MediaRefused as refused:
        return f"What lies at this address is no {kind} that WhatsApp takes: {refused}."
    return ""


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.3g} MB"
