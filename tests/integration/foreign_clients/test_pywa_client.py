from pathlib import Path

import httpx
import pytest
from pywa import WhatsApp
from pywa.errors import InvalidParameter, TemplateParamCountMismatch
from pywa.types import Button
from pywa.types.others import Contact
from pywa.types.templates import BodyText, TemplateLanguage, URLButton

from infra.local.simulator.embed import Running

from .conftest import TOKEN, control

NUMBER = "106540352242922"
TO = "+6591234567"


class OtherHost(httpx.HTTPTransport):
    """pywa's host is fixed in its code: this sends its requests to ours, and changes nothing else."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base = httpx.URL(base_url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "graph.facebook.com":
            request.url = request.url.copy_with(scheme=self._base.scheme, host=self._base.host, port=self._base.port)
        return super().handle_request(request)


@pytest.fixture
def wa(simulator: Running) -> WhatsApp:
    control(simulator, "POST", "/customers/6591234567/messages", {
        "phone_number_id": NUMBER, "type": "text", "text": {"body": "hi"},
    })  # fmt: skip
    session = httpx.Client(transport=OtherHost(simulator.url))
    return WhatsApp(phone_id=NUMBER, token=TOKEN, session=session, waba_id="102290129340398", app_id="670843887433847")


def _accepted(simulator: Running) -> list[str]:
    return [message["type"] for message in control(simulator, "GET", "/messages")["messages"]]


def test_pywa_sends_a_text_a_template_and_a_media_message(wa: WhatsApp, simulator: Running, picture: Path) -> None:
    sent = wa.send_message(TO, "Hello from pywa", tracker="mine")
    wa.send_template(
        TO,
        "order_update",
        TemplateLanguage.ENGLISH_US,
        [BodyText.params("Ana", "P-1"), URLButton.params(url_variable="P-1", index=0)],
    )
    wa.send_image(TO, picture, caption="pywa")

    assert _accepted(simulator) == ["text", "template", "image"]
    first = control(simulator, "GET", "/messages")["messages"][0]
    assert (first["wamid"], first["biz_opaque_callback_data"]) == (sent.id, "mine")


def test_pywa_sends_every_other_type(wa: WhatsApp, simulator: Running, picture: Path) -> None:
    buttons = [Button("Yes", "y"), Button("No", "n")]
    text = wa.send_message(TO, "choose", header="Head", footer="foot", buttons=buttons)
    wa.send_location(TO, 1.29, 103.85, "Office", "1 Raffles Place")
    wa.send_contact(
        TO, Contact(name=Contact.Name(formatted_name="Ana Hansen"), phones=[Contact.Phone(phone="+6591234567")])
    )
    wa.send_reaction(TO, "👍", text.id)
    wa.send_audio(TO, b"OggS", mime_type="audio/ogg", is_voice=True)
    wa.send_document(TO, b"%PDF-1.4", filename="a.pdf", mime_type="application/pdf")
    wa.send_sticker(TO, b"RIFF", mime_type="image/webp")
    wa.send_video(TO, b"mp4", mime_type="video/mp4")
    assert _accepted(simulator) == [
        "interactive", "location", "contacts", "reaction", "audio", "document", "sticker", "video",
    ]  # fmt: skip


def test_pywa_raises_its_own_error_for_each_of_metas(wa: WhatsApp) -> None:
    with pytest.raises(TemplateParamCountMismatch) as caught:
        wa.send_template(TO, "order_update", TemplateLanguage.ENGLISH_US, [BodyText.params("only one")])
    assert "number of localizable_params (1) does not match the expected number of params (2)" in str(
        caught.value.details
    )
    with pytest.raises(InvalidParameter):
        wa.send_message(TO, "x", buttons=[Button("same", "1"), Button("same", "2")])


def test_pywa_marks_as_read_and_types(wa: WhatsApp, simulator: Running) -> None:
    wamid = control(simulator, "POST", "/customers/6591234567/messages", {
        "phone_number_id": NUMBER, "type": "text", "text": {"body": "again"},
    })["wamid"]  # fmt: skip
    assert wa.mark_message_as_read(wamid).success
    assert wa.indicate_typing(wamid).success


def test_pywa_reads_media_templates_numbers_and_account(wa: WhatsApp, picture: Path) -> None:
    media = wa.upload_media(picture, mime_type="image/png")
    assert wa.get_media_bytes(wa.get_media_url(media.id).url) == picture.read_bytes()
    assert wa.delete_media(media.id).success
    assert {template.name for template in wa.get_templates()} >= {"hello_world", "spring_sale", "login_code"}
    assert wa.get_business_phone_number().throughput["level"] == "STANDARD"
    assert [number.id for number in wa.get_business_phone_numbers()] == [NUMBER, "106540352242923"]


def test_pywa_blocks_and_unblocks(wa: WhatsApp) -> None:
    assert [user.input for user in wa.block_users([TO]).added_users] == [TO]
    assert [user.wa_id for user in wa.get_blocked_users()] == ["6591234567"]
    assert [user.input for user in wa.unblock_users([TO]).removed_users] == [TO]
