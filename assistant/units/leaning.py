"""Sentences that say little by themselves: which of their neighbours are quoted with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.units.negation import takes_back

_POINTS_BACK = re.compile(
    r"(?:It|Its|They|Their|He|His|She|Her|These|Those|This|That|Such|Se|Sen|Ne|Niiden|Hän|Tämä|Nämä|"
    r"Denna|Detta|Dessa|Han|Hon) (?!end\b)|(?:However|Otherwise|In (?:that|this|these|such) cases?)\b"
)
_REPLIES = re.compile(r"(?:Yes|No|Not|Kyllä|Joo|Ei|Eivät|Emme|Ja|Jo|Nej|Inte)\b")
_BARE_REPLY = re.compile(r"(?:Yes|No|Kyllä|Joo|Ei|Ja|Jo|Nej)(?:,[^.!]{1,20})?[.!]")
_MOST_CARRIED = 3  # sentences before one that leans on them, each of which leans itself


def leans(before: str, sentence: str) -> bool:
    """Whether a sentence says little without the one before it: "It is valid for a year.", "Yes." below a question."""
    if _POINTS_BACK.match(sentence) or _BARE_REPLY.fullmatch(before):
        return True
    return before.endswith("?") and bool(_REPLIES.match(sentence))


def quoted_with(text: str, spans: Sequence[tuple[int, int]], index: int, start: int) -> tuple[int, int]:
    """The first and last of a paragraph's sentences (``spans`` of the text) that one of them is quoted with.

    None that begins before ``start`` is.
    """
    said = [text[begin:stop] for begin, stop in spans]
    first = index
    while (
        first > max(0, index - _MOST_CARRIED) and spans[first - 1][0] >= start and leans(*said[first - 1 : first + 1])
    ):
        first -= 1
    # "However, this does not apply to …" takes back what stands alone before it; "Yes." is explained by what follows.
    goes_on = index + 1 < len(spans) and (takes_back(said[index + 1]) or _BARE_REPLY.fullmatch(said[index]))
    return first, index + bool(goes_on)
