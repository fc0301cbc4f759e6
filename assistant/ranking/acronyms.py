"""The acronyms that a page spells out, so that a line that uses one is found by the words it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from assistant.question.topic import text_terms
from index.keywords.stems import terms
from ingest.types import Document

_SHORT_AFTER = re.compile(r"\((?P<short>[A-Z][A-Za-z&]{1,9})\)")
_SHORT_BEFORE = re.compile(r"\b(?P<short>[A-Z]{2,8})(?:,| \(| [-–—:]) ?(?P<long>[A-Z][\w’'-]*(?: [\w’'&-]+){1,7})")
_JOINING = frozenset(("of", "the", "for", "and", "in", "on", "at", "to", "a", "an"))


@lru_cache(maxsize=512)
def acronyms_of(document: Document) -> Mapping[str, frozenset[str]]:
    """For each acronym that the page explains the stemmed words it stands for.

    Read from "Scholars at Risk (SAR)" and "UNICA, Universities in the Capitals of Europe": the letters must be the
    words' initials, in order, words such as "of" being passed over where need be.
    """
    found: dict[str, frozenset[str]] = {}
    for match in _SHORT_AFTER.finditer(document.text):
        words = re.findall(r"[\w’'&-]+", document.text[max(0, match.start() - 120) : match.start()].split("\n")[-1])
        if long := _spelled(match["short"], words):
            found.setdefault(match["short"], frozenset(terms(long, document.language)))
    for match in _SHORT_BEFORE.finditer(document.text):
        words = match["long"].split()
        for count in range(len(words), 1, -1):
            if _spelled(match["short"], words[:count]) == " ".join(words[:count]):
                found.setdefault(match["short"], frozenset(terms(" ".join(words[:count]), document.language)))
                break
    return found


def expand(text: str, document: Document) -> frozenset[str]:
    """The stemmed words of a text of the page, with what its acronyms stand for and the acronyms of what it says."""
    held = text_terms(text, document.language)
    more: set[str] = set()
    for short, long in acronyms_of(document).items():
        if long <= held:
            more |= text_terms(short, document.language)
        elif short in text and re.search(rf"\b{re.escape(short)}\b", text):
            more |= long
    return held | more


def _spelled(short: str, words: list[str]) -> str:
    """The last of the words whose initials spell the acronym, joined, or ``""``."""
    letters = [letter.lower() for letter in short if letter.isalpha()]
    index = len(words)
    for letter in reversed(letters):
        index -= 1
        while index >= 0 and words[index][0].lower() != letter and words[index].lower() in _JOINING:
            index -= 1
        if index < 0 or words[index][0].lower() != letter:
            return ""
    return " ".join(words[index:])
