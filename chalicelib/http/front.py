"""The api function's entry in Lambda: a cold start pays for the one room that the request is for, not for all of them.

app.py stays the table of contents, for Chalice, the tests and every tool. What it comes to is written into the zip when it
is made (infra/package.py): which module serves a route, and the OpenAPI document, which nobody can make from one room.
"""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Chalice

from chalicelib.http.strays import reshape

CONTENTS = Path(__file__).with_name("contents.json")


def new_app() -> Chalice:
    """An application without routes."""
    app = Chalice(app_name="parley")
    # A form with a file is binary: API Gateway must hand it over as it came.
    app.api.binary_types.append("multipart/form-data")
    app.register_middleware(reshape, "http")
    return app


def handler(event: Any, context: Any) -> Any:
    """One request from API Gateway, which lets only known routes through."""
    return _serving(rooms()[f"{event['httpMethod']} {event['resource']}"])(event, context)


def rooms_of(routes: dict[str, dict[str, Any]]) -> dict[str, str]:
    """`{"GET /api/v1/tickets": "chalicelib.converse.tickets.api", ...}` of Chalice's routes."""
    return {
        f"{method} {path}": entry.view_function.operation.function.__module__
        for path, entries in routes.items()
        for method, entry in entries.items()
    }


@cache
def rooms() -> dict[str, str]:
    """Which module serves which route, as it was when the zip was made."""
    found: dict[str, str] = json.loads(CONTENTS.read_text())
    return found


@cache
def _serving(room: str) -> Chalice:
    app = new_app()
    app.register_blueprint(import_module(room).bp)
    return app
