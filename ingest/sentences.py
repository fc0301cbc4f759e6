"""Where sentences begin and end in a stretch of text."""

from __future__ import annotations

import re
from functools import lru_cache

# Abbreviations that a capital may follow inside a sentence.
_ABBREVIATIONS = frozenset(
    [
        "mr", "mrs", "ms", "dr", "prof", "st", "mt", "jr", "sr", "vs", "etc", "e.g", "i.e", "eg", "ie", "cf",
        "al", "no", "nos", "fig", "figs", "vol", "pp", "p", "ed", "eds", "approx", "dept", "inc", "ltd", "co",
        "corp", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon",
        "tue", "wed", "thu", "fri", "sat", "sun", "u.s", "u.k", "u.n", "a.m", "p.m", "ph.d", "m.sc", "b.sc",
        "p.r", "esim", "ym", "ks", "mm", "n", "tri", "t.ex", "bl.a", "dvs", "excl", "incl",
    ]
)  # fmt: skip
# Abbreviations that a figure may follow inside a sentence.
_BEFORE_FIGURES = frozenset(
    [
        "ext", "max", "min", "ca", "nr", "art", "sec", "ch", "para", "tel", "fax", "mob", "puh", "gsm", "kl", "klo",
        "alk", "s", "os", "kap",
    ]
)  # fmt: skip
_END = re.compile(r"(?:[.!?…]+|[。！？])[\"'”’»)\]]*(?=\s|$|[\u3040-\u30ff\u4e00-\u9fff])")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LEADER = 4  # dots
_OPENER = re.compile(r"[\"'“‘«(\[¿¡]*")


@lru_cache(maxsize=16_384)
def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Character spans of the text's sentences, white space left out. A text without an end mark is one sentence."""
    spans: list[tuple[int, int]] = []
    start = 0
    for mark in _END.finditer(text):
        if _ends_sentence(text, mark.start(), mark.end()):
            _append(spans, text, start, mark.end())
            start = mark.end()
    _append(spans, text, start, len(text))
    return tuple(spans)


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    stretch = text[start:end]
    stripped = stretch.strip()
    if stripped:
        begin = start + len(stretch) - len(stretch.lstrip())
        spans.append((begin, begin + len(stripped)))


def _ends_sentence(text: str, mark: int, after: int) -> bool:
    rest = text[after:].lstrip()
    if not rest:
        return True
    if text[mark] in "。！？":
        return True
    opener = _OPENER.match(rest)
    first = rest[opener.end() if opener else 0 :][:1]
    if first.islower():
        return False
    if after - mark > _LEADER:  # what leads the eye from a name to its figure
        return False
    if text[mark] != "." or (after - mark > 1 and text[mark + 1] == "."):
        return True
    word = text[:mark].rsplit(None, 1)[-1].lstrip("\"'“‘«([") if text[:mark].strip() else ""
    if word.lower() in _ABBREVIATIONS:
        # "at 5 p.m. The office" ends; "no. 5", "Dr. Smith" and "Jan. 3" do not.
        return word.lower() in ("a.m", "p.m", "etc") and first.isupper()
    if word.lower() in _BEFORE_FIGURES and (first.isdigit() or first in "+(€$£"):
        return False
    if _INITIALS.fullmatch(word) and word.isupper():
        return False  # "J. Smith", "J.K. Rowling"
    return not (word.isdigit() and len(word) <= 2 and first.isdigit())
