"""A file of ours: what it is, how far its checks have come, and what WhatsApp takes of it."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.whatsapp.media import MB, MediaType

INLINE_BYTES = 4 * MB
"""What fits through API Gateway and Lambda as a form; more goes to S3 by a presigned form."""
UPLOAD_BYTES = 100 * MB
PICTURE_BYTES = 25 * MB
"""A picture up to this is made to fit when it is above WhatsApp's limit."""
LINK_SECONDS = 3600
META_LIFE = timedelta(days=30)
"""Meta keeps an uploaded file so long; see whatsapp-cloud-api, "Upload media"."""
RENEW_BEFORE = timedelta(days=1)
"""A message may wait before Meta fetches the file: an id with less life than this is not given out."""
UPLOAD_LEASE = timedelta(minutes=2)
"""How long one worker may take to send a file to Meta before another tries."""
ADDRESS_KEPT = timedelta(days=400)
"""What was fetched from an address for a campaign; as long as the campaign may be resumed or tried again."""
UNFINISHED_KEPT = timedelta(days=2)
"""What was begun and never became ready is forgotten."""

_OURS = re.compile(r"(?=.*[A-Z])[0-9A-HJKMNP-TV-Z]{26}")
_UNFIT_FOR_A_NAME = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff"\\/:*?<>|]+')


class MediaState(StrEnum):
    """How far a file has come."""

    UPLOADING = "uploading"
    FETCHING = "fetching"
    """A customer sent it, and it is on its way from WhatsApp; or from the address that a campaign names."""
    CHECKING = "checking"
    """In quarantine: nobody gets a link until its checks, and a scanner's where there is one, are done."""
    READY = "ready"
    REFUSED = "refused"
    LOST = "lost"
    """WhatsApp no longer has it; nor does the address."""


class Media(BaseModel):
    """One file. `kind` is the message type it is sent as; None for what customers send and we could not send back."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    state: MediaState
    source: Literal["upload", "customer", "address"]
    name: str
    mime_type: str
    kind: MediaType | None = None
    size: int = 0
    original_size: int | None = None
    """What it had before it was made to fit."""
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    has_preview: bool = False
    problem: str = ""
    scanned: bool = False
    """A scanner has found nothing in it."""
    created_at: datetime
    created_by: str = ""

    address: str = ""
    """Where a campaign's file was fetched from."""
    subject: str = ""
    """The conversation that a customer's file belongs to."""
    meta_id: str = ""
    """Meta's id of a customer's file; lives seven days."""
    phone_number_id: str = ""
    waba_id: str = ""


def is_ours(media_id: str | None) -> bool:
    """Whether an id names a file of ours; Meta's ids are numbers.

    >>> is_ours("01KAXYZ0123456789ABCDEFGHJ"), is_ours("1234567890123456")
    (True, False)
    """
    return bool(media_id and _OURS.fullmatch(media_id))


def safe_name(name: str, fallback: str) -> str:
    """A file name that no system stumbles over; the end is kept, since it says what the file is.

    >>> safe_name('..\\\\a/b"c.pdf', "file")
    'a b c.pdf'
    """
    return _UNFIT_FOR_A_NAME.sub(" ", name).strip(" .")[-120:] or fallback


def quarantine_key(media_id: str) -> str:
    """Where a file lies in S3 until its checks are done."""
    return f"media/quarantine/{media_id}"


def file_key(media_id: str) -> str:
    """Where a checked file lies in S3."""
    return f"media/files/{media_id}"


def preview_key(media_id: str) -> str:
    """Where its small picture lies."""
    return f"media/previews/{media_id}.jpg"
