"""A header's picture: a file of ours, or an address that WhatsApp fetches it from."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.campaigns import control, ledger, preflight, report, wording
from chalicelib.campaigns.ledger import RowEntry
from chalicelib.campaigns.rows import Tally, words
from chalicelib.campaigns.trouble import NotReady
from chalicelib.cloud import keys
from chalicelib.conversations.outbound import Declined
from chalicelib.egress import Glance, NoAnswer, NotAllowed
from chalicelib.media import store as files
from chalicelib.media.model import Media, MediaState
from chalicelib.media.problems import MediaUnknown
from chalicelib.problems import Invalid
from chalicelib.whatsapp.messages import Outbound
from tests.support.campaigns import START, Stage, agree, offer, people, refusal

PICTURE = "01M81J18G3000XN9KD5HYXYX1Z"
COMPONENTS = [
    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["h"]}},
    {"type": "BODY", "text": "Hi {{1}}, your voucher is {{2}}.", "example": {"body_text": [["Ann", "SAVE10"]]}},
]


def stage_with(state: MediaState = MediaState.READY, kind: str = "image") -> Stage:
    stage = Stage()
    stage.add_template(components=COMPONENTS)
    media = Media(
        id=PICTURE, state=state, source="upload", name="offer.png", mime_type="image/png", kind=kind,
        created_at=START, created_by="ann",
    )  # fmt: skip
    files.add(stage.table, media)  # type: ignore[arg-type]
    return stage


def parameters(message: Outbound) -> Any:
    return message.message.model_dump(mode="json", exclude_none=True)["template"]["components"][0]["parameters"]


def test_an_uploaded_file_goes_by_its_id() -> None:
    stage = stage_with()
    campaign = stage.launch(people(2), offer(**{"header.media": {"value": PICTURE}}))
    stage.pump()
    agree(stage, stage.campaign(campaign.id))
    assert parameters(stage.meta.accepted[0]) == [{"type": "image", "image": {"id": PICTURE}}]


def test_a_file_by_address_is_fetched_once_for_the_run_and_goes_by_its_id() -> None:
    stage = stage_with()
    asked: list[str] = []
    stage.web = lambda url: asked.append(url) or Glance(200, "OK", "image/png", 70_000, PNG)  # type: ignore[func-returns-value]
    stage.meta.answer = lambda message: refusal(131016) if message.to == "+6591000001" else None
    campaign = stage.draft(people(700), offer(**{"header.media": {"value": ADDRESS}}))
    asked.clear()
    control.launch(campaign, control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    stage.meta.answer = lambda message: None
    control.retry(stage.campaign(campaign.id), control.RetryRequest(), "ann", stage.desk)
    stage.pump()
    ids = {parameters(each)[0]["image"]["id"] for each in stage.meta.accepted}
    [(media_id, file)] = [(i["id"], i) for i in stage.table.items() if i.get("address")]
    assert (ids, len(stage.meta.accepted), file["address"]) == ({media_id}, 700, ADDRESS)
    assert asked == [ADDRESS, ADDRESS], "looked at by the launch, fetched once"


@pytest.mark.parametrize(
    ("value", "state", "kind", "says"),
    [
        ("01M81J18G3000XN9KD5HYXYX1A", MediaState.READY, "image", "no file"),
        (PICTURE, MediaState.CHECKING, "image", "checking"),
        (PICTURE, MediaState.REFUSED, "image", "refused"),
        (PICTURE, MediaState.READY, "video", "sent as video"),
        ("shop.example/offer.png", MediaState.READY, "image", "neither"),
    ],
)
def test_a_file_that_cannot_be_sent_is_told_when_the_message_is_set(
    value: str, state: MediaState, kind: str, says: str
) -> None:
    stage = stage_with(state, kind)
    with pytest.raises(NotReady) as refused:
        stage.draft(people(1), offer(**{"header.media": {"value": value}}))
    assert [error.field for error in refused.value.errors] == ["parameters.header.media.value"]
    assert says in refused.value.errors[0].message


def test_a_template_deleted_after_the_preview_stops_the_launch_with_nothing_sent() -> None:

    stage = Stage()
    campaign = stage.draft(people(3))
    assert wording.preview(campaign, 0, stage.desk).texts
    stage.table.delete(keys.template("200", "spring_offer", "en"))
    with pytest.raises(Invalid, match="spring_offer"):
        control.launch(campaign, control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    assert stage.meta.accepted == []
    assert stage.campaign(campaign.id).state == "draft"


ADDRESS = "https://shop.example/offer.png"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 500


def nobody(url: str) -> Glance:
    raise NoAnswer("shop.example does not answer (NewConnectionError).", transient=True)


def inside(url: str) -> Glance:
    raise NotAllowed("169.254.169.254")


@pytest.mark.parametrize(
    ("web", "says"),
    [
        (lambda _: Glance(404, "Not Found", "text/html", 9, b"<html>no"), "it answers 404 Not Found"),
        (lambda _: Glance(200, "OK", "image/png", 100_000_000, PNG), "has 100 MB; WhatsApp takes at most 5 MB"),
        (lambda _: Glance(200, "OK", "image/png", 900, b"%PDF-1.7 ..."), "application/pdf cannot be sent as image"),
        (lambda _: Glance(200, "OK", "image/png", 0, b""), "no image that WhatsApp takes"),
        (nobody, "does not answer"),
        (inside, "not an address that may be called from here"),
    ],
)
def test_an_address_without_a_fit_file_is_told_when_it_is_set_and_again_at_the_launch(web: Any, says: str) -> None:
    stage = stage_with()
    good = stage.draft(people(2), offer(**{"header.media": {"value": ADDRESS}}))
    stage.web = web
    with pytest.raises(NotReady) as refused:
        wording.set_message(good, offer(**{"header.media": {"value": ADDRESS}}), stage.desk)
    assert [error.field for error in refused.value.errors] == ["parameters.header.media.value"]
    assert says in refused.value.errors[0].message
    for step in (
        lambda: preflight.start(good, stage.desk),
        lambda: control.launch(good, control.LaunchRequest(), "ann", stage.desk),
    ):
        with pytest.raises(NotReady) as stopped:
            step()
        assert [error.field for error in stopped.value.errors] == ["message.parameters.header.media.value"]
    stage.pump()
    assert stage.meta.accepted == []
    assert (stage.campaign(good.id).state, stage.campaign(good.id).run_id) == ("draft", "")


def test_a_scheduled_campaign_whose_picture_has_gone_asks_instead_of_sending() -> None:
    stage = stage_with()
    campaign = stage.draft(people(2), offer(**{"header.media": {"value": ADDRESS}}))
    at = START + timedelta(hours=1)
    planned = control.launch(campaign, control.LaunchRequest(at=at), "ann", stage.desk)
    assert planned.schedule
    stage.web = lambda _: Glance(404, "Not Found", "", 0, b"")
    stage.clock.at_least(at)
    assert control.fire(campaign.id, planned.schedule.token, stage.desk) == "draft"
    assert "404" in stage.campaign(campaign.id).state_reason
    stage.pump()
    assert stage.meta.accepted == []


def test_a_document_keeps_its_name_although_it_goes_by_its_id() -> None:
    stage = stage_with(kind="document")
    header = {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["h"]}}
    stage.add_template(components=[header, COMPONENTS[1]])
    stage.web = lambda url: Glance(200, "OK", "application/pdf", 70_000, b"%PDF-1.7")
    for value in (PICTURE, "https://shop.example/files/Price%20list.pdf?v=2"):
        stage.launch(people(1), offer(**{"header.media": {"value": value}}))
        stage.pump()
    assert [parameters(each)[0]["document"]["filename"] for each in stage.meta.accepted] == [
        "offer.png",
        "Price list.pdf",
    ]


@pytest.mark.parametrize(
    ("later", "says"),
    [
        (lambda _: Glance(404, "Not Found", "text/html", 9, b""), "it answers 404 Not Found"),
        (lambda _: Glance(200, "OK", "video/mp4", 9, b""), "it is sent as video, the template needs: image"),
    ],
)
def test_a_file_that_goes_between_the_launch_and_the_run_fails_it_with_a_word_and_nobody_gets_anything(
    later: Any, says: str
) -> None:
    stage = stage_with()
    campaign = stage.launch(people(5), offer(**{"header.media": {"value": ADDRESS}}))
    stage.web = later
    stage.pump()
    failed = stage.campaign(campaign.id)
    assert (failed.state, failed.state_reason) == ("failed", f"The file at {ADDRESS} cannot be sent: {says}.")
    assert stage.meta.accepted == []
    stage.web = Stage().web
    control.launch(failed, control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    assert len(stage.meta.accepted) == 5


def test_a_file_that_never_comes_fails_the_run_after_half_an_hour() -> None:
    stage = stage_with()
    stage.fetch = lambda media_id: None  # type: ignore[method-assign]
    campaign = stage.launch(people(5), offer(**{"header.media": {"value": ADDRESS}}))
    stage.pump()
    failed = stage.campaign(campaign.id)
    assert (failed.state, failed.state_reason[-41:]) == ("failed", "sent: it was not fetched in half an hour.")
    assert timedelta(minutes=30) < stage.clock() - START < timedelta(minutes=32)


def gone(stage: Stage, when: int) -> Any:
    """The way out after `when` messages, once somebody has deleted the file."""

    def with_files(channel: Any, message: Any) -> Any:
        if len(stage.meta.accepted) >= when:
            raise MediaUnknown(PICTURE)
        return message

    return replace(stage.gate, with_files=with_files)


def test_a_file_deleted_in_the_middle_of_a_run_pauses_it_and_fails_nobody() -> None:
    stage = stage_with()
    stage.threads = 1
    whole = stage.gate
    campaign = stage.launch(people(300), offer(**{"header.media": {"value": PICTURE}}))
    stage.gate = gone(stage, 60)
    stage.pump()
    paused = stage.campaign(campaign.id)
    assert (paused.state, paused.state_reason) == ("paused", "media: There is no file with this id.")
    assert (stage.states(paused.run_id)["failed"], stage.states(paused.run_id)["queued"]) == (0, 240)
    stage.gate = whole
    control.resume(paused, stage.desk)
    stage.pump()
    assert stage.states(paused.run_id) == {"read": 300}


def test_a_file_out_of_a_column_that_is_gone_fails_its_own_recipient_in_plain_words() -> None:
    stage = stage_with()
    stage.gate = gone(stage, 2)
    csv = "Mobile,FirstName,Picture\n" + "".join(f"+659100000{n},A,{PICTURE}\n" for n in range(3))
    campaign = stage.launch(csv, offer(**{"header.media": {"field": "Picture"}}))
    stage.threads = 1
    stage.pump()
    done = stage.campaign(campaign.id)
    [failed] = report.report(done, None, stage.desk).failed
    assert (done.state, failed.reason, failed.count, failed.explanation) == (
        "completed", "media", 1, "The file of this message is gone, or WhatsApp does not take it.",
    )  # fmt: skip


def test_every_reason_why_the_way_out_declines_a_message_has_plain_words() -> None:
    source = Path("chalicelib/conversations/outbound.py").read_text()
    reasons = set(re.findall(r'Declined\("(\w+)"', source))
    kept = {"opted_out", "window_closed", "ownership_lost", "number_stopped", "unreachable", "media", "not_carried"}
    assert reasons == kept
    for reason in reasons - {"number_stopped"}:
        stage = Stage()
        item = ledger.new_row("R", 0, line=1, to="+6591000000", country="SG", reason="", client_id="", at=START)
        stage.ledger.put(item)
        entry = RowEntry(stage.ledger, "R", item, Tally())  # type: ignore[arg-type]
        entry.record(None, Declined(reason, ""), START)
        assert words(str(entry.item["reason"])) != str(entry.item["reason"]), reason
