"""The circuit breaker: a campaign pauses itself when going on would harm the number or reach nobody. A person resumes it."""

from collections.abc import Mapping

from chalicelib.campaigns import store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, State, TemplateMessage
from chalicelib.campaigns.rows import META, REACHED
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.conversations.outbound import Declined, Refused, Verdict
from chalicelib.whatsapp.errors import Action

FAILURE_RATIO = 0.25
"""Of those WhatsApp answered for; above it something is wrong with the list, the template or the number."""
ENOUGH = 100
"""Fewer answers than this say nothing."""
_SEEN_FAILED, _SEEN_ANSWERED = "seen:failed", "seen:answered"

_REASONS = {
    Action.PAUSE_CAMPAIGN: "template",
    Action.PAUSE_NUMBER_CAMPAIGNS: "number_limited",
    Action.STOP_NUMBER: "number_stopped",
}


def stops_everybody(verdict: Verdict, *, same_files: bool) -> str:
    """Why nobody after this one can be sent to either; "" when only this one is concerned. `same_files`: all get the same."""
    match verdict:
        case Declined(reason="media", text=text) if same_files:
            return f"media: {text}"
        case Refused(rule=rule, text=text) if rule.action in _REASONS:
            return f"{_REASONS[rule.action]}: {text}"
        case Declined(reason="number_stopped", text=text):
            return f"number_stopped: {text}"
        case _:
            return ""


def seen(counts: Mapping[str, int]) -> dict[str, int]:
    """What a person who lets a run go on has seen of it, to be kept with its counters: only what comes after it is judged."""
    failed, answered = _answers(counts)
    return {_SEEN_FAILED: failed, _SEEN_ANSWERED: answered}


def look(campaign: Campaign, counts: Mapping[str, int], desk: Desk) -> None:
    """Pauses the campaign when too large a share of what was tried has failed, since a person last let it go on."""
    failed, answered = _answers(counts)
    failed, answered = failed - counts.get(_SEEN_FAILED, 0), answered - counts.get(_SEEN_ANSWERED, 0)
    if answered >= ENOUGH and failed > answered * FAILURE_RATIO:
        pause(campaign, f"failures: {failed} of {answered} failed", desk)


def _answers(counts: Mapping[str, int]) -> tuple[int, int]:
    """(how many WhatsApp has failed, how many it has spoken of at all)."""
    failed = sum(count for name, count in counts.items() if name.startswith(f"reason:{META}"))
    return failed, failed + sum(counts.get(state, 0) for state in REACHED)


def pause(campaign: Campaign, reason: str, desk: Desk) -> None:
    """Pauses this run, if it is still sending."""
    if store.move(desk.table, campaign.id, State.PAUSED, [State.SENDING], campaign.run_id, reason):
        store.forget_sending(desk.table, campaign.channel_id, campaign.id)


def look_at_account(waba_id: str, desk: Desk) -> list[str]:
    """Pauses what is sending on this account and should not go on, now that something about the account has changed.

    It asks how things are, not what the news was: late and repeated news do no harm. Answers the ids of the paused ones.
    """
    paused = []
    for channel in channels.channels(desk.table):
        if channel.waba_id != waba_id:
            continue
        for campaign_id in store.sending_on(desk.table, channel.id):
            if look_at(store.get(desk.table, campaign_id), channel, desk):
                paused.append(campaign_id)
    return paused


def look_at(campaign: Campaign, channel: Channel, desk: Desk) -> bool:
    """Pauses this campaign if it is sending and should not; answers whether it did."""
    reason = why_not(campaign, channel, desk)
    if not reason or campaign.state is not State.SENDING:
        return False
    pause(campaign, reason, desk)
    return True


def why_not(campaign: Campaign, channel: Channel, desk: Desk) -> str:
    """Why its number or its template should not be sent with as they are now; "" when all is well."""
    if channel.stopped:
        return f"number_stopped: {channel.stopped}"
    if channel.quality == "RED":
        return "number_quality: too many people block or report this number"
    if isinstance(campaign.message, TemplateMessage):
        record = desk.find_template(channel.waba_id, campaign.message.name, campaign.message.language)
        if record is None or not record.sendable:
            return f"template: it is {record.status.lower() if record else 'deleted'}"
    return ""
