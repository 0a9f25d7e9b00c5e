"""What campaigns tell: that they have gone to another state, and what became of each recipient's message."""

from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.ledger import new_row
from chalicelib.campaigns.model import Campaign, Run, State, callback
from chalicelib.campaigns.rows import RowState, StatusUpdate
from chalicelib.events.model import Event
from chalicelib.webhooks.collecting import collect
from chalicelib.webhooks.recipients import collect_statuses
from tests.integration.webhooks.conftest import Studio


def a_campaign(studio: Studio) -> Campaign:
    now = studio.clock()
    campaign = Campaign(
        id="c1", subaccount_id="acme", channel_id="ch1", name="Spring", state=State.SENDING, created_at=now,
        created_by="u1", updated_at=now, run_id="r1", runs=("r1",),
    )  # fmt: skip
    campaigns.create(studio.world.table, campaign)
    campaigns.put_run(studio.world.ledger, Run(id="r1", campaign_id="c1", number=1, created_at=now))
    row = new_row("r1", 7, line=8, to="+6591234500", country="SG", reason="", client_id="crm-7", at=now)
    studio.world.ledger.put(row)
    return campaign


def status(studio: Studio, state: RowState, code: int | None = None) -> StatusUpdate:
    studio.clock.advance(seconds=1)
    return StatusUpdate(
        callback=f"{callback('r1', 7)}:attempt", wamid="wamid.out", status=state, at=studio.clock(), code=code
    )


def test_a_campaign_that_completes_says_so_once(studio: Studio) -> None:
    studio.listens(events=["campaign.completed"])
    campaign = a_campaign(studio)
    studio.work()
    campaigns.move(studio.world.table, campaign.id, State.PAUSED, [State.SENDING], "r1", "a person")
    studio.work()
    campaigns.move(studio.world.table, campaign.id, State.SENDING, [State.PAUSED], "r1")
    studio.work()
    campaigns.move(studio.world.table, campaign.id, State.COMPLETED, [State.SENDING], "r1")
    studio.work()
    studio.work()
    [told] = studio.receiver.taken
    assert (told["type"], told["subaccountId"]) == ("campaign.completed", "acme")
    assert told["data"]["campaign"] == {"id": "c1", "name": "Spring", "channelId": "ch1"}
    assert (told["data"]["stateBefore"], told["data"]["state"]) == ("sending", "completed")


def test_a_recipients_statuses_come_in_order_with_campaign_and_address(studio: Studio) -> None:
    studio.listens(events=["message.*"])
    a_campaign(studio)
    sent, read = status(studio, RowState.SENT), status(studio, RowState.READ)
    collect_statuses(studio.world, [sent, read])
    collect_statuses(studio.world, [sent])
    studio.deliver()
    collect_statuses(studio.world, [read])
    studio.deliver()
    assert [body["data"]["status"] for body in studio.receiver.taken] == ["sent", "read"]
    told = studio.receiver.taken[0]["data"]
    assert told["recipient"] == {"phone": "+6591234500", "clientId": "crm-7"}
    assert told["campaign"] == {"id": "c1", "name": "Spring"}


def test_a_receipt_in_the_compatible_format_has_their_states_and_codes(studio: Studio) -> None:
    studio.listens(format="8x8", events=["message.status"])
    a_campaign(studio)
    collect_statuses(studio.world, [status(studio, RowState.FAILED, 131047)])
    studio.deliver()
    [told] = studio.receiver.taken
    assert (told["version"], told["eventType"]) == (9, "outbound_message_status_changed")
    payload = told["payload"]
    assert (payload["batchId"], payload["clientMessageId"], payload["subAccountId"]) == ("c1", "crm-7", "acme")
    assert payload["user"] == {"msisdn": "+6591234500", "channelUserId": "6591234500"}
    assert (payload["status"]["state"], payload["status"]["errorCode"]) == ("undelivered", 1022)
    assert payload["whatsapp"] == {"providerErrorCode": 131047}


def test_where_nobody_listens_a_status_costs_one_read_and_no_write(studio: Studio) -> None:
    studio.listens(events=["ticket.*"])
    a_campaign(studio)
    before = studio.world.table.client.scan(TableName="main")["Count"]
    collect_statuses(studio.world, [status(studio, RowState.SENT)])
    assert studio.world.table.client.scan(TableName="main")["Count"] == before


def test_a_hint_for_those_who_look_on_is_told_to_nobody(studio: Studio) -> None:
    studio.listens(events=["campaign.*"])
    hint = Event(id="r1.1", type="campaign.progress", at=studio.clock(), topic="campaign", subject="c1", data={})
    collect(studio.world, [hint])
    studio.deliver()
    assert studio.receiver.taken == []
