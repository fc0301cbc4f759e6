"""A sentence as the checker sees it: its telling words in order, each with the clause it stands in and whether it is denied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from assistant.figures import WORDS, Figure, find_figures
from assistant.lexicon import EXCEPT, GLUE, MODALS, NEGATORS, ONLY, SIDED, meaning

Kind = Literal["word", "name", "code", "figure"]


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word. ``key`` is shared by words of the same meaning. ``after`` is the little word right before it,
    ``bound`` the same with articles passed over: "in", "by".

    ``denied``: a "not", "no" or "without" before it in its clause reaches it; ``closely`` if it is "no" or "without". A figure's ``nouns`` are the keys of the words
    right behind it, ``limit`` what bounds it ("<=", ">", "~", "until" …), ``rate`` what it is counted by ("a month").
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


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence taken apart."""

    text: str
    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]
    keys: frozenset[str] = field(default=frozenset())

    def of_clause(self, clause: int) -> list[Word]:
        """The words of a clause, in order."""
        return [word for word in self.words if word.clause == clause]


_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"[’‘`]", "'"), (r"\bcannot\b|\bcan't\b", "can not"), (r"\bwon't\b", "will not"), (r"n't\b", " not"),
        (r"\b(?:starting|beginning) (?=from\b|on\b)", ""), (r"\bunder ?way\b|\bin progress\b", "ongoing"),
        (r"\bbetween (\S+(?: \S+)?) and (?=\d|@N)", r"from \1 to "), (r"\bor (?:more|longer|older|greater|higher|over)\b", " or_more "),
        (r"\bor (?:less|fewer|shorter|younger|lower|under)\b", " or_less "),
        (r"\b(you|we|they|staff|employees) (?:have|get) (?=(?:@N \w+|\d+) \w+ [^.]*\bto [a-z])", r"\1 have ≤ "),
        (r"\b(may|might|can|could) (?:need|have) to\b", r"\1"), (r"\bnot only\b", " "), (r"\bno(?= matter\b)", " "),
        (r"\bwith the exception of\b", "except"), (r"\bin (?:all )?the (?:whole|entire)\b", "in"),
        (r"\b(?:doesn|don|didn|isn|aren)\b not\b", "not"),
        (r"\b(?:forbidden|prohibited|banned|not (?:be )?(?:allowed|permitted|able)|unable|impossible|must not|shall not|may not|can not|must never|"
         r"may never|can never)\b", " may not "),
        (r"\b(?:need not|(?:do|does|did) not (?:have|need) to|not (?:be )?(?:required|mandatory|compulsory|necessary|needed|obligatory)|optional|voluntary)\b",
         " must not_needed "),
        (r"\b(?:have|has|had) to\b", " must "), (r"\bought to\b", " should "),
        (r"\b(?:become|becomes|became) (?:a |an )?(?:new )?(?:part|member|members) (?:of|in)\b", " joined "),
        (r"\b(?:is|are|be) (?:a |the )?chair (?:of|person of)\b", " chairs "),
        (r"\bfree of charge\b|\bfor free\b|\bat no (?:cost|charge)\b|\bwithout charge\b|\bcosts? nothing\b", " free "),
        (r"\bset up\b|\bsets up\b", " established "), (r"\bmade up of\b|\bcomposed of\b|\bcomprises?\b|\bcomprising\b", " consists of "),
        (r"\bsince (?=[a-z]+ (?:is|are|was|were|has|have)\b)", "because "),
        (r"\b(?:at least|(?:a )?minimum (?:of|is)|no (?:fewer|less|shorter|earlier) than|not less than)\b", " ≥ "),
        (r"\b(?:at most|(?:a |the )?maximum (?:of|is)|no (?:more|longer|later) than|not (?:more|longer|later|exceed\w*)(?: than)?|limited to|as (?:much|many) as)\b", " ≤ "),
        (r"(?<!read )(?<!back )\bup to\b", " ≤ "),
        (r"\b(?:cost|costs|last|lasts) over\b", " cost > "),
        (r"\b(?:more|longer|greater|higher|older|larger|bigger) than\b|\bin excess of\b|\bexceed(?:s|ing)?\b|\bupwards of\b", " > "),
        (r"\b(?:less|fewer|shorter|lower|younger|smaller) than\b", " < "),
        (r"(?<!carry )(?<!carried )(?<!roll )(?<!rolls )(?<!left )(?<!hand )(?<!take )\b(?:(?:well )?over|above)(?= (?:the )?(?:[€$£]|\d|@N\b))", " > "),
        (r"\b(?:under|below)(?= (?:[€$£]|\d|@N\b))", " < "),
        (r"\bwithin(?= (?:[€$£]|\d|@N\b|a (?:day|week|month|year)\b))", " ≤ "),
        (r"\b(?:about|around|approximately|roughly|some|nearly|almost|circa)(?= (?:[€$£]|\d|@N\b|(?:a |one )?(?:half|third|quarter)\b))", " ~ "),
    )
)  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
_SPLIT = re.compile(
    r"(?P<mark>[;:—()|\n]|(?<!\d),(?!\d)|,(?= )| [–-] )|"
    r"\b(?P<word>and|but|or|while|whereas|because|although|though|so|if|unless|when|once|who|which|whose|whom|where|until|before|after|"
    r"that|except|without)\b",
    re.IGNORECASE,
)
_ALWAYS_SPLIT = frozenset(
    ["but", "while", "whereas", "because", "although", "though", "if", "unless", "when", "who", "which", "whose", "whom", "so", "except"]
)
_LEX = re.compile(
    r"(?P<code>(?<![\w.,€$£])(?!(?:1[5-9]|20)\d\d ?[-–/] ?(?:1[5-9]|20)?\d\d\b)(?!\d{1,3}(?: \d{3})+\b)(?=(?:\D?\d){7})\+?\d[\d()]*(?:[ /-]\d[\d()]*)+\b|https?://[^\s,;)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bwww\.[^\s,;)]+|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-zÄÖÅäöå])[A-Za-z][\w-]*\w\b|\b(?!\d+(?:st|nd|rd|th|am|pm|km|kg|k|m|bn|h|min)\b)\d+[A-Za-z]\w*|(?<![\d,.:])\b0\d+\b)|"
    r"(?P<limit>[≤≥<>~])|(?P<word>[^\W\d_]+(?:_[a-z]+)?(?:'[^\W\d_]+)?)"
)
_AUXILIARIES = frozenset(
    ["is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does", "did", "will", "would", "may", "can", "could", "might", "must", "shall", "should", "get", "gets", "got"]
)
_BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "get", "gets", "got"])
_PRONOUNS = frozenset(["it", "they", "he", "she", "this", "these", "those", "that", "who", "which", "whose", "whom", "its", "their", "we", "you", "i", "one"])
_RATE_UNITS = frozenset(
    ["second", "minute", "hour", "day", "night", "week", "fortnight", "month", "quarter", "year", "kilometre", "kilometer", "km", "mile", "person", "item", "trip", "page", "head", "metre"]
)
_TURNS = {
    "after": "after", "following": "after", "from": "after", "later": "after", "before": "before", "prior": "before", "ahead": "before",
    "ago": "before",
}  # fmt: skip
_BOUNDS = {
    "by": "by", "before": "before", "until": "until", "till": "until", "through": "until", "after": "after", "since": "since",
    "from": "from", "following": "after", "starting": "from", "to": "until",
}  # fmt: skip


