"""Who may enter: `python -m infra.local.seed`, run by the launcher with the environment of the deployed api function.

The first people and the first API key cannot be made through an API that asks for one: this goes through the product's own
use cases. Everything else is put in through the API (demo_data.py). A second run finds all there and changes nothing.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from chalicelib.access import api_keys, store, users
from chalicelib.access.model import ApiKeyDraft, CurrentUser, EmailTaken, UserDraft
from chalicelib.access.permissions import Permission, Role
from chalicelib.access.secrets import read
from chalicelib.wiring import World, world

PASSWORD = "Parley-local-1"  # noqa: S105 - of people who exist on this machine only
PEOPLE = [
    (Role.ADMINISTRATOR, "administrator@parley.example", "Ada Administrator"),
    (Role.SUPERVISOR, "supervisor@parley.example", "Sam Supervisor"),
    (Role.AGENT, "agent1@parley.example", "Alex Agent"),
    (Role.AGENT, "agent2@parley.example", "Robin Agent"),
]
LAUNCHER = CurrentUser(
    id="launcher",
    kind="machine",
    name="Local stack",
    role=Role.ADMINISTRATOR,
    permissions=frozenset(Permission),
    subaccounts=None,
)


def seed(here: World, keys: dict[str, str]) -> dict[str, Any]:
    """Makes sure the demo data exists; `keys` keeps the API key, which is readable only when it is made."""
    for role, email, name in PEOPLE:
        _person(here, role, email, name)
    keys["api_key"] = _api_key(here, keys.get("api_key", ""))
    return {
        "account_id": here.settings.account_id,
        "api_key": keys["api_key"],
        "users": [{"role": role.value, "email": email, "password": PASSWORD} for role, email, _ in PEOPLE],
    }


def _person(here: World, role: Role, email: str, name: str) -> None:
    try:
        users.invite(here, LAUNCHER, UserDraft(email=email, name=name, role=role), password=PASSWORD)
    except EmailTaken:
        return


def _api_key(here: World, kept: str) -> str:
    parts = read(kept) if kept else None
    if parts and (found := store.api_key(here.table, parts.id)) and found.key.revoked_at is None:
        return kept
    return api_keys.create(here, LAUNCHER, ApiKeyDraft(name="Local stack", role=Role.ADMINISTRATOR)).key


def main() -> None:
    file = Path(os.environ["PARLEY_KEYS_FILE"])
    keys = json.loads(file.read_text())
    found = seed(world(), keys)
    file.write_text(json.dumps(keys))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
