"""The clauses of a sentence: where each begins, its verb, and what it obliges or allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.checker.lexicon import EXCEPT, MODALS, NEGATORS, ONLY, SIDED
from assistant.checker.phrases import Piece

_SPLIT = re.compile(
    r"(?P<mark>[;:—()|\n]|(?<!\d),(?!\d)|,(?= )| [–-] )|"
    r"\b(?P<word>and|but|or|while|whereas|because|although|though|so|if|unless|when|once|who|which|whose|whom|where|until|before|after|"
    r"that|except|without)\b",
    re.IGNORECASE,
)


_ALWAYS_SPLIT = frozenset(
    [
        "but",
        "while",
        "whereas",
        "because",
        "although",
        "though",
        "if",
        "unless",
        "when",
        "who",
        "which",
        "whose",
        "whom",
        "so",
        "except",
    ]
)


AUXILIARIES = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "may",
        "can",
        "could",
        "might",
        "must",
        "shall",
        "should",
        "get",
        "gets",
        "got",
    ]
)


_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "get", "gets", "got"])


_PRONOUNS = frozenset(
    [
        "it",
        "they",
        "he",
        "she",
        "this",
        "these",
        "those",
        "that",
        "who",
        "which",
        "whose",
        "whom",
        "its",
        "their",
        "we",
        "you",
        "i",
        "one",
    ]
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence with one verb. ``verb`` is the place of its verb if it can be told, ``passive`` its voice.

    ``opener`` is the word that joins it to the one before; ``marks`` are "only" and "except" where they are said;
    ``modals`` are "must", "may" and "should", each with whether it is denied.
    """

    opener: str
    marks: frozenset[str]
    modals: frozenset[tuple[str, bool]]
    verb: int | None
    passive: bool
    pronoun: bool
    text: str


def find_clauses(text: str) -> list[tuple[int, int, str]]:
    """Start, end and opening word of each clause."""
    cuts: list[tuple[int, str]] = [(0, "")]
    for match in _SPLIT.finditer(text):
        word = (match["word"] or "").lower()
        if match["mark"]:
            cuts.append((match.end(), cuts[-1][1] if match["mark"] == "," else match["mark"]))
        elif word in _ALWAYS_SPLIT or _verb_follows(text[match.end() :]):
            cuts.append((match.start(), word))
    merged: list[tuple[int, str]] = []
    for start, opener in cuts:
        if merged and not text[merged[-1][0] : start].strip(" ,;"):
            merged[-1] = (start, opener or merged[-1][1])
        else:
            merged.append((start, opener))
    ends = [start for start, _ in merged[1:]] + [len(text) + 1]
    return [(start, end, opener) for (start, opener), end in zip(merged, ends, strict=True)]


def _verb_follows(rest: str) -> bool:
    """Whether a verb comes within the next words, before the next stop: then "and" joins clauses, not nouns."""
    words = re.findall(r"[^\W\d_]+|[,;:.()]", rest)[:5]
    for index, word in enumerate(words):
        low = word.lower()
        if not low[0].isalpha() or low in ("and", "or", "to", "of", "for", "with", "in", "that", "which", "who"):
            return False
        if (
            low in AUXILIARIES
            or low in MODALS
            or (low in SIDED and (index == 0 or low.endswith(("s", "ed"))) and index < 3)
        ):
            return True
    return False


def read_clause(opener: str, text: str, pieces: list[Piece]) -> Clause:
    """A clause read from its pieces."""
    modals: set[tuple[str, bool]] = set()
    for index, piece in enumerate(pieces):
        if piece.kind == "glue" and (kind := MODALS.get(piece.key)):
            following = [other.key for other in pieces[index + 1 : index + 3]]
            denied = "not_needed" in following or bool(NEGATORS & set(following)) or (
                any(other.key in ("no", "never", "not", "nobody", "none") for other in pieces[:index])
            )  # fmt: skip
            modals.add((kind, denied))
    marks = {name for name, pattern in (("only", ONLY), ("except", EXCEPT)) if pattern.search(text)}
    verb, passive = _verb(pieces)
    pronoun = bool(pieces) and next(
        (p.key in _PRONOUNS for p in pieces if p.key not in ("and", "but", "so", "because")), False
    )
    return Clause(opener, frozenset(marks), frozenset(modals), verb, passive, pronoun, text)


def _verb(pieces: list[Piece]) -> tuple[int | None, bool]:
    """The place of the clause's two-sided verb, and whether it is passive."""
    for index, piece in enumerate(pieces):
        if piece.kind != "word" or piece.text.lower() not in SIDED:
            continue
        before = list(pieces[max(0, index - 3) : index])
        previous = before[-1].key if before else ""
        if previous in (
            "a",
            "an",
            "the",
            "of",
            "in",
            "its",
            "their",
            "your",
            "our",
            "his",
            "her",
            "for",
            "each",
            "every",
            "on",
            "at",
        ):
            continue
        is_passive = piece.text.lower().endswith(("d", "t", "n", "ght", "ld")) and (
            any(other.key in _BE for other in before) or _agent_follows(pieces, index)
        )
        return piece.place, is_passive
    return None, False


def _agent_follows(pieces: list[Piece], index: int) -> bool:
    return any(other.key == "by" for other in pieces[index + 1 : index + 3])
