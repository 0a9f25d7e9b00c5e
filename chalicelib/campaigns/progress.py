"""Tells whoever looks on that a run has moved: at most one event a beat and run, however many workers send."""

from datetime import datetime

from chalicelib.campaigns import store
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.cloud import keys
from chalicelib.cloud.table import Table
from chalicelib.events import model as events
from chalicelib.events.model import Event

_BEAT_SECONDS = 0.75
"""The table's stream brings a hint up to a second later, and who looks on is to see nothing older than two."""


def beat(now: datetime) -> int:
    """The number of the moment in which progress is told once, whoever tells it. Workers tell when a new one has begun."""
    return int(now.timestamp() / _BEAT_SECONDS)


def tell(table: Table, campaign_id: str, run_id: str, now: datetime) -> None:
    """Stores the event `campaign.progress`, if nobody has at this beat: the stream would carry no second one."""
    event = Event(
        id=f"{run_id}.{beat(now)}",
        type="campaign.progress",
        at=now,
        topic="campaign",
        subject=campaign_id,
        data={"run_id": run_id},
    )
    # Several workers tell at the same time; to look first costs a tenth of what writing again would.
    if table.get(keys.event(event.subject, event.id), consistent=False) is None:
        events.store(table, event)


def campaign_of(ledger: Table, run_id: str) -> str:
    """The campaign of a run; "" for a test send, which has none."""
    try:
        return store.get_run(ledger, run_id).campaign_id
    except CampaignMissing:
        return ""
