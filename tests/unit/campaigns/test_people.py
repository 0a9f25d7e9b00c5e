"""Recipients out of the contacts and their groups."""

import pytest

from chalicelib.campaigns import audience, control, drafts, preflight, wording
from chalicelib.campaigns.audience import PickedRecipients
from chalicelib.campaigns.model import Campaign, RecipientsState, State
from chalicelib.contacts import groups, identity
from chalicelib.contacts.changes import change
from chalicelib.contacts.model import Contact, Identities
from chalicelib.problems import Invalid
from chalicelib.segments import store as segments
from chalicelib.segments.model import Filter, Segment
from tests.support.campaigns import START, Stage, agree, offer


def person(stage: Stage, phone: str | None = None, bsuid: str | None = None, **values: object) -> Contact:
    found = identity.resolve(stage.table, Identities(phone=phone, bsuid=bsuid), now=START, new_id=stage.new_id)
    after = found.model_copy(update=values)
    stage.table.transact(change(found, after, now=START))
    return after


def group(stage: Stage, name: str, *members: Contact) -> str:
    made = groups.create(stage.table, name, "", is_blacklist=False, now=START, new_id=stage.new_id())
    groups.change_members(stage.table, made.id, [each.id for each in members], joins=True, now=START)
    return made.id


def draft(stage: Stage) -> Campaign:
    return drafts.create(drafts.Draft(channel_id="main", name="Spring"), "ann", stage.desk, enter=lambda _: None)


def test_contacts_and_groups_are_read_like_a_file_each_person_once() -> None:
    stage = Stage()
    ann = person(stage, "+6591000001", first_name="Ann", attributes={"Size": 42})
    bo, cy = person(stage, "+6591000002", first_name="Bo"), person(stage, bsuid="SG.abc123")
    lost = person(stage, "+6591000003")
    friends = group(stage, "Friends", ann, bo, cy)
    campaign = draft(stage)
    picked = PickedRecipients(contact_ids=[ann.id, lost.id], group_ids=[friends], attributes=["Size"])
    audience.pick(campaign, picked, stage.desk)
    stage.pump()
    read = stage.campaign(campaign.id)
    assert read.recipients
    assert read.recipients.state is RecipientsState.READY
    assert read.recipients.summary
    assert (read.recipients.summary.total, read.recipients.summary.valid, read.recipients.summary.duplicates) == (
        5,
        4,
        1,
    )
    assert read.recipients.fields == ("FirstName", "LastName", "ProfileName", "ExternalId", "Size")
    ready = wording.set_message(read, offer(**{"body.2": {"field": "Size", "default": "one"}}), stage.desk)
    assert wording.preview(ready, 0, stage.desk).texts == {"body": "Hi Ann, your voucher is 42."}
    assert preflight.start(ready, stage.desk).eligible == 4
    control.launch(stage.campaign(campaign.id), control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    agree(stage, stage.campaign(campaign.id))
    assert {m.to or m.recipient for m in stage.meta.accepted} == {
        "+6591000001",
        "+6591000002",
        "+6591000003",
        "SG.abc123",
    }


def test_a_group_in_use_cannot_be_deleted_until_the_campaign_has_ended() -> None:
    stage = Stage()
    friends = group(stage, "Friends", person(stage, "+6591000001", first_name="Ann"))
    campaign = draft(stage)
    audience.pick(campaign, PickedRecipients(group_ids=[friends]), stage.desk)
    stage.pump()
    with pytest.raises(groups.GroupInUse):
        groups.require_unused(stage.table, friends)
    wording.set_message(stage.campaign(campaign.id), offer(), stage.desk)
    control.launch(stage.campaign(campaign.id), control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    assert stage.campaign(campaign.id).state is State.COMPLETED
    groups.require_unused(stage.table, friends)


def test_whoever_fits_a_segment_is_a_recipient() -> None:
    stage = Stage()
    person(stage, "+6591000001", first_name="Ann", country="SG", tags=frozenset({"vip"}))
    person(stage, "+6591000002", first_name="Bo", country="SG")
    wanted = Filter(tags=("vip",))
    segments.put(stage.table, Segment(id="s1", name="VIPs", filter=wanted, created_at=START, created_by="ann"))
    campaign = draft(stage)
    audience.pick(campaign, PickedRecipients(segment_ids=["s1"]), stage.desk)
    stage.pump()
    recipients = stage.campaign(campaign.id).recipients
    assert recipients
    assert recipients.summary
    assert (recipients.summary.total, recipients.summary.destinations) == (1, {"SG": 1})


def test_other_recipients_let_the_groups_go() -> None:
    stage = Stage()
    one, other = (group(stage, f"Group {n}", person(stage, f"+6591000{n}")) for n in (177, 178))
    campaign = draft(stage)
    audience.pick(campaign, PickedRecipients(group_ids=[one]), stage.desk)
    audience.pick(stage.campaign(campaign.id), PickedRecipients(group_ids=[other]), stage.desk)
    groups.require_unused(stage.table, one)
    with pytest.raises(groups.GroupInUse):
        groups.require_unused(stage.table, other)


@pytest.mark.parametrize(
    ("picked", "field"),
    [
        ({}, "groupIds"),
        ({"group_ids": ["404"]}, "groupIds.0"),
        ({"segment_ids": ["404"]}, "segmentIds.0"),
        ({"group_ids": ["77"], "attributes": ["Mobile"]}, "attributes.0"),
        ({"group_ids": ["77"], "attributes": ["Size", "4 you"]}, "attributes.1"),
    ],
)
def test_what_cannot_be_chosen_is_named(picked: dict[str, list[str]], field: str) -> None:
    stage = Stage()
    with pytest.raises(Invalid) as refused:
        audience.pick(draft(stage), PickedRecipients.model_validate(picked), stage.desk)
    assert refused.value.errors[0].field == field
