"""Which language a document is written in."""

from __future__ import annotations

from functools import cache
from typing import Any

_MIN_LETTERS = 40  # below this the guess is no better than chance
# Characters read: the first are enough where they leave no doubt. So each of 289 pages got the same language as from
# 4,000, which take 5 ms to read, half of what parsing such a page does.
_SAMPLES = (1_000, 4_000)
_SURE, _LIKELY = 0.999, 0.8


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the text's language, or ``""`` when there is too little text to tell."""
    if sum(map(str.isalpha, text[: _SAMPLES[-1]])) < _MIN_LETTERS:
        return ""
    language, probability = "", 0.0
    for length in _SAMPLES:
        language, probability = _identifier().classify(text[:length])
        if probability > _SURE or len(text) <= length:
            break
    return str(language) if probability > _LIKELY else ""
