"""Which language a document is written in."""

from __future__ import annotations

from functools import cache
from typing import Any

_MIN_LETTERS = 40  # below this the guess is no better than chance
_SAMPLE = 4_000


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the text's language, or ``""`` when there is too little text to tell."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _MIN_LETTERS:
        return ""
    language, probability = _identifier().classify(sample)
    return str(language) if probability > 0.8 else ""
