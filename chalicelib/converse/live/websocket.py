"""The WebSocket: a page connects with its token, gets hints of changes, and shows that its person is there.

What a page may send: {"action": "ping"} at least every 20 seconds, and {"action": "presence", "presence": …, "auxCode": …}.
"""

import json
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint
from pydantic import ValidationError

from chalicelib.access import store as people
from chalicelib.access.authentication import authenticate, credential_of
from chalicelib.access.model import CurrentUser
from chalicelib.converse.agents import presence
from chalicelib.converse.agents.api import PresenceChange
from chalicelib.converse.live.publish import drop
from chalicelib.converse.sight import takes_tickets
from chalicelib.events import connections
from chalicelib.events.connections import Connection
from chalicelib.problems import Problem, Unauthorized
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="websocket")

Answer = dict[str, Any]
_DONE: Answer = {"statusCode": 200}


@bp.lambda_function(name="websocket")
def websocket(event: Any, context: Any) -> Answer:
    """API Gateway WebSocket: $connect, $disconnect, and $default for everything a page sends."""
    return handle(event, world())


def handle(event: dict[str, Any], here: World) -> Answer:
    """One event of one connection."""
    about = event["requestContext"]
    connection_id = str(about["connectionId"])
    match about["routeKey"]:
        case "$connect":
            return _connect(event, connection_id, here)
        case "$disconnect":
            return _disconnect(connection_id, here)
        case _:
            return _hear(event.get("body") or "", connection_id, here)


def _connect(event: dict[str, Any], connection_id: str, here: World) -> Answer:
    """A browser cannot set headers on a WebSocket, so the token comes as `?token=`; others may send Authorization."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    credential = (event.get("queryStringParameters") or {}).get("token") or credential_of(headers)
    try:
        if not credential:
            raise Unauthorized("Give an access token: ?token=…")
        user = authenticate(credential, here)
    except Problem as refused:
        log.info("refused", connection_id=connection_id, code=refused.problem_code)
        return {"statusCode": 401}
    connections.opened(here.table, Connection(id=connection_id, user_id=user.id, kind=user.kind), here.clock())
    if takes_tickets(user):
        presence.connected(here.table, user.id, connection_id, here.clock())
    return _DONE


def _disconnect(connection_id: str, here: World) -> Answer:
    connection = connections.find(here.table, connection_id)
    if connection is not None:
        drop(here, connection)
    return _DONE


def _hear(body: str, connection_id: str, here: World) -> Answer:
    connection = connections.find(here.table, connection_id)
    if connection is None:
        return {"statusCode": 410}
    try:
        answer = _act(json.loads(body), connection, here)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        answer = _refusal("invalid", f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    except Problem as problem:
        answer = _refusal(str(problem.problem_code), problem.message)
    except ValueError:
        answer = _refusal("invalid", "This is not JSON.")
    here.live.post(connection_id, answer)
    return _DONE


def _act(message: Any, connection: Connection, here: World) -> Answer:
    action = message.get("action") if isinstance(message, dict) else None
    if action == "ping":
        if connection.kind == "person":
            presence.hear(here.table, connection.user_id, here.clock())
        return {"type": "pong"}
    if action == "presence":
        wish = PresenceChange.model_validate({name: value for name, value in message.items() if name != "action"})
        agent = presence.change(here, _person(connection, here), wish.presence, wish.aux_code)
        return {"type": "presence", "presence": str(agent.presence), "auxCode": agent.aux_code}
    return _refusal("invalid", "The action is ping or presence.")


def _person(connection: Connection, here: World) -> CurrentUser:
    person = people.user(here.table, connection.user_id)
    if person is None:
        raise Unauthorized("This user has no access any more.")
    return person.current()


def _refusal(code: str, message: str) -> Answer:
    return {"type": "error", "code": code, "message": message}
