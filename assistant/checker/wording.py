"""A sentence as the checker sees it: its telling words in order, each with its clause and whether it is denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from assistant.checker.clauses import AUXILIARIES, Clause, find_clauses, read_clause
from assistant.checker.figures import Figure
from assistant.checker.lexicon import NEGATORS
from assistant.checker.phrases import Piece, lex, normalise

_MOST_NOUNS = 4
_RATE_UNITS = frozenset(
    ["second", "minute", "hour", "day", "night", "week", "fortnight", "month", "quarter", "year",
     "kilometre", "kilometer", "km", "mile", "person", "item", "trip", "page", "head", "metre"]
)  # fmt: skip


_TURNS = {
    "after": "after", "following": "after", "from": "after", "later": "after", "before": "before",
    "prior": "before", "ahead": "before",
    "ago": "before",
}  # fmt: skip


_BOUNDS = {
    "by": "by", "before": "before", "until": "until", "till": "until", "through": "until", "after": "after",
    "since": "since",
    "from": "from", "following": "after", "starting": "from", "to": "until",
}  # fmt: skip


_PASSED_OVER = frozenset(
    [
        "the",
        "a",
        "an",
        "its",
        "their",
        "his",
        "her",
        "our",
        "your",
        "this",
        "these",
        "you",
        "we",
        "they",
        "it",
        "other",
        "all",
        "any",
        "both",
    ]
)


Kind = Literal["word", "name", "code", "figure"]


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word. ``key`` is shared by words of the same meaning. ``after`` is the little word right before it,
    ``bound`` the same with articles passed over: "in", "by".

    ``denied``: a "not", "no" or "without" before it in its clause reaches it; ``closely`` if it is "no" or "without". A
    figure's ``nouns`` are the keys of the words right behind it, ``limit`` what bounds it ("≤", ">", "~", "until" …),
    ``turn`` whether it counts before or after something, ``rate`` what it is counted by ("a month").
    """

    text: str
    key: str
    kind: Kind
    clause: int
    place: int
    denied: bool = False
    closely: bool = False
    after: str = ""
    bound: str = ""
    figure: Figure | None = None
    nouns: tuple[str, ...] = ()
    limit: frozenset[str] = frozenset()
    turn: str = ""
    rate: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence taken apart."""

    text: str
    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]
    keys: frozenset[str] = field(default=frozenset())

    @property
    def lines(self) -> list[int]:
        """For each clause the line it stands in, from 0: a source's sentences stand on lines of their own."""
        found = [0]
        for clause in self.clauses[:-1]:
            found.append(found[-1] + clause.text.rstrip(" ").endswith("\n"))
        return found

    def of_clause(self, clause: int) -> list[Word]:
        """The words of a clause, in order."""
        return [word for word in self.words if word.clause == clause]


@lru_cache(maxsize=8192)
def read_wording(text: str, names: frozenset[str] = frozenset()) -> Wording:
    """A sentence taken apart. ``names`` are lower-case words known to be names: a sentence may open with one."""
    plain = normalise(text)
    pieces = lex(plain, names)
    spans = find_clauses(plain)
    words: list[Word] = []
    for piece in pieces:
        clause = max(index for index, (start, _, _) in enumerate(spans) if start <= piece.start)
        if piece.kind == "glue":
            continue
        words.append(Word(piece.text, piece.key, piece.kind, clause, len(words), figure=piece.figure))
    placed = iter(range(len(words)))
    for piece in pieces:
        piece.place = next(placed) if piece.kind != "glue" else -1
    built = []
    carried = False
    for start, end, opener in spans:
        inside = [piece for piece in pieces if start <= piece.start < end]
        carried = _deny(inside, words, carried)
        built.append(read_clause(opener, plain[start:end], inside))
        _bind(inside, words)
    _share_limits(words, plain)
    return Wording(text, tuple(words), tuple(built), frozenset(word.key for word in words))


