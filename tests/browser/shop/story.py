"""What happened in the shop: a week of customers, a campaign, workflows, and everything a page has to show."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib.access.model import UserState
from chalicelib.access.permissions import Role
from chalicelib.campaigns.rows import RowState
from chalicelib.cloud import keys
from infra.local.demo_data import PEOPLE
from tests.browser.shop.house import MONDAY, House, a_house, channel_of
from tests.browser.shop.server import served
from tests.support.api import Answer, Caller
from tests.support.campaigns import offer, refusal

GALLERY = Path(__file__).parents[3] / "chalicelib" / "automation" / "gallery"
TEMPLATES = Path(__file__).parents[3] / "infra" / "local" / "simulator" / "demo_templates.json"
NOW = MONDAY + timedelta(days=4, hours=6, minutes=30)
"""Friday, half past three in Berlin."""
ACCOUNT = "/api/v1/accounts/parley"
LONG = "The voucher SAVE10 does not work, I tried it three times and the page says it has ended"
KNOWN = [("Xiaoming", "Chen", *rest) if first == "小明" else (first, last, *rest) for first, last, *rest in PEOPLE]
"""Pictures have only letters that the portal's own font has: others are drawn as the machine can."""


@dataclass
class Shop:
    """An open shop: where it is, the ids its pages' addresses need, and how it stood before anything happened and stands now."""

    url: str
    house: House
    ids: dict[str, str]
    moments: dict[str, dict[str, Any]]
    """`empty` and `told`."""


@contextmanager
def opened() -> Iterator[Shop]:
    """The shop as it was before anything happened, and as it is on Friday."""
    with a_house() as house:
        house.hire("ada", "Ada Administrator", Role.ADMINISTRATOR)
        house.hire("sam", "Sam Supervisor", Role.SUPERVISOR)
        house.settle()
        empty = house.keep()
        ids = told(house)
        with served(house) as url:
            yield Shop(url, house, ids, {"empty": empty, "told": house.keep()})


def told(house: House) -> dict[str, str]:
    """Lets it all happen; answers the ids that addresses of pages need."""
    ada, sam = house.as_("ada"), house.as_("sam")
    alex, robin = house.hire("alex", "Alex Agent", Role.AGENT), house.hire("robin", "Robin Agent", Role.AGENT)
    house.hire("nia", "Nia Newcomer", Role.AGENT, UserState.INVITED)
    house.hire("dora", "Dora Departed", Role.AGENT, UserState.DISABLED)
    _set_up(house, ada)
    people, segment = _contacts(house, ada)
    _desk_set_up(ada)
    for agent in (alex, robin):
        _done(agent.put("/api/v1/agents/me/presence", {"presence": "available"}))
    campaign, draft = _campaigns(house, sam)
    _the_week(house, alex, robin)
    definition = _workflows(house, ada)
    tickets = _today(house, alex, sam)
    _machines(ada)
    house.clock.now = NOW
    house.settle()
    return {
        "campaign": campaign,
        "draft": draft,
        "contact": people[0],
        "segment": segment,
        "definition": definition,
        **tickets,
    }


def _set_up(house: House, ada: Caller) -> None:
    _done(ada.post("/api/v1/subaccounts", {"id": "shop", "name": "Lucky Shrub"}))
    channel_of(
        house, name="Lucky Shrub Singapore", verified_name="Lucky Shrub", quality="GREEN", tier="TIER_10K",
        name_status="APPROVED", number_status="CONNECTED", webhooks_subscribed=True,
    )  # fmt: skip
    for number, template in enumerate(json.loads(TEMPLATES.read_text())[:6]):
        status = ("APPROVED", "APPROVED", "APPROVED", "PENDING", "REJECTED")[number % 5]
        key = keys.template("200", template["name"], template["language"])
        house.table.put(
            {
                "PK": key.pk, "SK": key.sk, "waba_id": "200", "id": str(number), "status": status,
                "synced_at": "2026-11-16T08:00:00.000Z", "quality": ("GREEN", "UNKNOWN", "YELLOW")[number % 3],
                "reason": "TAG_CONTENT_MISMATCH" if status == "REJECTED" else "", **template,
            }
        )  # fmt: skip


