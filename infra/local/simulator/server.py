"""The HTTP server: Meta's surface at the root, the control API under `/_sim`, the phone page at `/`."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from aiohttp import web

from . import configuring, demo_accounts, media
from .agenda import Agenda
from .calendar import Calendar
from .config import Config
from .control import Control, problems
from .graph import Graph
from .phone_page import PhonePage
from .records import Waba
from .world import World

log = logging.getLogger("simulator")
LARGEST_BODY = 110 * 1024 * 1024


def open_world(folder: Path, config: Config | None = None) -> World:
    """The simulator's memory in this folder; an empty one gets the demo accounts."""
    world = World(folder, config)
    if config is not None:
        world.set_config(config)
    if not world.store.all(Waba):
        demo_accounts.seed(world)
        configuring.remember(world)
    return world


def build(world: World, base_url: str) -> web.Application:
    world.base_url = base_url
    app = web.Application(middlewares=[problems], client_max_size=LARGEST_BODY)
    agenda = Agenda(world)
    page = PhonePage(world)

    async def life(_app: web.Application) -> AsyncIterator[None]:
        await agenda.start()
        yield
        page.close()
        await agenda.stop()
        world.store.close()

    app.cleanup_ctx.append(life)
    app.add_routes(page.routes())
    app.add_routes(Control(world, agenda).routes())
    app.add_routes(Calendar(world).routes())
    app.router.add_get("/whatsapp_business/attachments/", _download(world))
    app.router.add_route("*", "/_sim/{rest:.*}", _unknown)
    app.router.add_route("*", "/{rest:.*}", Graph(world, agenda).handle)
    return app


async def _unknown(request: web.Request) -> web.Response:
    message = f"the control API has no {request.method} {request.path}"
    return web.json_response({"error": {"field": "path", "message": message}}, status=404)


def _download(world: World) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def download(request: web.Request) -> web.Response:
        """A media URL needs the token too, and lives five minutes."""
        token = request.headers.get("Authorization", "").partition(" ")[2]
        if not token or (world.config.access_tokens and token not in world.config.access_tokens):
            return web.json_response({"error": {"message": "Authentication Error", "code": 190}}, status=401)
        found = media.download(world, request.query.get("mid", ""), request.query.get("hash", ""))
        if found is None:
            return web.Response(status=404)
        described, data = found
        headers = {"Content-Type": described.mime_type}
        if described.filename:
            headers["Content-Disposition"] = f'inline; filename="{described.id}"'
        return web.Response(body=data, headers=headers)

    return download
