"""A header's picture, video or document by its address: looked at when the message is set, fetched once for a run.

WhatsApp would fetch the file anew for the recipients, and each fetch that fails is a failed message. So the address is asked when
the message is set and once more at the launch: does it answer, with a file of the right kind that WhatsApp takes? Before
the run's first row is written the file is fetched and becomes one of ours, which goes to WhatsApp once and is sent by its id.
"""

from datetime import timedelta

from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.message.slots import media_slots
from chalicelib.campaigns.model import Constant, MessagePlan, TemplateMessage
from chalicelib.campaigns.plan import Plan
from chalicelib.campaigns.trouble import FileLost
from chalicelib.channels.templates import TemplateRecord
from chalicelib.egress import NoAnswer
from chalicelib.media import bringing
from chalicelib.media.model import MediaState, is_ours
from chalicelib.problems import FieldError
from chalicelib.whatsapp.media import ACCEPTED, MediaRefused, MediaType, TooLarge, check

_LONGEST_FETCH = timedelta(minutes=30)


def problems(message: MessagePlan | None, record: TemplateRecord | None, desk: Desk) -> list[FieldError]:
    """What is wrong with the addresses that everybody gets; those that come from a column are WhatsApp's to try."""
    if not isinstance(message, TemplateMessage) or record is None:
        return []
    found = []
    for slot in media_slots(record.components):
        binding = message.parameters.get(slot.id)
        if not isinstance(binding, Constant) or is_ours(binding.value):
            continue
        if wrong := _wrong(binding.value, slot.kind.value, desk):  # type: ignore[arg-type]
            found.append(FieldError(f"parameters.{slot.id}.value", wrong))
    return found


def fetched(plan: Plan, desk: Desk) -> bool:
    """Are the files of a run here that it names by address? Those that are not are asked for.

    Raises FileLost when one never comes.
    """
    now, here = desk.clock(), True
    kinds = {slot.id: slot.kind for slot in media_slots(plan.components)}
    for slot, address in plan.addresses.items():
        if slot not in plan.media:
            continue  # of a run that was begun when WhatsApp was given the address
        media = bringing.bring(desk.table, desk.queues, plan.media[slot], address, now)
        if media.state in {MediaState.REFUSED, MediaState.LOST}:
            raise FileLost(address, media.problem)
        if media.state is MediaState.READY and media.kind != kinds[slot]:
            raise FileLost(address, f"it is sent as {media.kind}, the template needs: {kinds[slot]}")
        if media.state is not MediaState.READY:
            here = False
            if now > media.created_at + _LONGEST_FETCH:
                raise FileLost(address, "it was not fetched in half an hour")
    return here


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