@lru_cache(maxsize=8192)
def read_wording(text: str, names: frozenset[str] = frozenset()) -> Wording:
    """A sentence taken apart. ``names`` are lower-case words known to be names, so that a sentence may open with one."""
    plain = _normalise(text)
    pieces = _lex(plain, names)
    spans = _clauses(plain)
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
    for index, (start, end, opener) in enumerate(spans):
        inside = [piece for piece in pieces if start <= piece.start < end]
        carried = _deny(inside, words, carried)
        built.append(_clause(opener, plain[start:end], inside))
        _bind(inside, words, index)
    _share_limits(words, plain)
    return Wording(text, tuple(words), tuple(built), frozenset(word.key for word in words))


@dataclass(slots=True)
class _Piece:
    text: str
    key: str
    kind: Literal["word", "name", "code", "figure", "glue"]
    start: int
    figure: Figure | None = None
    place: int = -1


def _normalise(text: str) -> str:
    """The sentence with its turns of phrase in one form."""
    marked = _NUMBER_WORD.sub(lambda match: "@N " + match.group(), " ".join(text.split(" ")))
    for pattern, replacement in _RULES:
        marked = pattern.sub(replacement, marked)
    return re.sub(r" {2,}", " ", marked.replace("@N ", "")).strip()


def _lex(text: str, names: frozenset[str]) -> list[_Piece]:
    codes = {match.start(): match for match in _LEX.finditer(text) if match["code"]}
    figures = [
        (start, end, figure)
        for start, end, figure in find_figures(text)
        if not any(match.start() < end and start < match.end() for match in codes.values())
    ]
    pieces: list[_Piece] = []
    for start, _, figure in figures:
        pieces.append(_Piece(figure.text, f"#{figure.kind}", "figure", start, figure))
    opening = True
    for match in _LEX.finditer(text):
        if any(start <= match.start() < end for start, end, _ in figures):
            opening = False
            continue
        raw = match.group()
        if match["code"]:
            pieces.append(
                _Piece(
                    raw,
                    re.sub(r"[- ()/]" if raw[0] in "+0123456789" else r"-", "", raw.lower().rstrip(".")),
                    "code",
                    match.start(),
                )
            )
        elif match["limit"]:
            pieces.append(_Piece(raw, raw, "glue", match.start()))
        else:
            if raw.endswith(("'s", "s'")):
                pieces.append(_Piece("'s", "'s", "glue", match.end()))
            pieces.append(_word(re.sub(r"'s?$|'s$", "", raw), match.start(), opening, names))
        opening = text[: match.end()].rstrip().endswith((".", "!", "?"))
    pieces.sort(key=lambda piece: piece.start)
    return pieces


