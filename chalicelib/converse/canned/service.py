"""Canned replies: who may use and change which, and the words they become in a ticket."""

from chalicelib.channels import store as channels
from chalicelib.contacts import identity
from chalicelib.converse.canned import store
from chalicelib.converse.canned.model import MOST, CannedReply, CannedReplyDraft, FilledReply, fill
from chalicelib.converse.canned.store import CannedReplyChanged, CannedReplyMissing
from chalicelib.converse.queues import store as queues
from chalicelib.converse.sight import Sight
from chalicelib.converse.tickets.model import Ticket
from chalicelib.media import service as files
from chalicelib.media.model import Media
from chalicelib.media.problems import MediaNotReady, MediaUnknown
from chalicelib.problems import Conflict, Forbidden, Invalid
from chalicelib.wiring import World


def usable(world: World, sight: Sight, queue_id: str | None, words: str) -> list[CannedReply]:
    """Those the caller may use; of one queue, and with these words in them, when asked so."""
    return [
        reply
        for reply in store.every(world.table)
        if _may_use(sight, reply) and (queue_id is None or reply.is_for(frozenset({queue_id}))) and reply.matches(words)
    ]


def get(world: World, sight: Sight, reply_id: str) -> CannedReply:
    """One the caller may use. Raises CannedReplyMissing."""
    reply = store.get(world.table, reply_id)
    if not _may_use(sight, reply):
        raise CannedReplyMissing(reply_id)
    return reply


def create(world: World, sight: Sight, draft: CannedReplyDraft) -> CannedReply:
    """Adds one. Raises Forbidden, Invalid, Conflict, ShortcutTaken."""
    _require_own_queues(world, sight, draft)
    _require_file(world, draft)
    if len(store.every(world.table)) >= MOST:
        raise Conflict(f"There are {MOST} canned replies already. Delete some first.", code="too_many_canned_replies")
    reply = CannedReply(
        **dict(draft), id=world.new_id(), updated_at=world.clock(), updated_by=sight.user.name or sight.user.id
    )
    store.put(world.table, reply, over=None)
    return reply


def replace(world: World, sight: Sight, reply_id: str, draft: CannedReplyDraft, version: int | None) -> CannedReply:
    """Writes one anew over the version the caller saw. Raises as `create`, CannedReplyMissing, CannedReplyChanged."""
    before = _writable(world, sight, reply_id)
    if version is None:
        raise Invalid("Say in If-Match which version you have read: the ETag of the reply.", field="If-Match")
    if version != before.version:
        raise CannedReplyChanged(reply_id)
    _require_own_queues(world, sight, draft)
    _require_file(world, draft)
    kept = {"id": reply_id, "version": version + 1, "updated_at": world.clock(), "updated_by": sight.user.name}
    after = CannedReply(**{**dict(draft), **kept})
    store.put(world.table, after, over=before)
    return after


def delete(world: World, sight: Sight, reply_id: str) -> None:
    """Removes one. Raises CannedReplyMissing, Forbidden, CannedReplyChanged."""
    store.delete(world.table, _writable(world, sight, reply_id))


def filled(world: World, sight: Sight, ticket: Ticket, reply_id: str) -> tuple[FilledReply, Media | None]:
    """What the reply says to the customer of this ticket, and its file, if it still has one. Raises CannedReplyMissing."""
    reply = get(world, sight, reply_id)
    words = fill(reply.text, _values(world, sight, ticket))
    return words, files.some(world, [reply.media_id]).get(reply.media_id) if reply.media_id else None


def _values(world: World, sight: Sight, ticket: Ticket) -> dict[str, str]:
    contact = identity.get(world.table, ticket.contact_id)
    values: dict[str, str] = {}
    if contact is not None:
        full = contact.name or contact.profile_name
        first, _, last = full.partition(" ")
        values = {name: str(value) for name, value in contact.attributes.items() if not isinstance(value, dict | list)}
        values |= {
            "name": full,
            "first_name": contact.first_name or first,
            "last_name": contact.last_name or last,
            "email": contact.addresses.get("email", ""),
            "phone": contact.phone or "",
        }
    return values | {
        "agent_name": sight.user.name,
        "agent_email": sight.user.email,
        "queue_name": queues.get(world.table, ticket.queue_id).name,
        "channel_name": channels.get(world.table, ticket.channel_id).name,
        "ticket_id": ticket.id,
    }


def _may_use(sight: Sight, reply: CannedReply) -> bool:
    return sight.everything or reply.is_for(sight.serves | sight.oversees)


def _writable(world: World, sight: Sight, reply_id: str) -> CannedReply:
    reply = get(world, sight, reply_id)
    _require_own_queues(world, sight, reply)
    return reply


def _require_file(world: World, draft: CannedReplyDraft) -> None:
    if draft.media_id is None:
        return
    try:
        files.ready(world, files.uploaded(world, draft.media_id).id)
    except (MediaUnknown, MediaNotReady) as problem:
        raise Invalid(problem.message, field="mediaId") from problem


def _require_own_queues(world: World, sight: Sight, draft: CannedReplyDraft) -> None:
    known = {queue.id for queue in queues.every(world.table)}
    for place, queue_id in enumerate(draft.queues or ()):
        if queue_id not in known:
            raise Invalid("There is no queue with this id.", field=f"queues.{place}")
        if not sight.everything and queue_id not in sight.oversees:
            raise Forbidden("You do not answer for this queue.")
