"""What anybody may ask: is it up, and what can it do."""

from functools import cache

from chalice.app import Blueprint

from chalicelib.http.endpoint import endpoint
from chalicelib.http.openapi import DOCUMENT, text
from chalicelib.http.operations import PUBLIC
from chalicelib.http.replies import Reply
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class Health(Shape):
    """That requests are answered."""

    status: str
    stage: str


@endpoint(bp, "GET", "/api/v1/health", permission=PUBLIC, tag="Service")
def get_health(world: World) -> Health:
    """Tells that requests are answered."""
    return Health(status="ok", stage=world.settings.stage)


@endpoint(bp, "GET", "/api/v1/openapi.json", permission=PUBLIC, tag="Service")
def get_openapi_document() -> Reply[str]:
    """This document."""
    return Reply(_text(), headers={"Content-Type": "application/json", "Cache-Control": "public, max-age=300"})


@cache
def _text() -> str:
    if DOCUMENT.exists():
        return DOCUMENT.read_text()
    return text(bp.current_app.routes)
