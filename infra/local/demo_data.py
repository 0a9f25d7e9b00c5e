"""The business that the local stack plays: its numbers, templates, contacts. Made through the API; made once."""

from typing import Any

from infra.local.client import Http, until
from infra.local.simulator.demo_accounts import WABA

SUBACCOUNT = {"id": "lucky-shrub", "name": "Lucky Shrub"}
# The emulator is the limit on a laptop, not our code: the demo's numbers are set below Meta's 80 a second.
MESSAGES_PER_SECOND = 20
COUNTRY = "SG"
TEMPLATE = "voucher"
LANGUAGE = "en_US"
_VOUCHER = {
    "name": TEMPLATE,
    "language": LANGUAGE,
    "category": "MARKETING",
    "components": [
        {
            "type": "BODY",
            "text": "Hello {{1}}, your voucher *{{2}}* is good for every plant until Sunday.",
            "example": {"body_text": [["Jessica", "SAVE25"]]},
        },
        {"type": "FOOTER", "text": "Reply STOP to get no more offers"},
    ],
}


def put_in(api: Http, graph: Http, access_token: str) -> dict[str, Any]:
    """Makes sure it exists; returns what stack.json says about it."""
    _template(graph)
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


def _template(graph: Http) -> None:
    """The demo campaign's template, approved by Meta: connecting a number takes it over with the others."""

    def status() -> str:
        found = graph.get(f"/{WABA}/message_templates?name={TEMPLATE}")["data"]
        return next((str(t["status"]) for t in found if t["name"] == TEMPLATE), "")

    if not status():
        graph.post(f"/{WABA}/message_templates", _VOUCHER)
    until("the demo's template is approved", lambda: status() == "APPROVED", seconds=30)
