"""The message log: by number, by WhatsApp's id, by status and error, page by page."""

from app import app
from chalicelib.access.permissions import Role
from chalicelib.conversations import store
from chalicelib.conversations.model import Message, MessageStatus
from tests.integration.conversations.conftest import Scene
from tests.support.api import Caller

LOG = "/api/v1/message-log"
HERS = f"{LOG}?phone=%2B6591234567&channelId=ch1"


def _three(scene: Scene) -> list[Message]:
    written = []
    for number in range(3):
        scene.world.clock.advance(seconds=1)  # type: ignore[attr-defined]
        written.append(scene.submit(f"d{number}", f"text {number}"))
    failure = {"reason": "window", "text": "The window is closed.", "code": 131047}
    scene.world.table.transact([store.moved(written[1], MessageStatus.FAILED, failure=failure)])
    return written


def _api(scene: Scene) -> Caller:
    return Caller(app, scene.world).as_(Role.ADMINISTRATOR)


def test_the_messages_of_a_number_come_newest_first_page_by_page(scene: Scene) -> None:
    _three(scene)
    api, seen, token = _api(scene), [], ""
    while True:
        page = api.get(f"{HERS}&limit=2{token}").json
        seen += [each["preview"] for each in page["items"]]
        if page["next"] is None:
            break
        token = f"&next={page['next']}"
    assert seen == ["text 2", "text 1", "text 0"]


def test_failures_are_found_by_status_and_by_error(scene: Scene) -> None:
    written = _three(scene)
    for narrowed in ("status=failed", "code=131047"):
        [found] = _api(scene).get(f"{HERS}&{narrowed}").json["items"]
        assert (found["id"], found["code"], found["reason"]) == (written[1].id, 131047, "The window is closed.")


def test_a_time_narrows_the_log(scene: Scene) -> None:
    _three(scene)
    page = _api(scene).get(f"{HERS}&since=2026-11-22T12:00:02Z&until=2026-11-22T12:00:02.999Z").json
    assert [each["preview"] for each in page["items"]] == ["text 1"]


def test_a_message_is_found_by_whatsapps_id_and_not_by_who_may_not_enter(scene: Scene) -> None:
    message = _three(scene)[0]
    scene.world.table.transact([store.named(message, "wamid.x", scene.world.clock())])
    api = _api(scene)
    assert [each["id"] for each in api.get(f"{LOG}?wamid=wamid.x").json["items"]] == [message.id]
    assert api.as_(Role.ADMINISTRATOR, subaccounts=("other",)).get(f"{LOG}?wamid=wamid.x").json["items"] == []
    assert api.as_(Role.ADMINISTRATOR, subaccounts=("other",)).get(HERS).json["items"] == []


def test_a_question_about_nobody_is_refused(scene: Scene) -> None:
    answer = _api(scene).get(LOG)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "wamid")
    assert _api(scene).as_(Role.AGENT).get(LOG).status == 403
