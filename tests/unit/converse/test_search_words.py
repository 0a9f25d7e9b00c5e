"""The words a text is found by."""

import pytest

from chalicelib.converse.search.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where is my REFUND? my refund!", ["where", "is", "my", "refund"]),
        ("Order #A-1042 & 7", ["order", "1042", "7"]),
        ("Ｆｕｌｌ width", ["full", "width"]),
        ("Straße", ["strasse"]),
        ("退款 please", ["退款", "please"]),
        ("我要退款", ["我要", "要退", "退款"]),
        ("ขอคืนเงิน", ["ขอ", "อค", "คื", "ืน", "นเ", "เง", "งิ", "ิน"]),
        ("  ... ", []),
        ("x" * 100, ["x" * 40]),
    ],
)
def test_a_text_is_found_by_its_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words
