"""The api function serves each route from the one room that has it, in a process where app.py was never imported."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from app import app
from chalicelib.http.front import rooms_of

ROOMS = rooms_of(app.routes)

ALONE = """
import json, pathlib, sys
from chalicelib.http import front
front.CONTENTS = pathlib.Path(sys.argv[1])
found = {room: sorted(front.rooms_of(front._serving(room).routes)) for room in sorted(set(front.rooms().values()))}
path = "/api/v1/users"
context = {"httpMethod": "GET", "resourcePath": path, "identity": {}}
event = dict(httpMethod="GET", resource=path, path=path, headers={}, multiValueQueryStringParameters=None, pathParameters=None,
             requestContext=context, body=None, isBase64Encoded=False, stageVariables=None)
answer = front.handler(event, None)
print(json.dumps([found, answer["statusCode"], json.loads(answer["body"])["code"], "app" in sys.modules]))
"""


def test_every_route_is_served_by_its_room_alone(tmp_path: Path) -> None:
    contents = tmp_path / "contents.json"
    contents.write_text(json.dumps(ROOMS))
    done = subprocess.run([sys.executable, "-c", ALONE, str(contents)], capture_output=True, text=True, check=True)
    found, status, code, whole = json.loads(done.stdout.splitlines()[-1])
    for room, routes in found.items():
        assert {route for route, name in ROOMS.items() if name == room} <= set(routes), room
    assert (status, code, whole) == (401, "unauthorized", False)


def test_no_two_rooms_share_a_blueprint() -> None:
    # A blueprint knows one application: the second room to be loaded would answer for the first.
    blueprints = [id(import_module(room).bp) for room in set(ROOMS.values())]
    assert len(blueprints) == len(set(blueprints))
