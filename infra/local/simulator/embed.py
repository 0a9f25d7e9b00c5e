"""A simulator inside a test's process, on a free port, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from .config import Config
from .server import build, open_world
from .world import World


class Running:
    def __init__(self, url: str, world: World) -> None:
        self.url = url
        self.world = world


@contextmanager
def running(folder: Path, config: Config | None = None, port: int = 0) -> Iterator[Running]:
    """Yields when it listens. Change `world` over HTTP only: it lives in the thread."""
    ready = threading.Event()
    started: list[Running] = []
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        world = open_world(folder, config)
        runner = web.AppRunner(build(world, ""), shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        listening = runner.addresses[0][1]
        world.base_url = f"http://127.0.0.1:{listening}"
        started.append(Running(world.base_url, world))
        ready.set()
        await ended.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        if not ready.wait(20):
            raise RuntimeError("the simulator did not start")
        yield started[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()
