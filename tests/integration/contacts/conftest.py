"""The contacts API as an administrator's machine sees it."""

from collections.abc import Callable
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.wiring import World
from tests.support.api import Answer, Caller

BASE = "/api/v1/accounts/parley"


@pytest.fixture
def api(world: World) -> Caller:
    return Caller(app, world).as_(Role.ADMINISTRATOR)


@pytest.fixture
def make(api: Caller) -> Callable[..., Any]:
    """Makes a contact and answers it: make(msisdn=…, firstName=…, groups=[1])."""

    def made(*, groups: Any = (), **fields: Any) -> Any:
        addresses = {name: fields.pop(name) for name in ("msisdn", "bsuid", "email", "lineId") if name in fields}
        body = fields | {"addresses": addresses} | ({"groups": [{"id": each} for each in groups]} if groups else {})
        answer = api.post(f"{BASE}/contacts", body)
        assert answer.status in {200, 201}, answer.text
        return answer.json

    return made


@pytest.fixture
def group(api: Caller) -> Callable[..., Any]:
    """Makes a group and answers it."""

    def made(name: str, **fields: Any) -> Any:
        answer: Answer = api.post(f"{BASE}/groups", {"name": name, **fields})
        assert answer.status == 201, answer.text
        return answer.json

    return made