def _contacts(house: House, ada: Caller) -> tuple[list[str], str]:
    made: dict[str, list[int]] = {}
    ids = []
    for first, last, phone, country, groups in KNOWN:
        draft = {
            "firstName": first, "lastName": last, "country": country, "addresses": {"msisdn": phone},
            "tags": ["vip"] if "Regulars" in groups else [],
        }  # fmt: skip
        contact = _done(ada.post(f"{ACCOUNT}/contacts", draft))
        ids.append(str(contact["id"]))
        for name in groups:
            made.setdefault(name, []).append(contact["id"])
    for name, members in made.items():
        group = _done(ada.post(f"{ACCOUNT}/groups", {"name": name, "description": f"Everybody in {name.lower()}"}))
        _done(ada.post(f"{ACCOUNT}/groups/{group['id']}/contacts", {"contacts": members}))
    _done(ada.post(f"/api/v1/contacts/{ids[0]}/notes", {"text": "Prefers to be called after six."}))
    silent = {"name": "Singapore, silent for a month", "filter": {"countries": ["SG"], "silentForDays": 30}}
    segment = _done(ada.post("/api/v1/segments", silent))
    house.settle()
    return ids, str(segment["id"])


def _desk_set_up(ada: Caller) -> None:
    queues = [
        {"name": "Singapore", "priority": 10, "conditions": [{"type": "country", "values": ["SG"]}]},
        {"name": "Europe", "priority": 20, "conditions": [{"type": "country", "values": ["DE", "FR", "ES", "PL"]}]},
    ]
    for queue in queues:
        _done(
            ada.post(
                "/api/v1/queues", {**queue, "members": [{"agentId": "alex"}, {"agentId": "robin"}], "method": "pick"}
            )
        )
    replies = [
        ("Opening hours", "hours", "We are open from 9 to 18, on Sundays from 11.", "Shop"),
        ("Thank you", "thanks", "Thank you, {{first_name|there}}! Anything else?", "Closing"),
        ("Delivery", "delivery", "We deliver within two days, free from $50.", "Shop"),
    ]
    for reply in replies:
        _done(
            ada.post("/api/v1/canned-replies", dict(zip(("title", "shortcut", "text", "category"), reply, strict=True)))
        )


def _campaigns(house: House, sam: Caller) -> tuple[str, str]:
    """One that has run, with every kind of ending, and one that waits to be finished."""
    rows = "".join(f"+65{91230100 + n},{KNOWN[n % 10][0]},SAVE{n}\n" for n in range(30))
    csv = f"Mobile,FirstName,Voucher\n{rows}12345,Nobody,SAVE0\n+6591230100,Twice,SAVE1\n"
    house.later(hours=2)
    house.meta.answer = lambda message: refusal(131026) if str(message.to).endswith(("03", "17", "22")) else None
    house.meta.statuses = (RowState.SENT, RowState.DELIVERED)
    sent = house.launch(csv, offer(**{"body.2": {"field": "Voucher"}}))
    house.pump(until=lambda: len(house.meta.accepted) > 12)
    house.meta.statuses = (RowState.SENT, RowState.DELIVERED, RowState.READ)
    house.pump()
    house.settle()
    house.later(hours=1)
    draft = _done(sam.post("/api/v1/campaigns", {"channelId": "main", "name": "Winter bulbs"}))
    link = _done(sam.post(f"/api/v1/campaigns/{draft['id']}/recipients/upload", {"fileName": "winter.csv"}))
    house.media.put(link["fields"]["key"], csv.encode())
    _done(sam.post(f"/api/v1/campaigns/{draft['id']}/recipients/process", {}))
    house.settle()
    message = offer(**{"body.2": {"field": "Voucher"}}).model_dump(mode="json", by_alias=True)
    _done(sam.put(f"/api/v1/campaigns/{draft['id']}/message", message))
    _done(sam.post("/api/v1/campaigns", {"channelId": "main", "name": "Spring cleaning of the greenhouse"}))
    return sent.id, str(draft["id"])


