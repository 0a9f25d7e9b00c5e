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
GROUPS = ("Newsletter", "Regulars")
PEOPLE = [
    ("Mei Ling", "Tan", "+6591230001", "SG", GROUPS),
    ("Arjun", "Nair", "+6591230002", "SG", ("Newsletter",)),
    ("Chloé", "Dubois", "+33612340003", "FR", ("Newsletter",)),
    ("Łukasz", "Śliwa", "+48512340004", "PL", ("Regulars",)),
    ("Fatimah", "binti Ali", "+60123400005", "MY", GROUPS),
    ("José", "García Márquez", "+34612340006", "ES", ("Newsletter",)),
    ("小明", "陈", "+6591230007", "SG", ("Regulars",)),
    ("Olena", "Коваль", "+380671230008", "UA", ()),
    ("Björn", "Müller", "+4915112340009", "DE", ("Newsletter",)),
    ("Priya", "O'Neil", "+6591230010", "SG", ()),
]
QUEUE = {"name": "Singapore", "priority": 10, "conditions": [{"type": "country", "values": ["SG"]}]}
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
    channels = _channels(api, graph, access_token)
    _contacts(api)
    if QUEUE["name"] not in {queue["name"] for queue in api.get("/queues")["items"]}:
        api.post("/queues", QUEUE)
    return {"channels": channels}


def _channels(api: Http, graph: Http, access_token: str) -> list[dict[str, str]]:
    known = {c["phoneNumberId"]: c for c in api.get("/channels")["items"] if c["phoneNumberId"]}
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


def _contacts(api: Http) -> None:
    """The groups come last: a first run that stopped half-way is done again, and a contact made twice is one."""
    account = f"/accounts/{api.get('/me')['accountId']}"
    there = {group["name"]: group["id"] for group in api.get(f"{account}/groups")["items"]}
    if set(GROUPS) <= there.keys():
        return
    made: dict[str, list[int]] = {name: [] for name in GROUPS}
    for first, last, phone, country, groups in PEOPLE:
        draft = {"firstName": first, "lastName": last, "country": country, "addresses": {"msisdn": phone}}
        contact = api.post(f"{account}/contacts", draft)
        for name in groups:
            made[name].append(contact["id"])
    for name, members in made.items():
        group = there.get(name) or api.post(f"{account}/groups", {"name": name})["id"]
        api.post(f"{account}/groups/{group}/contacts", {"contacts": members})


def _template(graph: Http) -> None:
    """The demo campaign's template, approved by Meta: connecting a number takes it over with the others."""

    def status() -> str:
        found = graph.get(f"/{WABA}/message_templates?name={TEMPLATE}")["data"]
        return next((str(t["status"]) for t in found if t["name"] == TEMPLATE), "")

    if not status():
        graph.post(f"/{WABA}/message_templates", _VOUCHER)
    until("the demo's template is approved", lambda: status() == "APPROVED", seconds=30)
