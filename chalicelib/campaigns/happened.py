"""What a change of a campaign's item means: read from the table's stream, where before and after stand side by side.

Campaigns change state in several places, always by one write of one item; the stream has every such write, so no place can
forget to tell.
"""

from datetime import datetime

from chalicelib.cloud.table import Item
from chalicelib.events.model import Event


def event_of(before: Item, after: Item, at: datetime) -> Event | None:
    """That a campaign has gone to another state (`campaign.completed`), or None when it has not."""
    if before["state"] == after["state"]:
        return None
    return Event(
        id=f"{after['id']}.v{after['version']}",
        type=f"campaign.{after['state']}",
        at=at,
        topic="campaign",
        subject=after["id"],
        data={
            "subaccount_id": after["subaccount_id"],
            "state": after["state"],
            "state_before": before["state"],
            "reason": after.get("state_reason", ""),
            "run_id": after.get("run_id", ""),
        },
    )
