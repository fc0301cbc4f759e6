"""Headings that somebody made by hand in a word processor: short lines, all of them bold."""

from __future__ import annotations

BOLD_LEVEL = 10
"""The level of such a heading, below every one that is a heading by its style."""

_MAX_LENGTH = 80  # characters; longer bold text is stressed, no heading


def may_be_heading(text: str) -> bool:
    """Whether a line that is all bold is a heading, and no stressed sentence."""
    return len(text) <= _MAX_LENGTH and text[-1] not in ".:;,!…" and any(map(str.isalpha, text))
