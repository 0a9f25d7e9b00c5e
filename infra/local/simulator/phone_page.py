"""The phone page and what it reads: chats of a customer, and a stream that says when to look again."""

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import web

from . import customers, media
from .fate import window_open
from .inbound import Problem
from .records import Chat, Message, Number
from .world import World

FILES = Path(__file__).with_name("phone")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MOST_SHOWN = 300


class PhonePage:
    def __init__(self, world: World) -> None:
        self.world = world
        self._listeners: set[asyncio.Queue[str]] = set()
        world.notify = self._tell

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/phone", self.page),
            web.get("/phone/{file}", self.file),
            web.get("/_sim/stream", self.stream),
            web.get("/_sim/numbers", self.numbers),
            web.get("/_sim/chats", self.chats),
            web.get("/_sim/chats/{wa_id}/{phone_number_id}", self.chat),
            web.post("/_sim/media", self.upload),
            web.get("/_sim/media/{id}", self.download),
        ]

    def close(self) -> None:
        for queue in self._listeners:
            queue.put_nowait("")

    def _tell(self, wa_id: str) -> None:
        for queue in self._listeners:
            queue.put_nowait(wa_id)

    async def page(self, _request: web.Request) -> web.StreamResponse:
        return _static("index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        return _static(request.match_info["file"])

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the wa_id whose chats changed, `*` for everybody."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await answer.prepare(request)
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            await answer.write(b"retry: 2000\n\n")
            while True:
                try:
                    async with asyncio.timeout(15):
                        changed = await queue.get()
                except TimeoutError:
                    await answer.write(b": still here\n\n")
                    continue
                if not changed:
                    return answer
                await answer.write(f"data: {changed}\n\n".encode())
        except ConnectionError:
            return answer
        finally:
            self._listeners.discard(queue)

    async def numbers(self, _request: web.Request) -> web.Response:
        found = [
            {"id": n.id, "display_phone_number": n.display_phone_number, "name": n.verified_name}
            for n in self.world.store.all(Number)
        ]
        return web.json_response({"numbers": found})

    async def chats(self, request: web.Request) -> web.Response:
        """The customer's chats, newest first; without wa_id, the customers there are chats with."""
        store = self.world.store
        wa_id = request.query.get("wa_id")
        if wa_id is None:
            rows = store.rows("SELECT wa_id, max(seq) FROM messages GROUP BY wa_id ORDER BY 2 DESC LIMIT 200")
            people = [customers.known(store, self.world.config, row[0]) for row in rows]
            return web.json_response({"customers": [{"wa_id": p.wa_id, "name": p.name} for p in people]})
        customer = customers.known(store, self.world.config, wa_id)
        shown = [self._chat_line(chat) for chat in store.chats_of(wa_id)]
        shown.sort(key=lambda line: -int(line["seq"]))
        return web.json_response({"customer": customer.model_dump(), "chats": shown})

    def _chat_line(self, chat: Chat) -> dict[str, Any]:
        last = self.world.store.messages(wa_id=chat.wa_id, phone_number_id=chat.phone_number_id, limit=1, last=True)
        unread = sum(
            m.outbound and m.status == "delivered" and m.type != "reaction"
            for m in self.world.store.messages(
                wa_id=chat.wa_id, phone_number_id=chat.phone_number_id, limit=50, last=True
            )
        )
        return {
            "phone_number_id": chat.phone_number_id,
            "seq": last[0].seq if last else 0,
            "last": _shown(last[0]) if last else None,
            "unread": unread,
        }

    async def chat(self, request: web.Request) -> web.Response:
        wa_id, number_id = request.match_info["wa_id"], request.match_info["phone_number_id"]
        if self.world.store.number(number_id) is None:
            raise Problem("phone_number_id", f"there is no phone number {number_id} here", 404)
        found = self.world.store.messages(wa_id=wa_id, phone_number_id=number_id, limit=MOST_SHOWN, last=True)
        chat, now = self.world.store.chat(number_id, wa_id), self.world.now()
        customer = customers.known(self.world.store, self.world.config, wa_id)
        return web.json_response(
            {
                # What failed or waits in the network never reaches the phone.
                "messages": [
                    _shown(m)
                    for m in found
                    if not m.outbound or m.status in ("delivered", "read", "played") or _arrived(m)
                ],
                "window_closes": chat.inbound_at + 86_400 if chat.inbound_at and window_open(chat, now) else None,
                "typing_seconds": max(0.0, chat.typing_until - now),
                "stopped": number_id in customer.stopped,
                "now": now,
            }
        )

    async def upload(self, request: web.Request) -> web.Response:
        """A file the person on the phone page sends: stored, and named in the inbound message by its id."""
        file = (await request.post()).get("file")
        if not isinstance(file, web.FileField):
            raise Problem("file", "a file is expected")
        data = file.file.read()
        kept = media.keep(self.world, data, file.content_type, None, media.INBOUND_LIFE, name=file.filename)
        return web.json_response({"id": kept.id, "mime_type": kept.mime_type})

    async def download(self, request: web.Request) -> web.Response:
        media_id = request.match_info["id"]
        found = self.world.store.media(media_id)
        if found is None:
            return web.Response(status=404)
        headers = {
            "Content-Type": found.mime_type,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            "Cache-Control": "private, max-age=86400",
        }
        return web.Response(body=media.read_bytes(self.world, found), headers=headers)


def _arrived(message: Message) -> bool:
    return message.type == "reaction" and message.status == "sent"


def _static(name: str) -> web.StreamResponse:
    path = FILES / name
    if path.suffix not in TYPES or path.parent != FILES or not path.is_file():
        return web.Response(status=404)
    return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=HEADERS)


def _shown(message: Message) -> dict[str, Any]:
    """A message as the phone draws it; linked files are served from here, so the page needs no other host."""
    return {
        "seq": message.seq,
        "id": message.wamid,
        "out": not message.outbound,
        "type": message.type,
        "at": int(message.at),
        "content": _local_links(message.payload.get(message.type)),
        "context": message.payload.get("context"),
        "template": _local_links(message.template),
        "status": message.status,
        "read_by_business": message.read_by_business,
    }


def _local_links(node: Any) -> Any:
    if isinstance(node, list):
        return [_local_links(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _local_links(value) for key, value in node.items()}
    if isinstance(copy.get("link"), str):
        copy["id"] = media.link_id(copy.pop("link"))
    if copy.get("id") and isinstance(copy.get("url"), str):
        copy.pop("url")
    return copy
