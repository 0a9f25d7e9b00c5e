import json

import pytest

from chalicelib.whatsapp.body import decode


@pytest.mark.parametrize(
    "text", ["plain", "whole \U0001f600 and \U0001f468\u200d\U0001f469", "\\ud83d spelled out", "ä\n\x00"]
)
def test_whole_characters_stay_as_they_are(text):
    for escaped in (True, False):
        assert decode(json.dumps({"a": text}, ensure_ascii=escaped).encode()) == {"a": text}


@pytest.mark.parametrize(
    ("cut", "shown"),
    [
        ("x\ud83d", "x\ufffd"),
        ("\ude00x", "\ufffdx"),
        ("\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
    ],
)
def test_half_an_emoji_becomes_a_replacement_character(cut, shown):
    found = decode(json.dumps({"a": cut, "b": ["\U0001f600"]}))
    assert found == {"a": shown, "b": ["\U0001f600"]}
    json.dumps(found, ensure_ascii=False).encode()


@pytest.mark.parametrize("body", ["", "{", b"\xff", "[" * 100_000])
def test_a_body_that_is_not_json_is_a_value_error(body):
    with pytest.raises(ValueError):  # noqa: PT011 - json's own texts
        decode(body)
