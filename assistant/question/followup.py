"""A follow-up question → one that can be read by itself, with no language model."""

from __future__ import annotations

from collections.abc import Sequence

from index.conversation import leans


def standalone(question: str, history: Sequence[str]) -> str:
    """The question with the one it leans on put before it, or as it is where it stands by itself.

    The nearest earlier question that stands by itself is taken: "How long is a low risk LATO valid?", "moderate?" gives
    both in one line, which is enough for a reader of passages.
    """
    if not history or not leans(question):
        return question
    whole = next((earlier for earlier in reversed(history) if not leans(earlier)), history[0])
    return f"{whole} {question}"