def _the_week(house: House, alex: Caller, robin: Caller) -> None:
    """Three days at the desk, for the reports."""
    for day in range(1, 4):
        house.clock.now = MONDAY + timedelta(days=day, hours=1)
        for number in range(4 + 2 * day):
            first, last, phone, _, _ = KNOWN[(number * 3 + day) % 10]
            agent = (alex, robin)[number % 2]
            house.later(minutes=7)
            house.writes(phone[1:], f"A question about my order {number}", name=f"{first} {last}")
            ticket = _newest(house)
            house.later(minutes=2 + number)
            _done(agent.post(f"/api/v1/tickets/{ticket}/claim"))
            house.later(minutes=1)
            _done(agent.post(f"/api/v1/tickets/{ticket}/messages", _text("It left this morning.")))
            house.settle()
            house.later(minutes=4)
            _done(agent.post(f"/api/v1/tickets/{ticket}/resolve", {"disposition": "Issue solved"}))
            house.settle()


def _today(house: House, alex: Caller, sam: Caller) -> dict[str, str]:
    """What lies on the desk now: answered, unanswered, with a note, in a closed window, with a file."""
    house.clock.now = NOW - timedelta(hours=26)
    house.writes("33612340003", "Do you ship olive trees to France?", name="Chloé Dubois")
    closed = _newest(house)
    house.clock.now = NOW - timedelta(minutes=95)
    house.writes("6591230001", "Hello! Is *parking* available at the shop?", name="Mei Ling Tan")
    opened = _newest(house)
    _done(alex.post(f"/api/v1/tickets/{opened}/claim"))
    house.later(minutes=2)
    _done(alex.post(f"/api/v1/tickets/{opened}/messages", _text("Yes, free of charge at Gate 2.")))
    house.settle()
    house.later(minutes=3)
    house.writes("6591230001", "Great. And may I bring my dog?")
    _done(alex.post(f"/api/v1/tickets/{opened}/notes", {"text": "A regular: she bought the big maple last year."}))
    _done(alex.patch(f"/api/v1/tickets/{opened}", {"tags": ["visit"], "priority": "high"}))
    house.later(minutes=1)
    _done(alex.post(f"/api/v1/tickets/{opened}/messages", _text("Of course, on a lead, please.")))
    for minutes, phone, name, text in (
        (70, "4915112340009", "Björn Müller", "Meine Bestellung ist nicht angekommen"),
        (41, "6591230007", "Xiaoming Chen", "Are you open on Sunday?"),
        (12, "6591230010", "Priya O'Neil", LONG),
        (3, "34612340006", "José García Márquez", "¿Tienen limoneros?"),
    ):  # fmt: skip
        house.clock.now = NOW - timedelta(minutes=minutes)
        house.writes(phone, text, name=name)
    return {"ticket": opened, "closed": closed}


def _workflows(house: House, ada: Caller) -> str:
    house.clock.now = MONDAY + timedelta(days=4, hours=3)
    ids = {}
    for name in ("menu-bot", "lead-capture", "out-of-office"):
        ids[name] = str(
            _done(ada.post(f"{ACCOUNT}/definitions", json.loads((GALLERY / f"{name}.json").read_text())))["id"]
        )
    return ids["menu-bot"]


def _machines(ada: Caller) -> None:
    hook = {"name": "CRM", "url": "https://crm.luckyshrub.example/hooks", "events": ["message.received"]}
    _done(ada.post("/api/v1/webhooks", hook))
    _done(ada.post("/api/v1/api-keys", {"name": "Night import", "role": "supervisor"}))


def _newest(house: House) -> str:
    return str(_done(house.as_("sam").get("/api/v1/tickets?view=all&limit=1"))["items"][0]["id"])


def _text(body: str) -> dict[str, Any]:
    return {"message": {"type": "text", "text": {"body": body}}}


def _done(answer: Answer) -> Any:
    assert answer.status < 300, answer.text
    return answer.json if answer.text else None