def _word(raw: str, start: int, opening: bool, names: frozenset[str]) -> _Piece:
    low = raw.lower()
    is_name = raw[:1].isupper() and (not opening or low in names or (len(raw) > 1 and raw[1:] != raw[1:].lower()))
    if low in NEGATORS or low == "not_needed" or low in MODALS:
        return _Piece(raw, low, "glue", start)
    if (low in GLUE and not (is_name and len(raw) > 1 and raw.isupper() and not opening)) or len(low) < 2:
        return _Piece(raw, low, "glue", start)
    return _Piece(raw, meaning(low), "name" if is_name else "word", start)


def _clauses(text: str) -> list[tuple[int, int, str]]:
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
            low in _AUXILIARIES
            or low in MODALS
            or (low in SIDED and (index == 0 or low.endswith(("s", "ed"))) and index < 3)
        ):
            return True
    return False


def _clause(opener: str, text: str, pieces: list[_Piece]) -> Clause:
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


def _verb(pieces: list[_Piece]) -> tuple[int | None, bool]:
    """The place of the clause's two-sided verb, and whether it is passive."""
    for index, piece in enumerate(pieces):
        if piece.kind != "word" or piece.text.lower() not in SIDED:
            continue
        before = [other for other in pieces[max(0, index - 3) : index]]
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


def _agent_follows(pieces: list[_Piece], index: int) -> bool:
    return any(other.key == "by" for other in pieces[index + 1 : index + 3])


def _deny(pieces: list[_Piece], words: list[Word], carried: bool) -> bool:
    """Mark the words that a "not" reaches; whether the last one reached none and so goes on ("is not that …")."""
    denied, local, idle, hung, reached = carried, False, carried, False, False
    previous = bound = ""
    for piece in pieces:
        if piece.kind == "glue":
            if piece.key in NEGATORS or piece.key == "not_needed":
                denied, local, idle = not denied or reached, piece.key in ("no", "without", "none"), True
                reached = False
                hung = bound not in ("", "be", *_AUXILIARIES) or piece.key == "without"
            elif local and (piece.key in ("and", "but") or (hung and piece.key in _AUXILIARIES)):
                denied = local = False  # "with no arguments it will …"
            if piece.key not in ("the", "a", "an", "its", "their", "his", "her", "our", "your", "this", "these"):
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


def _bind(pieces: list[_Piece], words: list[Word], clause: int) -> None:
    """Give each figure its nouns, limits, turn and rate."""
    for index, piece in enumerate(pieces):
        if piece.figure is None:
            continue
        before = [other.key for other in pieces[max(0, index - 3) : index]]
        limit = {sign for sign in before if sign in ("≤", "≥", "<", ">", "~")}
        if piece.figure.kind in ("date", "time", "order"):
            limit |= {_BOUNDS[word] for word in before[-2:] if word in _BOUNDS}
        behind = pieces[index + 1 : index + 9]
        nouns: list[str] = []
        for other in behind:
            if (other.kind == "glue" and other.key not in ("to", "and", "or", "a", "the")) or len(nouns) == 4:
                break
            if other.kind in ("word", "name"):
                nouns.append(other.key)
            elif other.kind == "glue" and other.key in ("a", "the", "and") and nouns:
                break
        keys = [other.key for other in behind]
        if "or_more" in keys[:3]:
            limit |= {"≥"}
        if "or_less" in keys[:3] or "maximum" in keys[:3]:
            limit |= {"≤"}
        timed = bool({"hour", "day", "week", "month", "year", "minut"} & set(nouns))
        turn = next((_TURNS[key] for key in keys[:3] if key in _TURNS), "") if timed else ""
        rate = ""
        for here, other in enumerate(behind[:-1]):
            if other.key in ("a", "per", "each", "every") and behind[here + 1].text.lower() in _RATE_UNITS:
                rate = behind[here + 1].key
                break
            if other.kind == "figure":
                break
        place = piece.place
        words[place] = replace(words[place], nouns=tuple(nouns), limit=frozenset(limit), turn=turn, rate=rate)


def _share_limits(words: list[Word], text: str) -> None:
    """ "over 150,000 staff and 1,800,000 students": the second figure may be read with the limit of the first."""
    figures = [word for word in words if word.figure]
    for one, other in zip(figures, figures[1:], strict=False):
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
