from pathlib import Path

import pytest

from infra.local.simulator.embed import Running

from .conftest import TOKEN, control, run_node

NUMBER = "106540352242922"
TO = "+6591234567"


def _run(script: str, simulator: Running, folder: Path, picture: Path):  # type: ignore[no-untyped-def]
    control(simulator, "POST", "/customers/6591234567/messages", {
        "phone_number_id": NUMBER, "type": "text", "text": {"body": "hi"},
    })  # fmt: skip
    return run_node(folder, script, simulator.url, TOKEN, NUMBER, TO, str(picture))


@pytest.mark.parametrize("script", ["kapso.mjs", "cloudapi.mjs"])
def test_a_foreign_client_sends_a_text_a_template_and_an_image(
    script: str, simulator: Running, node_clients: Path, picture: Path
) -> None:
    answers = _run(script, simulator, node_clients, picture)

    accepted = control(simulator, "GET", "/messages?wa_id=6591234567")["messages"]
    assert [m["type"] for m in accepted] == ["text", "template", "image"]
    assert [m["wamid"] for m in accepted] == [answers[k]["messages"][0]["id"] for k in ("text", "template", "image")]
    assert accepted[1]["shown"]["body"].startswith("Hi Ana, your order *")


def test_kapso_reads_media_and_errors(simulator: Running, node_clients: Path, picture: Path) -> None:
    answers = _run("kapso.mjs", simulator, node_clients, picture)

    assert answers["described"]["mimeType" if "mimeType" in answers["described"] else "mime_type"] == "image/png"
    assert answers["refused"]["code"] == 100
    assert "at most 4096 characters" in answers["refused"]["message"]


def test_cloudapi_passes_callback_data_and_reads_errors(simulator: Running, node_clients: Path, picture: Path) -> None:
    answers = _run("cloudapi.mjs", simulator, node_clients, picture)

    accepted = control(simulator, "GET", "/messages")["messages"]
    assert accepted[0]["biz_opaque_callback_data"] == "mine"
    assert '"error_subcode":33' in answers["refused"]["message"]
