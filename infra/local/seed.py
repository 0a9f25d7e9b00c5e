"""Demo data: `python -m infra.local.seed`, run by the launcher with the environment of the deployed api function.

It goes through the product's own use cases, so what it makes is what a person could have made. A second run finds everything
there and changes nothing. Prints what stack.json says about it.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

from chalicelib.access import api_keys, store, users
from chalicelib.access.model import ApiKeyDraft, CurrentUser, EmailTaken, UserDraft
from chalicelib.access.permissions import Permission, Role
from chalicelib.access.secrets import read
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, Subaccount
from chalicelib.wiring import World, world
from infra.local.simulator.demo_accounts import WABA

PASSWORD = "Parley-local-1"  # noqa: S105 - of people who exist on this machine only
PEOPLE = [
    (Role.ADMINISTRATOR, "administrator@parley.example", "Ada Administrator"),
    (Role.SUPERVISOR, "supervisor@parley.example", "Sam Supervisor"),
    (Role.AGENT, "agent1@parley.example", "Alex Agent"),
    (Role.AGENT, "agent2@parley.example", "Robin Agent"),
]
SUBACCOUNT = "lucky-shrub"
# The emulator is the limit on a laptop, not our code: the demo's numbers are set below Meta's 80 a second.
MESSAGES_PER_SECOND = 20

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
    here.secrets.put(f"token/{WABA}", keys["access_token"])
    return {
        "account_id": here.settings.account_id,
        "api_key": keys["api_key"],
        "users": [{"role": role.value, "email": email, "password": PASSWORD} for role, email, _ in PEOPLE],
        "channels": [_described(channel) for channel in _channels(here, keys["access_token"])],
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


def _channels(here: World, access_token: str) -> list[Channel]:
    known = {c.phone_number_id: c for c in channels.channels(here.table)}
    if SUBACCOUNT not in {s.id for s in channels.subaccounts(here.table)}:
        channels.put_subaccount(here.table, Subaccount(id=SUBACCOUNT, name="Lucky Shrub", created_at=here.clock()))
    for number in _numbers_of_whatsapp(here, access_token):
        if number["id"] in known:
            continue
        channel = Channel(
            id=here.new_id(),
            subaccount_id=SUBACCOUNT,
            name=f"WhatsApp {number['display_phone_number']}",
            created_at=here.clock(),
            phone_number_id=number["id"],
            display_phone_number=number["display_phone_number"],
            waba_id=WABA,
            throughput_mps=MESSAGES_PER_SECOND,
            verified_name=number.get("verified_name", ""),
        )
        channels.create(here.table, channel)
        known[number["id"]] = channel
    return sorted(known.values(), key=lambda c: c.phone_number_id)


def _numbers_of_whatsapp(here: World, access_token: str) -> list[dict[str, Any]]:
    url = f"{here.settings.graph_url}/{here.settings.graph_version}/{WABA}/phone_numbers"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {access_token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]
    return found


def _described(channel: Channel) -> dict[str, str]:
    names = ("id", "subaccount_id", "phone_number_id", "display_phone_number", "waba_id")
    return {name: getattr(channel, name) for name in names}


def main() -> None:
    file = Path(os.environ["PARLEY_KEYS_FILE"])
    keys = json.loads(file.read_text())
    found = seed(world(), keys)
    file.write_text(json.dumps(keys))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
