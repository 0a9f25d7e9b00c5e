"""Statuses of campaign messages, straight into the outboxes: nothing is stored for them where nobody listens, since a campaign
has three of them per recipient."""

from collections.abc import Iterable, Mapping

from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign, parse_callback
from chalicelib.campaigns.rows import StatusUpdate
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Key
from chalicelib.contacts.model import Identities
from chalicelib.events.model import Event
from chalicelib.webhooks import store
from chalicelib.webhooks.collecting import collect
from chalicelib.wiring import World

_TYPE = "message.status"


def collect_statuses(world: World, updates: Iterable[StatusUpdate]) -> None:
    """Tells the webhooks that want it what became of campaign messages. Harmless when repeated."""
    found = list(updates)
    listening = found and any(each.enabled and each.hears(_TYPE) for each in store.every(world.table))
    if not listening:
        return
    places = {update: parse_callback(update.callback) for update in found}
    rows = world.ledger.get_many(keys.ledger_row(*place) for place in places.values())
    contacts = _contacts(world, rows)
    known: dict[str, Campaign | None] = {}
    events = []
    for update, (run_id, shard, row) in places.items():
        item = rows.get(keys.ledger_row(run_id, shard, row))
        campaign = known[run_id] if run_id in known else known.setdefault(run_id, _campaign(world, run_id))
        if item and campaign:
            events.append(_event(update, campaign, item, (run_id, shard, row), contacts.get(str(item["to"]), "")))
    collect(world, events)


def _event(update: StatusUpdate, campaign: Campaign, item: Item, place: tuple[str, int, int], contact_id: str) -> Event:
    run_id, shard, row = place
    return Event(
        id=f"{run_id}.{row}.{update.status}",
        type=_TYPE,
        at=update.at,
        topic="recipient",
        subject=f"{run_id}.{row}",
        data={
            "status": str(update.status),
            "campaign_id": campaign.id,
            "subaccount_id": campaign.subaccount_id,
            "run_id": run_id,
            "shard": shard,
            "row": row,
            **({"code": update.code} if update.code is not None else {}),
            **({"contact_id": contact_id} if contact_id else {}),
        },
    )


def _campaign(world: World, run_id: str) -> Campaign | None:
    try:
        return campaigns.get(world.table, campaigns.get_run(world.ledger, run_id).campaign_id)
    except CampaignMissing:
        return None  # a test send, or a campaign that was deleted since


def _contacts(world: World, rows: Mapping[Key, Item]) -> dict[str, str]:
    """The contact of each address a row was sent to: what a person answers comes behind what was sent to them."""
    addresses = {str(item["to"]) for item in rows.values()}
    wanted = {to: keys.identity(*_who(to).pairs()[0]) for to in addresses}
    found = world.table.get_many(wanted.values())
    return {to: str(found[key].get("contact_id", "")) for to, key in wanted.items() if key in found}


def _who(to: str) -> Identities:
    return Identities(phone=to) if to.startswith("+") else Identities(bsuid=to)