def _deny(pieces: list[Piece], words: list[Word], carried: bool) -> bool:
    """Mark the words that a "not" reaches; whether the last one reached none and so goes on ("is not that …")."""
    denied, local, idle, hung, reached = carried, False, carried, False, False
    previous = bound = ""
    for piece in pieces:
        if piece.kind == "glue":
            if piece.key in NEGATORS or piece.key == "not_needed":
                denied, local, idle = not denied or reached, piece.key in ("no", "without", "none"), True
                reached = False
                hung = bound not in ("", "be", *AUXILIARIES) or piece.key == "without"
            elif local and (piece.key in ("and", "but") or (hung and piece.key in AUXILIARIES)):
                denied = local = False  # "with no arguments it will …"
            if piece.key not in _PASSED_OVER:
                bound = piece.key
            previous = piece.key
        else:
            words[piece.place] = replace(
                words[piece.place], denied=denied, closely=denied and local, after=previous, bound=bound
            )
            previous = bound = ""
            idle = False
            reached = True  # a "not" behind it denies another verb
    return idle and bool(pieces) and (pieces[-1].key in NEGATORS or pieces[-1].key == "not_needed")


def _bind(pieces: list[Piece], words: list[Word]) -> None:
    """Give each figure its nouns, limits, turn and rate."""
    for index, piece in enumerate(pieces):
        if piece.figure is None:
            continue
        behind = pieces[index + 1 : index + 9]
        nouns = _nouns(behind)
        timed = bool({"hour", "day", "week", "month", "year", "minut"} & set(nouns))
        words[piece.place] = replace(
            words[piece.place],
            nouns=nouns,
            limit=_limit(piece.figure, pieces[max(0, index - 3) : index], behind),
            turn=next((_TURNS[other.key] for other in behind[:3] if other.key in _TURNS), "") if timed else "",
            rate=_rate(behind),
        )


def _nouns(behind: Sequence[Piece]) -> tuple[str, ...]:
    nouns: list[str] = []
    for other in behind:
        stops = other.key not in ("to", "or") if nouns else other.key not in ("to", "and", "or", "a", "the")
        if (other.kind == "glue" and stops) or len(nouns) == _MOST_NOUNS:
            break
        if other.kind in ("word", "name"):
            nouns.append(other.key)
    return tuple(nouns)


def _limit(figure: Figure, before: Sequence[Piece], behind: Sequence[Piece]) -> frozenset[str]:
    limit = {other.key for other in before if other.key in ("≤", "≥", "<", ">", "~")}
    if figure.kind in ("date", "time", "order"):
        limit |= {_BOUNDS[other.key] for other in before[-2:] if other.key in _BOUNDS}
    keys = [other.key for other in behind[:3]]
    limit |= {"≥"} if "or_more" in keys else set()
    limit |= {"≤"} if "or_less" in keys or "maximum" in keys else set()
    return frozenset(limit)


def _rate(behind: Sequence[Piece]) -> str:
    for other, following in pairwise(behind):
        if other.key in ("a", "per", "each", "every") and following.text.lower() in _RATE_UNITS:
            return following.key
        if other.kind == "figure":
            break
    return ""


def _share_limits(words: list[Word], text: str) -> None:
    """ "over 150,000 staff and 1,800,000 students": the second figure may be read with the limit of the first."""
    figures = [word for word in words if word.figure]
    for one, other in pairwise(figures):
        if one.limit and not other.limit and one.figure and other.figure and one.figure.kind == other.figure.kind:
            between = text.partition(one.text)[2].partition(other.text)[0]
            if re.fullmatch(r"[^,;.]{0,40}\b(?:and|or|to)\s+", between):
                words[other.place] = replace(words[other.place], limit=frozenset({"", *one.limit}))


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Lower-case words that the texts write with a capital inside a sentence."""
    found: set[str] = set()
    for text in texts:
        found |= {match.group(1).lower() for match in re.finditer(r"(?<=[\w,;)] )([A-ZÄÖÅ][^\W\d_]+)", text)}
    return frozenset(found)
