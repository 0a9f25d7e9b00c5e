"""Routes of files."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.cloud.pages import read_page
from chalicelib.http.endpoint import endpoint
from chalicelib.http.forms import Form
from chalicelib.http.paging import Page, PageQuery
from chalicelib.media import service
from chalicelib.media.model import INLINE_BYTES, Media
from chalicelib.media.shapes import MediaView, UploadView, UploadWish
from chalicelib.problems import Invalid
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.MEDIA_READ, Permission.MEDIA_WRITE
_FORM_BYTES = INLINE_BYTES + 100_000
"""The file and the form around it."""


@endpoint(bp, "POST", "/api/v1/media", permission=_WRITE, status=201, max_bytes=_FORM_BYTES)
def add_media(user: CurrentUser, body: Form, world: World) -> MediaView:
    """Uploads a file of up to 4 MB in the form field `file`; its type is told by its content.

    For larger files see POST /api/v1/media/uploads.
    """
    file = body.files.get("file")
    if file is None:
        raise Invalid("The form has no file.", field="file")
    return MediaView.of(world, service.add(world, file.name, file.content_type, file.content, user.id))


@endpoint(bp, "POST", "/api/v1/media/uploads", permission=_WRITE, status=201)
def begin_media_upload(user: CurrentUser, body: UploadWish, world: World) -> UploadView:
    """Gives an address to upload a larger file to, directly to storage."""
    media, form = service.begin(world, body.name, body.mime_type, body.size, user.id)
    return UploadView(media=MediaView.of(world, media), url=form["url"], fields=form["fields"])


@endpoint(bp, "POST", "/api/v1/media/{mediaId}/complete", permission=_WRITE, status=202)
def complete_media_upload(media_id: str, world: World) -> MediaView:
    """Says that the file has been uploaded: it is checked next, and is ready or refused soon after."""
    return MediaView.of(world, service.complete(world, media_id))


@endpoint(bp, "GET", "/api/v1/media", permission=_READ)
def list_media(query: PageQuery, world: World) -> Page[MediaView]:
    """Lists uploaded files, newest first."""
    page = read_page(world.table, keys.UPLOADS, token=query.next, limit=query.limit, index="GSI1", forward=False)
    items = [MediaView.of(world, Media.model_validate(item)) for item in page.items]
    return Page[MediaView](items=items, next=page.next)


@endpoint(bp, "GET", "/api/v1/media/{mediaId}", permission=_READ)
def get_media(media_id: str, world: World) -> MediaView:
    """Reads one file, with fresh links."""
    return MediaView.of(world, service.uploaded(world, media_id))


@endpoint(bp, "DELETE", "/api/v1/media/{mediaId}", permission=_WRITE)
def delete_media(media_id: str, world: World) -> None:
    """Deletes an uploaded file. A message that is still to be sent with it will fail."""
    service.delete(world, service.uploaded(world, media_id).id)
