"""Campaigns in the main table; their runs and live counters in the ledger table, which has no stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns.model import TRANSITIONS, AccountRules, Campaign, Pace, Run, State, as_item
from chalicelib.campaigns.trouble import CampaignChanged, CampaignMissing
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item, Operation, Page, Put, Table, Update

_TRIES = 5


def get(table: Table, campaign_id: str) -> Campaign:
    """The campaign. Raises CampaignMissing."""
    item = table.get(keys.campaign(campaign_id))
    if item is None:
        raise CampaignMissing(campaign_id)
    return Campaign.model_validate(item)


def create(table: Table, campaign: Campaign) -> None:
    """Adds a campaign."""
    table.put(_item(campaign), condition=Attr("PK").not_exists())


def save(table: Table, before: Campaign, after: Campaign, also: Iterable[Operation] = ()) -> Campaign:
    """Replaces the campaign if nobody changed it since it was read, together with what goes with it.

    Raises CampaignChanged.
    """
    if after.state is not before.state and after.state not in TRANSITIONS[before.state]:
        raise CampaignChanged(before.id)
    saved = after.model_copy(update={"version": before.version + 1})
    unchanged = Attr("version").eq(before.version) & Attr("state").eq(str(before.state))
    try:
        table.transact([Put(_item(saved), unchanged), *also])
    except ConditionFailed as failed:
        raise CampaignChanged(before.id) from failed
    return saved


def change(table: Table, campaign_id: str, how: Callable[[Campaign], Campaign | None]) -> None:
    """Reads, changes and saves, anew if somebody came between. `how` answers None when there is nothing to change any more.

    Raises CampaignMissing, and CampaignChanged when others were faster every time.
    """
    for attempt in range(_TRIES):
        before = get(table, campaign_id)
        after = how(before)
        if after is None:
            return
        try:
            save(table, before, after)
        except CampaignChanged:
            if attempt == _TRIES - 1:
                raise
            continue
        return


def move(table: Table, campaign_id: str, to: State, come_from: Iterable[State], run_id: str, reason: str = "") -> bool:
    """Moves the campaign of this run to another state; False when it is in none of the expected ones any more."""
    expected = [str(state) for state in come_from]
    try:
        table.update(
            Update(
                keys.campaign(campaign_id),
                set={"state": str(to), "state_reason": reason},
                add={"version": 1},
                condition=Attr("state").is_in(expected) & Attr("run_id").eq(run_id),
            )
        )
    except ConditionFailed:
        return False
    return True


def delete(table: Table, campaign: Campaign) -> None:
    """Removes a draft. Raises CampaignChanged when it is no draft any more."""
    try:
        table.delete(keys.campaign(campaign.id), condition=Attr("state").eq(str(State.DRAFT)))
    except ConditionFailed as failed:
        raise CampaignChanged(campaign.id) from failed


def newest(table: Table, *, limit: int, start: Item | None, filter: Any = None) -> tuple[list[Campaign], Item | None]:  # noqa: A002
    """A page of all campaigns, the newest first."""
    page: Page = table.query("CAMPAIGNS", index="GSI1", forward=False, limit=limit, start=start, filter=filter)
    return [Campaign.model_validate(item) for item in page.items], page.next


def _item(campaign: Campaign) -> Item:
    key, index = keys.campaign(campaign.id), keys.campaigns_by_birth(campaign.created_at, campaign.id)
    return {"PK": key.pk, "SK": key.sk, "GSI1PK": index.pk, "GSI1SK": index.sk, **as_item(campaign)}


def rules_of(table: Table, subaccount_id: str) -> AccountRules:
    """What the subaccount demands of its campaigns."""
    item = table.get(keys.campaign_rules(subaccount_id)) or {}
    return AccountRules.model_validate({name: value for name, value in item.items() if name not in {"PK", "SK"}})


def put_rules(table: Table, subaccount_id: str, rules: AccountRules) -> None:
    """Replaces what the subaccount demands."""
    key = keys.campaign_rules(subaccount_id)
    table.put({"PK": key.pk, "SK": key.sk, **as_item(rules)})


# --- who is sending on a number ---


def note_sending(table: Table, campaign: Campaign) -> None:
    """The campaign takes its share of the number's speed, and no more than its own pace."""
    key, pace = keys.sending(campaign.channel_id, campaign.id), campaign.pace
    table.put({"PK": key.pk, "SK": key.sk, "pace": pace.model_dump() if pace else None})


