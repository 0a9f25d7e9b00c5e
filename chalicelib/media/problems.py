"""What can be wrong with a file, in words for whoever sent it."""

from chalicelib.media.model import Media, MediaState
from chalicelib.problems import Conflict, NotFound, Unavailable


class MediaUnknown(NotFound):
    """There is no such file."""

    def __init__(self, media_id: str) -> None:
        super().__init__("There is no file with this id.")
        self.media_id = media_id


class MediaNotReady(Conflict):
    """The file is not (or never) to be had."""

    def __init__(self, media: Media) -> None:
        super().__init__(_WHY[media.state] + (f": {media.problem}" if media.problem else "."))
        self.media_id, self.state = media.id, media.state

    @property
    def for_good(self) -> bool:
        """Whether waiting is of no use."""
        return self.state in {MediaState.REFUSED, MediaState.LOST}


class MediaRefusedByMeta(Conflict):
    """Meta does not take the file."""

    def __init__(self, media_id: str, reason: str) -> None:
        super().__init__(f"WhatsApp does not take this file: {reason}")
        self.media_id = media_id


class MetaUnreachable(Unavailable):
    """The file could not be sent to Meta now, or another worker is at it."""

    def __init__(self, media_id: str, reason: str) -> None:
        super().__init__(f"The file cannot be sent to WhatsApp at the moment: {reason}")
        self.media_id = media_id


_WHY = {
    MediaState.UPLOADING: "The file has not been uploaded completely",
    MediaState.FETCHING: "The file is still on its way from WhatsApp",
    MediaState.CHECKING: "The file is still being checked",
    MediaState.READY: "The file is ready",
    MediaState.REFUSED: "The file was refused",
    MediaState.LOST: "The file is lost",
}
