"""The business that the local stack plays: its numbers, templates, contacts. Made through the API; made once."""

from typing import Any

from infra.local.client import Http
from infra.local.simulator.demo_accounts import WABA

SUBACCOUNT = {"id": "lucky-shrub", "name": "Lucky Shrub"}
# The emulator is the limit on a laptop, not our code: the demo's numbers are set below Meta's 80 a second.
MESSAGES_PER_SECOND = 20
COUNTRY = "SG"


def put_in(api: Http, graph: Http, access_token: str) -> dict[str, Any]:
    """Makes sure it exists; returns what stack.json says about it."""
    api.post("/subaccounts", SUBACCOUNT)
    return {"channels": _channels(api, graph, access_token)}


def _channels(api: Http, graph: Http, access_token: str) -> list[dict[str, str]]:
    known = {c["phoneNumberId"]: c for c in api.get("/channels")["items"]}
    for number in graph.get(f"/{WABA}/phone_numbers")["data"]:
        if number["id"] in known:
            continue
        draft = {
            "subaccountId": SUBACCOUNT["id"],
            "name": f"WhatsApp {number['display_phone_number']}",
            "phoneNumberId": number["id"],
            "wabaId": WABA,
            "accessToken": access_token,
            "defaultCountry": COUNTRY,
        }
        made = api.post("/channels", draft)
        pace = {"throughputMps": MESSAGES_PER_SECOND}
        known[number["id"]] = api.call("PATCH", f"/channels/{made['id']}", pace)
    return [
        {
            "id": channel["id"],
            "subaccount_id": channel["subaccountId"],
            "phone_number_id": channel["phoneNumberId"],
            "display_phone_number": channel["displayPhoneNumber"],
            "waba_id": channel["wabaId"],
        }
        for channel in sorted(known.values(), key=lambda c: str(c["phoneNumberId"]))
    ]