def forget_sending(table: Table, channel_id: str, campaign_id: str) -> None:
    """The campaign needs its share no more."""
    table.delete(keys.sending(channel_id, campaign_id))


def sending_on(table: Table, channel_id: str) -> list[str]:
    """The ids of the campaigns that are sending on this channel."""
    return list(paces_on(table, channel_id))


def paces_on(table: Table, channel_id: str) -> dict[str, Pace | None]:
    """The campaigns that are sending on this channel, each with its own pace if it has one."""
    found = table.query_all(keys.sending(channel_id, "").pk)
    return {item["SK"]: Pace.model_validate(item["pace"]) if item.get("pace") else None for item in found}


# --- runs ---


def new_run(run: Run) -> Put:
    """The write that starts a run."""
    key = keys.run(run.id)
    return Put({"PK": key.pk, "SK": key.sk, **as_item(run)}, Attr("PK").not_exists())


def put_run(ledger: Table, run: Run) -> None:
    """Adds the run; one that is there already is left alone."""
    put = new_run(run)
    try:
        ledger.put(put.item, condition=put.condition)
    except ConditionFailed:
        return


def get_run(ledger: Table, run_id: str) -> Run:
    """The run. Raises CampaignMissing."""
    item = ledger.get(keys.run(run_id))
    if item is None:
        raise CampaignMissing(run_id)
    return Run.model_validate(item)


def advance(ledger: Table, run_id: str, condition: Any, **values: Any) -> Run | None:
    """Moves a checkpoint of the run on; None when it was not where the caller thought."""
    plain = {name: stamp(value) if hasattr(value, "astimezone") else value for name, value in values.items()}
    try:
        return Run.model_validate(ledger.update(Update(keys.run(run_id), set=plain, condition=condition)))
    except ConditionFailed:
        return None


def renumber(ledger: Table, run: Run) -> Run | None:
    """Gives the run's next wave and recount new numbers: those under way find theirs gone."""
    unchanged = Attr("wave").eq(run.wave) & Attr("recounts").eq(run.recounts)
    return advance(ledger, run.id, unchanged, wave=run.wave + 1, recounts=run.recounts + 1)


def counts(ledger: Table, run_id: str) -> dict[str, int]:
    """The live counters: recipients by state, and `reason:<code>`."""
    item = ledger.get(keys.run_counts(run_id)) or {}
    return {name: int(value) for name, value in item.items() if name not in {"PK", "SK", "updated_at"}}


def set_counts(ledger: Table, run_id: str, values: Mapping[str, int]) -> None:
    """Writes what is no sum beside the live counters, so that whoever adds to them reads it for nothing."""
    ledger.update(Update(keys.run_counts(run_id), set=dict(values)))


def add_minutes(ledger: Table, run_id: str, minutes: Mapping[str, Mapping[str, int]]) -> None:
    """Adds what happened to the minutes it happened in."""
    for minute, changes in minutes.items():
        ledger.update(Update(keys.run_minute(run_id, minute), add=dict(changes)))


def minutes(ledger: Table, run_id: str) -> Iterator[tuple[str, dict[str, int]]]:
    """(minute, what happened in it), in order."""
    for item in ledger.query_all(keys.run_minute(run_id, "").pk, prefix="MINUTE#"):
        yield (
            item["SK"].removeprefix("MINUTE#"),
            {name: int(n) for name, n in item.items() if name not in {"PK", "SK"}},
        )


def add_counts(ledger: Table, run_id: str, changes: Mapping[str, int]) -> dict[str, int]:
    """Adds to the live counters, once per batch, and answers them."""
    if not changes:
        return {}
    item = ledger.update(Update(keys.run_counts(run_id), add=dict(changes)))
    return {name: int(value) for name, value in item.items() if name not in {"PK", "SK", "updated_at"}}
