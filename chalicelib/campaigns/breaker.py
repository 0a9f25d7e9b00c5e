"""The circuit breaker: a campaign pauses itself when going on would harm the number or reach nobody. A person resumes it."""

from collections.abc import Mapping

from chalicelib.campaigns import store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, State
from chalicelib.campaigns.rows import META, REACHED
from chalicelib.conversations.outbound import Declined, Refused, Verdict
from chalicelib.whatsapp.errors import Action

FAILURE_RATIO = 0.25
"""Of those WhatsApp answered for; above it something is wrong with the list, the template or the number."""
ENOUGH = 100
"""Fewer answers than this say nothing."""

_REASONS = {
    Action.PAUSE_CAMPAIGN: "template",
    Action.PAUSE_NUMBER_CAMPAIGNS: "number_limited",
    Action.STOP_NUMBER: "number_stopped",
}


def stops_everybody(verdict: Verdict) -> str:
    """Why nobody after this one can be sent to either; "" when only this one is concerned."""
    match verdict:
        case Refused(rule=rule, text=text) if rule.action in _REASONS:
            return f"{_REASONS[rule.action]}: {text}"
        case Declined(reason="number_stopped", text=text):
            return f"number_stopped: {text}"
        case _:
            return ""


def look(campaign: Campaign, counts: Mapping[str, int], desk: Desk) -> None:
    """Pauses the campaign when too large a share of what was tried has failed."""
    failed = sum(count for name, count in counts.items() if name.startswith(f"reason:{META}"))
    answered = failed + sum(counts.get(state, 0) for state in REACHED)
    if answered >= ENOUGH and failed > answered * FAILURE_RATIO:
        pause(campaign, f"failures: {failed} of {answered} failed", desk)


def pause(campaign: Campaign, reason: str, desk: Desk) -> None:
    """Pauses this run, if it is still sending."""
    if store.move(desk.table, campaign.id, State.PAUSED, [State.SENDING], campaign.run_id, reason):
        store.forget_sending(desk.table, campaign.channel_id, campaign.id)


def pause_channel(channel_id: str, reason: str, desk: Desk) -> list[str]:
    """Pauses every campaign that is sending on this channel: its quality fell or it was stopped. Answers their ids."""
    ids = store.sending_on(desk.table, channel_id)
    for campaign_id in ids:
        pause(store.get(desk.table, campaign_id), reason, desk)
    return ids
