"""`/_sim`: what a test or a demo may do that Meta does not offer. Bad input is a 400 that names the field."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import accounts, configuring, customers, events, inbound, stats, statuses, templates, timetable
from .agenda import Agenda
from .faults import Faults
from .inbound import CustomerMessage, Problem
from .records import Customer, Message
from .world import World

log = logging.getLogger("simulator")
M = TypeVar("M", bound=BaseModel)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Ask(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Read(Ask):
    phone_number_id: str


class Preference(Ask):
    phone_number_id: str
    value: Literal["stop", "resume", "signup"]
    signup_id: str | None = None


class Advance(Ask):
    advance_seconds: Annotated[float, Field(ge=0, le=10 * 366 * 86_400)]


class Event(Ask):
    field: Annotated[str, Field(min_length=1)]
    waba_id: str
    phone_number_id: str | None = None
    value: dict[str, Any]


class Pacing(Ask):
    decision: Literal["hold", "release", "drop"]


class Reset(Ask):
    # True forgets WABAs, numbers, templates and settings too, as with an empty state directory.
    config: bool = False


class Control:
    def __init__(self, world: World, agenda: Agenda) -> None:
        self.world, self.agenda = world, agenda

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sim/healthz", self.health),
            web.get("/_sim/stats", self.stats),
            web.get("/_sim/messages", self.messages),
            web.get("/_sim/faults", self.get_faults),
            web.put("/_sim/faults", self.put_faults),
            web.get("/_sim/clock", self.get_clock),
            web.post("/_sim/clock", self.advance),
            web.post("/_sim/reset", self.reset),
            web.get("/_sim/config", self.get_config),
            web.put("/_sim/config", self.put_config),
            web.post("/_sim/events", self.event),
            web.post("/_sim/templates/{id}/pacing", self.pacing),
            web.get("/_sim/customers", self.list_customers),
            web.get("/_sim/customers/{wa_id}", self.get_customer),
            web.put("/_sim/customers/{wa_id}", self.put_customer),
            web.post("/_sim/customers/{wa_id}/messages", self.customer_writes),
            web.post("/_sim/customers/{wa_id}/read", self.customer_reads),
            web.post("/_sim/customers/{wa_id}/preferences", self.preference),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "now": self.world.now(), "webhook": stats.webhook_health(self.world)})

    async def stats(self, _request: web.Request) -> web.Response:
        return web.json_response(stats.summary(self.world))

    async def messages(self, request: web.Request) -> web.Response:
        query = request.query
        after = _position(self.world, query.get("after", ""))
        wa_id = digits(query["wa_id"], "wa_id") if query.get("wa_id") else None
        limit = _number(query["limit"], "limit") if "limit" in query else -1
        found = self.world.store.messages(
            wa_id=wa_id,
            phone_number_id=query.get("phone_number_id") or None,
            after=after,
            outbound=True,
            limit=limit,
        )
        last = found[-1].seq if found else after
        return web.json_response({"messages": [_accepted(self.world, m) for m in found], "after": last})

    async def get_faults(self, _request: web.Request) -> web.Response:
        return web.json_response(self.world.faults.model_dump())

    async def put_faults(self, request: web.Request) -> web.Response:
        """Replaces all knobs: one that is left out is back at its default."""
        self.world.set_faults(await read(request, Faults))
        return web.json_response(self.world.faults.model_dump())

    async def get_clock(self, _request: web.Request) -> web.Response:
        return web.json_response({"now": self.world.now(), "offset_seconds": self.world.clock.offset})

    async def advance(self, request: web.Request) -> web.Response:
        asked = await read(request, Advance)
        self.world.clock.advance(asked.advance_seconds)
        self.world.save()
        self.world.wake()
        return await self.get_clock(request)

    async def reset(self, request: web.Request) -> web.Response:
        asked = await read(request, Reset)
        with self.world.store.transaction():
            configuring.reset(self.world, everything=asked.config)
        self.world.notify("*")
        return web.json_response({"success": True})

    async def get_config(self, _request: web.Request) -> web.Response:
        return web.json_response(configuring.shown(self.world))

    async def put_config(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        with self.world.store.transaction():
            configuring.change(self.world, body)
        self.world.notify("*")
        return web.json_response(configuring.shown(self.world))

    async def event(self, request: web.Request) -> web.Response:
        asked = await read(request, Event)
        with self.world.store.transaction():
            events.emit(self.world, asked.field, asked.waba_id, asked.value, asked.phone_number_id)
        return web.json_response({"success": True})

    async def pacing(self, request: web.Request) -> web.Response:
        """Template pacing: hold what is sent from now on; let it go; or drop it and pause the template."""
        asked = await read(request, Pacing)
        with self.world.store.transaction():
            template = templates.by_id(self.world, request.match_info["id"])
            count = timetable.pace(self.world, template, asked.decision)
        return web.json_response({"success": True, "messages": count})

    async def list_customers(self, _request: web.Request) -> web.Response:
        found = [c.model_dump() for c in self.world.store.all(Customer)]
        return web.json_response({"customers": found})

    async def get_customer(self, request: web.Request) -> web.Response:
        customer = customers.known(self.world.store, self.world.config, _wa_id(request))
        return web.json_response(_described(self.world, customer))

    async def put_customer(self, request: web.Request) -> web.Response:
        """Changes the fields given; one that comes online gets what waited."""
        changes = await read_json(request)
        wa_id = _wa_id(request)
        before = customers.known(self.world.store, self.world.config, wa_id)
        after = validate(Customer, before.model_dump() | changes | {"wa_id": wa_id})
        with self.world.store.transaction():
            self.world.store.put_customer(after)
            if after.online and not before.online:
                statuses.come_online(self.world, wa_id)
        self.world.notify(wa_id)
        return web.json_response(_described(self.world, after))

    async def customer_writes(self, request: web.Request) -> web.Response:
        sent = await read(request, CustomerMessage)
        with self.world.store.transaction():
            wamid = inbound.receive(self.world, _wa_id(request), sent)
        return web.json_response({"wamid": wamid, "id": wamid})

    async def customer_reads(self, request: web.Request) -> web.Response:
        asked = await read(request, Read)
        with self.world.store.transaction():
            count = statuses.read_by_customer(self.world, asked.phone_number_id, _wa_id(request))
        return web.json_response({"read": count})

    async def preference(self, request: web.Request) -> web.Response:
        asked = await read(request, Preference)
        with self.world.store.transaction():
            events.preference(self.world, _wa_id(request), asked.phone_number_id, asked.value, asked.signup_id)
        return web.json_response({"success": True})


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        body = {"error": {"field": problem.field, "message": problem.message}}
        return web.json_response(body, status=problem.status)


async def read(request: web.Request, model: type[M]) -> M:
    return validate(model, await read_json(request))


async def read_json(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw.strip() else {}
        json.dumps(body, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Problem("body", f"no valid JSON: {error}") from None
    if not isinstance(body, dict):
        raise Problem("body", "a JSON object is expected")
    return body


def validate(model: type[M], body: dict[str, Any]) -> M:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise Problem(where, first["msg"]) from None


def digits(text: str, field: str) -> str:
    found = "".join(character for character in text if character in "0123456789")
    if not 7 <= len(found) <= 15:
        raise Problem(field, "a phone number of 7 to 15 digits")
    return found


def _wa_id(request: web.Request) -> str:
    return digits(request.match_info["wa_id"], "wa_id")


def _number(text: str, field: str) -> int:
    if not (text.isdecimal() and len(text) <= 15):
        raise Problem(field, "a whole number")
    return int(text)


def _position(world: World, after: str) -> int:
    """`after` is the last item's seq or its wamid."""
    if not after or after.isdecimal():
        return _number(after or "0", "after")
    found = world.store.message(after)
    if found is None:
        raise Problem("after", "neither a sequence number nor a known wamid")
    return found.seq


def _accepted(world: World, message: Message) -> dict[str, Any]:
    shown = {
        "seq": message.seq,
        "wamid": message.wamid,
        "id": message.wamid,
        "phone_number_id": message.phone_number_id,
        "wa_id": message.wa_id,
        "timestamp": int(message.at),
        "biz_opaque_callback_data": message.callback_data,
        "status": message.status,
        "statuses": [s.model_dump(exclude_none=True) for s in message.statuses],
        "category": message.category,
    }
    if message.template:
        shown["shown"] = message.template
    return message.payload | shown


def _described(world: World, customer: Customer) -> dict[str, Any]:
    portfolios = {w.portfolio_id for w in accounts.all_wabas(world)}
    ids = {p: customers.user_id(world.store, world.config, p, customer) for p in sorted(portfolios)}
    return customer.model_dump() | {"user_ids": ids}
