"""The agenda: statuses to come, templates under review, webhooks on their way. All survives a restart."""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Callable
from typing import Any

import aiohttp

from . import inbound, media, statuses, templates, timetable, webhooks
from .world import World

log = logging.getLogger("simulator")

MOST_AT_ONCE = 4
LONGEST_NAP = 1.0
FETCH_AGAIN = 60.0


class Agenda:
    def __init__(self, world: World) -> None:
        self.world = world
        self._news = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._busy_lanes: set[str] = set()
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._fetches: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._session = aiohttp.ClientSession()
        self.world.wake = self._news.set
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._verify_app_url())]

    async def stop(self) -> None:
        for task in [*self._tasks, *self._running.values(), *self._fetches]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._session:
            await self._session.close()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                self.step()
            except Exception:
                log.exception("agenda step failed")
            # Not wait_for: in Python 3.11 it can swallow the cancellation that is to stop us.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._nap()):
                    await self._news.wait()

    def step(self) -> None:
        """Does what is due now and starts the POSTs that are ready."""
        while run_due(self.world, self._fetch):
            pass
        webhooks.pack(self.world)
        self._start_deliveries()

    def _nap(self) -> float:
        moments = [
            row[0]
            for table in ("jobs", "events", "deliveries")
            if (row := self.world.store.row(f"SELECT min(due) FROM {table}")) and row[0] is not None  # noqa: S608
        ]
        # A delivery whose lane is busy is due already; its turn comes with the news of the one before it.
        wait = min((self.world.clock.seconds_until(moment) for moment in moments), default=LONGEST_NAP)
        return min(LONGEST_NAP, max(wait, 0.01))

    def _start_deliveries(self) -> None:
        rows = self.world.store.rows(
            "SELECT id, url, lane, tries, first, body FROM deliveries WHERE due<=? ORDER BY id LIMIT 200",
            self.world.now(),
        )
        for row in rows:
            ready = webhooks.Delivery(*row)
            if len(self._running) >= MOST_AT_ONCE:
                return
            if ready.id not in self._running and self._may_go(ready):
                self._busy_lanes |= {ready.lane} - {""}
                self._running[ready.id] = asyncio.create_task(self._deliver(ready))

    def _may_go(self, ready: webhooks.Delivery) -> bool:
        """Messages of one chat go one after the other; nothing goes to a URL that has not proved itself."""
        return ready.lane not in self._busy_lanes and ready.url in self.world.saved.verified

    async def _deliver(self, ready: webhooks.Delivery) -> None:
        try:
            ok = await self._post(ready.url, ready.body, ready.tries)
            with self.world.store.transaction():
                webhooks.settle(self.world, ready, ok)
        finally:
            self._running.pop(ready.id, None)
            self._busy_lanes.discard(ready.lane)
            self._news.set()

    async def _post(self, url: str, body: bytes, tries: int) -> bool:
        assert self._session is not None
        self.world.store.count("webhooks_retried" if tries else "webhooks_sent")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": webhooks.signature(self.world.config.app_secret, body),
        }
        timeout = aiohttp.ClientTimeout(total=self.world.config.webhook_timeout_ms / 1000)
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                if answer.status != 200:
                    log.warning("webhook refused status=%s tries=%s", answer.status, tries)
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("webhook failed error=%s tries=%s", type(error).__name__, tries)
            return False

    async def verify(self, url: str, token: str) -> str | None:
        """The handshake. Answers nothing when the callback proved itself, else what was wrong."""
        assert self._session is not None
        challenge = str(secrets.randbelow(10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
        try:
            async with self._session.get(url, params=query, timeout=aiohttp.ClientTimeout(total=20)) as answer:
                text = (await answer.read())[:1000].decode("utf-8", "replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"URL couldn't be reached: {type(error).__name__}"
        if answer.status != 200:
            return f"HTTP Status Code = {answer.status}; HTTP Message = {answer.reason}"
        if text.strip() != challenge:
            return "The response does not match challenge."
        self.world.saved.verified[url] = token
        self.world.save()
        self._news.set()
        return None

    async def _verify_app_url(self) -> None:
        """The app's own URL may come up later than we: ask until it answers. Webhooks wait."""
        wait = 0.25
        while True:
            url, token = self.world.config.webhook_url, self.world.config.verify_token
            if url and self.world.saved.verified.get(url) != token:
                problem = await self.verify(url, token)
                if problem:
                    log.warning("webhook not verified problem=%s", problem)
                wait = min(10.0, wait * 2)
            else:
                wait = 0.5
            await asyncio.sleep(wait)

    def _fetch(self, job_id: int, wamid: str) -> None:
        task = asyncio.create_task(self._fetch_links(job_id, wamid))
        self._fetches.add(task)
        task.add_done_callback(self._fetches.discard)

    async def _fetch_links(self, job_id: int, wamid: str) -> None:
        assert self._session is not None
        failure = await media.fetch_links(self.world, self._session, wamid)
        with self.world.store.transaction():
            timetable.go_on(self.world, wamid, failure)
            self.world.store.run("DELETE FROM jobs WHERE id=?", job_id)


def run_due(world: World, fetch: Callable[[int, str], None]) -> int:
    """Does a batch of due jobs; answers how many. Each is done and gone, or neither."""
    rows = world.store.rows("SELECT id, due, kind, body FROM jobs WHERE due<=? ORDER BY due, id LIMIT 500", world.now())
    for job_id, due, kind, text in rows:
        body = json.loads(text)
        if kind == "fetch":
            # The job stays until the files are here, and is begun anew should we stop before.
            world.store.run("UPDATE jobs SET due=? WHERE id=?", world.now() + FETCH_AGAIN, job_id)
            fetch(job_id, body["wamid"])
            continue
        try:
            with world.store.transaction():
                _do(world, kind, due, body)
                world.store.run("DELETE FROM jobs WHERE id=?", job_id)
        except Exception:
            log.exception("job failed kind=%s", kind)
            world.store.run("DELETE FROM jobs WHERE id=?", job_id)
    return len(rows)


def _do(world: World, kind: str, due: float, body: dict[str, Any]) -> None:
    match kind:
        case "status":
            statuses.report(world, body["wamid"], body["status"], due, body["errors"])
            if body["status"] == "delivered":
                inbound.answer_by_itself(world, body["wamid"])
        case "review":
            templates.review(world, body["template_id"])
        case "unpause":
            templates.end_pause(world, body["template_id"], body["pauses"])
        case "receive":
            inbound.receive(world, body["wa_id"], inbound.CustomerMessage.model_validate(body["message"]))
        case _:
            raise ValueError(f"no such job: {kind}")
