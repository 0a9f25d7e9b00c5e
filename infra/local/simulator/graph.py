"""Meta's paths: `/{version}/{node}/{edge}`, a bearer token, and the table of what each edge does."""

import asyncio
import json
import logging
import re
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from . import accounts, fields, media, sending, templates, uploads
from .agenda import Agenda
from .errors import GraphError, missing_object
from .outgoing import MarkRead
from .records import Callback, Number, Template, Waba
from .shapes import read
from .world import World

log = logging.getLogger("simulator")
VERSION = re.compile(r"^v\d+\.\d+$")
MANAGEMENT = ("message_templates", "phone_numbers", "subscribed_apps")


@dataclass
class Call:
    """One request, parsed."""

    world: World
    agenda: Agenda
    method: str
    path: str
    node: str
    edge: str
    query: dict[str, str]
    body: dict[str, Any]
    file: tuple[str, str, bytes] | None
    headers: dict[str, str]
    raw: bytes = b""
    url: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        return self.query | self.body

    def number(self) -> Number:
        found = self.world.store.number(self.node)
        if found is None:
            raise missing_object(self.node, self.method.lower())
        return found

    def waba(self) -> Waba:
        return accounts.waba_or_missing(self.world, self.node)


class Graph:
    def __init__(self, world: World, agenda: Agenda) -> None:
        self.world, self.agenda = world, agenda
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        sends = request.method == "POST" and request.path.endswith(("/messages", "/marketing_messages"))
        await asyncio.sleep(self.world.dice.latency(self.world.faults))
        try:
            call = await self._read(request)
            self._authenticate(request, call)
            if sends and self.world.dice.hits(self.world.faults.error_rate):
                raise GraphError(self.world.faults.error_code)
            self._count_management(call)
            answer = await self._dispatch(call)
        except GraphError as error:
            if sends:
                self.world.store.count(f"refused:{error.code}")
            return _json(error.body(), error.http)
        except Exception:
            log.exception("unexpected path=%s", request.path)
            return _json(GraphError(131000).body(), 500)
        if sends and self.world.dice.hits(self.world.faults.lost_response_rate):
            self.world.store.count("lost_responses")
            if request.transport is not None:
                request.transport.abort()
        return _json(answer, 200)

    async def _read(self, request: web.Request) -> Call:
        parts = [part for part in request.path.split("/") if part]
        if parts and VERSION.match(parts[0]):
            parts = parts[1:]
        body, file, raw = await _body(request)
        return Call(
            world=self.world,
            agenda=self.agenda,
            method=request.method,
            path="/".join(parts),
            node=parts[0] if parts else "",
            edge="/".join(parts[1:]),
            query=dict(request.query),
            body=body,
            file=file,
            headers={name.lower(): value for name, value in request.headers.items()},
            raw=raw,
            url=f"{self.world.base_url}{request.path}",
        )

    def _authenticate(self, request: web.Request, call: Call) -> None:
        if call.node == "oauth":
            return
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        token = given.strip() if scheme in ("Bearer", "OAuth") else str(call.fields.get("access_token", ""))
        config = self.world.config
        if not token:
            raise GraphError(0, message="Authentication Error", details="No access token was given.")
        if token in config.expired_tokens:
            raise GraphError(190, message="Error validating access token: Session has expired.", subcode=463)
        if config.access_tokens and token not in config.access_tokens and token != _app_token(self.world):
            raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")

    def _count_management(self, call: Call) -> None:
        if call.edge not in MANAGEMENT:
            return
        calls, now = self._calls[call.node], self.world.now()
        while calls and calls[0] <= now - 3600:
            calls.popleft()
        if len(calls) >= self.world.config.management_calls_per_hour:
            raise GraphError(80007)
        calls.append(now)

    async def _dispatch(self, call: Call) -> Any:
        if slow := ASYNC_EDGES.get((call.method, call.edge)):
            return await slow(call)
        edge = EDGES.get((call.method, call.edge))
        if edge is None:
            raise GraphError(2500, message=f"Unknown path components: /{call.edge}")
        with self.world.store.transaction():
            return edge(call)


async def _body(request: web.Request) -> tuple[dict[str, Any], tuple[str, str, bytes] | None, bytes]:
    """(parameters, file, raw bytes). What cannot be read counts as no parameters, as Graph does it."""
    if not request.can_read_body:
        return {}, None, b""
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        fields: dict[str, Any] = {}
        file = None
        try:
            form = await request.post()
        except (ValueError, LookupError):
            return {}, None, b""
        for name, value in form.items():
            if isinstance(value, web.FileField):
                file = (value.filename, value.content_type, value.file.read())
            else:
                fields[name] = _maybe_json(str(value))
        return fields, file, b""
    raw = await request.read()
    parsed = _maybe_json(raw.decode("utf-8", "replace"))
    return (parsed if isinstance(parsed, dict) else {}), None, raw


