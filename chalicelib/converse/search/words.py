"""The words a text is found by. Pure."""

import re
import unicodedata

MOST_INDEXED = 40
"""Of one message: what its index costs at the most, one write unit each."""
_LONGEST = 40

# Scripts that write no spaces between words: Thai, Lao, Burmese, Khmer, kana, Chinese. There every two letters are a word.
_LETTERS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_UNSPACED = re.compile(f"[{_LETTERS}]+")
_WORD = re.compile(rf"(?:[^\W_]|[{_LETTERS}])+")  # their vowel signs are no letters to Python


def words_of(text: str) -> list[str]:
    """Each word once, in lower case, without accents' variants of writing; single Latin letters are no words.

    >>> words_of("Where's ORDER 12-345? order")
    ['where', 'order', '12', '345']
    >>> words_of("请问退款")
    ['请问', '问退', '退款']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for run in _WORD.findall(folded):
        found += _split(run)
    return list(dict.fromkeys(found))


def _split(run: str) -> list[str]:
    words, end = [], 0
    for unspaced in _UNSPACED.finditer(run):
        words += _whole(run[end : unspaced.start()]) + _pairs(unspaced[0])
        end = unspaced.end()
    return words + _whole(run[end:])


def _whole(word: str) -> list[str]:
    return [word[:_LONGEST]] if len(word) > 1 or word.isdecimal() else []


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
