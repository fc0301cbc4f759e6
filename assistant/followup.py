"""A follow-up question → one that can be read by itself, with no language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.scoring import content_terms

_LEANS = re.compile(
    r"^(?:and|but|so|also|or|what about|how about|what if|entä|och)\b|"
    r"\b(?:it|its|they|them|their|that|those|this|these|he|him|his|she|her|there|then|one|ones|same|else|"
    r"se|sen|sitä|ne|niiden|siellä|den|det|de|dem|deras)\b",
    re.IGNORECASE,
)
_SHORT = 2  # topic words below which a question cannot stand by itself


def leans(question: str) -> bool:
    """Whether a question needs the ones before it to be understood."""
    return _LEANS.search(question) is not None or len(content_terms(question, "en")) < _SHORT


def standalone(question: str, history: Sequence[str]) -> str:
    """The question with the one it leans on put before it, or as it is where it stands by itself.

    The nearest earlier question that stands by itself is taken: "How long is a low risk LATO valid?", "moderate?" gives
    both in one line, which is enough for a reader of passages.
    """
    if not history or not leans(question):
        return question
    whole = next((earlier for earlier in reversed(history) if not leans(earlier)), history[0])
    return f"{whole} {question}"