def _maybe_json(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return text
    try:
        parsed = json.loads(text)
        json.dumps(parsed, ensure_ascii=False).encode()  # half of a surrogate pair is no text to Graph
    except (ValueError, RecursionError):
        return text
    return parsed


def _json(body: Any, status: int) -> web.Response:
    headers = {"facebook-api-version": "v25.0"}
    if status == 401:
        headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{body["error"]["message"]}"'
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


# Messages


def _messages(call: Call) -> Any:
    number = call.number()
    if "status" not in call.body:
        return sending.send(call.world, number, call.body)
    marked = read(MarkRead, call.body)
    found = call.world.store.message(marked.message_id)
    if found is None or found.outbound or found.phone_number_id != number.id:
        raise GraphError(131009, "Param message_id is not a message of a customer to this phone number.")
    chat = call.world.store.chat(number.id, found.wa_id)
    for message in call.world.store.messages(wa_id=found.wa_id, phone_number_id=number.id, outbound=False):
        if message.seq <= found.seq and not message.read_by_business:
            message.read_by_business = True
            call.world.store.put_message(message)
    chat.typing_until = call.world.now() + 25 if marked.typing_indicator else 0.0
    call.world.store.put_chat(chat)
    call.world.notify(found.wa_id)
    return {"success": True}


def _marketing_messages(call: Call) -> Any:
    return sending.send(call.world, call.number(), call.body, product="marketing")


# Nodes


def _get_node(call: Call) -> Any:
    world, store = call.world, call.world.store
    if call.node.startswith("upload:"):
        return uploads.describe(uploads.find(world, call.node))
    if number := store.number(call.node):
        return accounts.number_fields(world, number, call.query)
    if waba := store.waba(call.node):
        return accounts.waba_fields(world, waba, call.query)
    if template := store.get(Template, call.node):
        return templates.shown(template, fields.asked(call.query))
    return media.describe(world, media.find(world, call.node, call.query.get("phone_number_id")))


def _delete_node(call: Call) -> Any:
    return media.delete(call.world, media.find(call.world, call.node, call.query.get("phone_number_id")))


async def _post_node(call: Call) -> Any:
    """Editing a template, a WABA, or a number; or the bytes of an upload."""
    world = call.world
    if call.node.startswith("upload:"):
        upload = uploads.find(world, call.node)
        return uploads.receive(world, upload, call.headers.get("file_offset"), call.raw)
    if number := world.store.number(call.node):
        return await _set_number(call, number)
    if waba := world.store.waba(call.node):
        if "disable_marketing_messages_on_cloud_api" in call.body:
            waba.disable_marketing_messages_on_cloud_api = bool(call.body["disable_marketing_messages_on_cloud_api"])
        waba.name = str(call.body.get("name", waba.name))
        world.store.put(waba.id, waba)
        return {"success": True, "id": waba.id}
    return templates.edit(world, templates.by_id(world, call.node), call.body)


async def _set_number(call: Call, number: Number) -> Any:
    wanted = call.body.get("webhook_configuration")
    if isinstance(wanted, dict):
        number.override = await _callback(call, wanted.get("override_callback_uri"), wanted.get("verify_token"))
    call.world.store.put(number.id, number)
    return {"success": True}


async def _callback(call: Call, url: Any, token: Any) -> Callback | None:
    """A new callback URL, after its handshake; an empty one takes the old away."""
    if not url:
        return None
    problem = await call.agenda.verify(str(url), str(token or ""))
    if problem:
        raise GraphError(2200, message=f"(#2200) Callback verification failed with the following errors: {problem}")
    return Callback(url=str(url), verify_token=str(token or ""))


# Subscriptions


async def _subscribe(call: Call) -> Any:
    waba = call.waba()
    waba.override = await _callback(call, call.fields.get("override_callback_uri"), call.fields.get("verify_token"))
    waba.subscribed = True
    call.world.store.put(waba.id, waba)
    return {"success": True}


def _unsubscribe(call: Call) -> Any:
    waba = call.waba()
    waba.subscribed, waba.override = False, None
    call.world.store.put(waba.id, waba)
    return {"success": True}


async def _app_subscription(call: Call) -> Any:
    """`POST /{app-id}/subscriptions`: the app's own callback URL."""
    if call.node != call.world.config.app_id:
        raise missing_object(call.node, "post")
    url, token = str(call.fields.get("callback_url", "")), str(call.fields.get("verify_token", ""))
    await _callback(call, url, token)
    call.world.set_config(call.world.config.model_copy(update={"webhook_url": url, "verify_token": token}))
    return {"success": True}


def _app_token(world: World) -> str:
    return f"{world.config.app_id}|{world.config.app_secret}"


def _access_token(call: Call) -> Any:
    config = call.world.config
    if call.fields.get("client_id") != config.app_id or call.fields.get("client_secret") != config.app_secret:
        raise GraphError(1, message="Error validating client secret.")
    return {"access_token": _app_token(call.world), "token_type": "bearer"}


# Media and uploads


def _upload_media(call: Call) -> Any:
    return media.upload(call.world, call.number(), {k: str(v) for k, v in call.fields.items()}, call.file)


def _open_upload(call: Call) -> Any:
    if call.node not in ("app", call.world.config.app_id):
        raise missing_object(call.node, "post")
    return uploads.open_session(call.world, call.fields)


def _unpause(call: Call) -> Any:
    return templates.unpause(call.world, templates.by_id(call.world, call.node))


def _register(call: Call) -> Any:
    number = call.number()
    number.registered, number.status = True, "CONNECTED"
    call.world.store.put(number.id, number)
    return {"success": True}


def _deregister(call: Call) -> Any:
    number = call.number()
    number.registered = False
    call.world.store.put(number.id, number)
    return {"success": True}


def _settings(call: Call) -> Any:
    number = call.number()
    checks = call.body.get("user_identity_change", {}).get("enable_identity_key_check")
    if checks is not None:
        number.identity_check = bool(checks)
    number.settings |= call.body
    call.world.store.put(number.id, number)
    return {"success": True}


def _username(call: Call) -> Any:
    number = call.number()
    if call.method == "GET":
        return {"username": number.username, "status": "approved"} if number.username else {}
    number.username = str(call.fields.get("username", "")) or None if call.method == "POST" else None
    call.world.store.put(number.id, number)
    return {"success": True}


def _portfolio_wabas(call: Call) -> Any:
    found = [w for w in call.world.store.all(Waba) if w.portfolio_id == call.node]
    if not found:
        raise missing_object(call.node)
    return fields.page([accounts.waba_fields(call.world, w, {}) for w in found], call.query, call.url)


EDGES: dict[tuple[str, str], Callable[[Call], Any]] = {
    ("POST", "messages"): _messages,
    ("POST", "marketing_messages"): _marketing_messages,
    ("POST", "media"): _upload_media,
    ("POST", "uploads"): _open_upload,
    ("GET", ""): _get_node,
    ("DELETE", ""): _delete_node,
    ("GET", "message_templates"): lambda c: templates.listing(c.world, c.waba(), c.query, c.url),
    ("POST", "message_templates"): lambda c: templates.create(c.world, c.waba(), c.fields),
    ("DELETE", "message_templates"): lambda c: templates.delete(c.world, c.waba(), c.fields),
    ("POST", "unpause"): _unpause,
    ("GET", "phone_numbers"): lambda c: accounts.numbers(c.world, c.waba(), c.query, c.url),
    ("GET", "subscribed_apps"): lambda c: accounts.subscribed_apps(c.world, c.waba()),
    ("DELETE", "subscribed_apps"): _unsubscribe,
    ("GET", "block_users"): lambda c: accounts.blocked(c.world, c.number(), c.query, c.url),
    ("POST", "block_users"): lambda c: accounts.block(c.world, c.number(), c.body, add=True),
    ("DELETE", "block_users"): lambda c: accounts.block(c.world, c.number(), c.body, add=False),
    ("GET", "whatsapp_business_profile"): lambda c: accounts.profile(c.number(), c.query),
    ("POST", "whatsapp_business_profile"): lambda c: accounts.set_profile(c.world, c.number(), c.body),
    ("GET", "settings"): lambda c: c.number().settings | {"id": c.node},
    ("POST", "settings"): _settings,
    ("POST", "register"): _register,
    ("POST", "deregister"): _deregister,
    ("GET", "username"): _username,
    ("POST", "username"): _username,
    ("DELETE", "username"): _username,
    ("GET", "access_token"): _access_token,
    ("GET", "owned_whatsapp_business_accounts"): _portfolio_wabas,
    ("GET", "client_whatsapp_business_accounts"): _portfolio_wabas,
}
ASYNC_EDGES: dict[tuple[str, str], Callable[[Call], Awaitable[Any]]] = {
    ("POST", ""): _post_node,
    ("POST", "subscribed_apps"): _subscribe,
    ("POST", "subscriptions"): _app_subscription,
}
