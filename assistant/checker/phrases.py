"""The pieces of a sentence, once its turns of phrase are in one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.checker.figures import WORDS, Figure, find_figures
from assistant.checker.lexicon import GLUE, MODALS, NEGATORS, meaning

_FIGURE_AHEAD = r"(?= (?:the )?(?:[€$£]|\d|@N\b|(?:a |one )?(?:half|third|quarter)\b))"
_LIMITED = "|".join(
    [r"forbidden", r"prohibited", r"banned", r"not (?:be )?(?:allowed|permitted|able)", r"unable", r"impossible",
     r"(?:must|shall|may|can) not", r"(?:must|may|can) never"]
)  # fmt: skip
_FREED = "|".join(
    [r"need not", r"(?:do|does|did) not (?:have|need) to",
     r"not (?:be )?(?:required|mandatory|compulsory|necessary|needed|obligatory)", r"optional", r"voluntary"]
)  # fmt: skip
_AT_MOST = "|".join(
    [r"at most", r"(?:a |the )?maximum (?:of|is)", r"no (?:more|longer|later) than",
     r"not (?:more|longer|later|exceed\w*)(?: than)?", r"limited to", r"as (?:much|many) as"]
)  # fmt: skip

# Turns of phrase, each in one form, in this order. @N stands before a spelled number while they are applied.
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"[’‘`]", "'"),
        (r"\bcannot\b|\bcan't\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
        (r"(?<=[a-z])'re\b", " are"),
        (r"(?<=[a-z])'ll\b", " will"),
        (r"(?<=[a-z])'ve\b", " have"),
        (r"\b(it|that|there|he|she|what)'s\b", r"\1 is"),
        (r"\baccording to\b", "in"),
        (r"\b(?:rather than|instead of)\b", ", not"),
        (r"\bU\.S\.(?:A\.)?|\b(?:the )?United States(?: of America)?\b", "the US"),
        (r"\bthe the US\b", "the US"),
        (r"\brefer(?:s|red)? to (it|this|them|\w+) as\b", r"calls \1"),
        (r"\b(?:the |a )?majority of\b", "most"),
        (r"\bpre-(?=\d{4}\b)", "before "),
        (r"\bover a period of\b", "over"),
        (r"\b(an?|the|your|their|this|minor|special|urgent) needs?\b(?! to)", r"\1 wish"),
        (r"\bin general\b", "generally"),
        (r"\bas long as(?= (?:\d|@N))", "up to"),
        (r"\btime off\b", "leave"),
        (r"\bin advance of\b", "before"),
        (r"\b(?:gives?|has|have|get|gets) (?:\w+ )?the right to\b", "entitled to"),
        (r"\baccount(?:s|ed)? for\b", "responsible for"),
        (r"\bcom(?:e|es|ing) back\b", "return"),
        (r"\bcame out\b", "published"),
        (r"\bpays? nothing\b", "no cost"),
        (r"\bin a timely (?:manner|way|fashion)\b", "timely"),
        (r"\bis on (?=leave\b)", "takes "),
        (r"\bfrom (\d{4}) ?[-–] ?(\d{4})\b", r"from \1 to \2"),
        (r"(?:^|(?<=[.;] ))over(?= (?:the )?(?:\d|@N)[^,]{0,20},)", "in"),
        (r"\b(?:starting|beginning) (?=from\b|on\b)", ""),
        (r"\bunder ?way\b|\bin progress\b", "ongoing"),
        (r"\bbetween (\S+(?: \S+)?) and (?=\d|@N)", r"from \1 to "),
        (r"(?:@N two|\b2) times\b", "twice"),
        (r"\bor (?:more|longer|older|greater|higher|over)\b", " or_more "),
        (r"\bor (?:less|fewer|shorter|younger|lower|under)\b", " or_less "),
        (r"\b(you|we|they|staff|employees) (?:have|get) (?=(?:@N \w+|\d+) \w+ [^.]*\bto [a-z])", r"\1 have ≤ "),
        (r"\b(may|might|can|could) (?:need|have) to\b", r"\1"),
        (r"\bnot only\b", " "),
        (r"\b(?:it is )?(?:critical|crucial|essential|vital) that (you|we|they|staff|employees)\b", r"\1 must"),
        (r"\bno(?= matter\b)", " "),
        (r"\bwith the exception of\b", "except"),
        (rf"\b(?:{_LIMITED})\b", " may not "),
        (rf"\b(?:{_FREED})\b", " must not_needed "),
        (r"\b(?:have|has|had) to\b", " must "),
        (r"\b(?:is|are|be) (?:strongly )?(?:recommended|advised|encouraged|asked) to\b", " should "),
        (r"\b(?:we|it is) (?:strongly )?(?:recommend|advise|suggest|encourage)(?:ed|d)?\b(?: that| to)?", " should "),
        (r"\bought to\b", " should "),
        (r"\b(?:become|becomes|became) (?:a |an )?(?:new )?(?:part|member|members) (?:of|in)\b", " joined "),
        (r"\b(?:is|are|be) (?:a |the )?chair (?:of|person of)\b", " chairs "),
        (r"\bfree of charge\b|\bfor free\b|\bat no (?:cost|charge)\b|\bwithout charge\b", " free "),
        (r"\bset up\b|\bsets up\b", " established "),
        (r"\bmade up of\b|\bcomposed of\b|\bcomprises?\b|\bcomprising\b", " consists of "),
        (r"\bsince (?=[a-z]+ (?:is|are|was|were|has|have)\b)", "because "),
        (r"\b(?:at least|(?:a )?minimum (?:of|is)|no (?:fewer|less|shorter|earlier) than|not less than)\b", " ≥ "),
        (rf"\b(?:{_AT_MOST})\b", " ≤ "),
        (r"(?<!read )(?<!back )\bup to\b", " ≤ "),
        (r"\b(?:cost|costs|last|lasts) over\b", " cost > "),
        (r"\b(?:more|longer|greater|higher|older|larger|bigger) than\b", " > "),
        (r"\bin excess of\b|\bexceed(?:s|ing)?\b|\bupwards of\b", " > "),
        (r"\b(?:less|fewer|shorter|lower|younger|smaller) than\b", " < "),
        # "carry over five days" sets no limit.
        (r"(?<!carry )(?<!carried )(?<!roll )(?<!rolls )(?<!left )(?<!hand )(?<!take )(?<!spread )(?<!distributed )"
         rf"\b(?:(?:well )?over|above){_FIGURE_AHEAD}", " > "),
        (rf"\b(?:under|below){_FIGURE_AHEAD}", " < "),
        (r"\bwithin(?= (?:[€$£]|\d|@N\b|a (?:day|week|month|year)\b))", " ≤ "),
        (rf"\b(?:about|around|approximately|roughly|some|nearly|almost|circa){_FIGURE_AHEAD}", " ~ "),
        (r"\b(?:about|around|roughly|nearly|almost)(?= (?:a |one )?(?:half|third|quarter)\b)", " ~ "),
    )
)  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)


_PHONE = (  # seven digits and more in groups, but neither two years nor a number with its thousands apart
    r"(?<![\w.,€$£])(?!(?:1[5-9]|20)\d\d ?[-–/] ?(?:1[5-9]|20)?\d\d\b)(?!\d{1,3}(?: \d{3})+\b)(?=(?:\D?\d){7})"
    r"\+?\d[\d()]*(?:[ /-]\d[\d()]*)+\b"
)
_CODES = (
    r"https?://[^\s,;)]+",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"\bwww\.[^\s,;)]+",
    r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-zÄÖÅäöå])[A-Za-z][\w-]*\w\b",  # S-12
    r"\b(?!\d+(?:st|nd|rd|th|am|pm|km|kg|k|m|bn|h|min)\b)\d+[A-Za-z]\w*",  # 18F
    r"(?<![\d,.:])\b0\d+\b",
)
_LEX = re.compile(
    rf"(?P<code>{'|'.join((_PHONE, *_CODES))})|(?P<limit>[≤≥<>~])|(?P<word>[^\W\d_]+(?:_[a-z]+)?(?:'[^\W\d_]+)?)"
)


@dataclass(slots=True)
class Piece:
    """A word, figure or sign of a sentence in order; ``start`` in characters, ``place`` among the telling words."""

    text: str
    key: str
    kind: Literal["word", "name", "code", "figure", "glue"]
    start: int
    figure: Figure | None = None
    place: int = -1


def normalise(text: str) -> str:
    """The sentence with its turns of phrase in one form."""
    marked = _NUMBER_WORD.sub(lambda match: "@N " + match.group(), " ".join(text.split(" ")))
    for pattern, replacement in _RULES:
        marked = pattern.sub(replacement, marked)
    return re.sub(r" {2,}", " ", marked.replace("@N ", "")).strip()


def lex(text: str, names: frozenset[str]) -> list[Piece]:
    """The pieces of a sentence in one form; ``names`` are lower-case words known to be names."""
    codes = {match.start(): match for match in _LEX.finditer(text) if match["code"]}
    figures = [
        (start, end, figure)
        for start, end, figure in find_figures(text)
        if not any(match.start() < end and start < match.end() for match in codes.values())
    ]
    pieces: list[Piece] = []
    for start, _, figure in figures:
        pieces.append(Piece(figure.text, f"#{figure.kind}", "figure", start, figure))
    opening = True
    for match in _LEX.finditer(text):
        if any(start <= match.start() < end for start, end, _ in figures):
            opening = False
            continue
        raw = match.group()
        if match["code"]:
            pieces.append(
                Piece(
                    raw,
                    re.sub(r"[- ()/]" if raw[0] in "+0123456789" else r"-", "", raw.lower().rstrip(".")),
                    "code",
                    match.start(),
                )
            )
        elif match["limit"]:
            pieces.append(Piece(raw, raw, "glue", match.start()))
        else:
            if raw.endswith(("'s", "s'")):
                pieces.append(Piece("'s", "'s", "glue", match.end()))
            pieces.append(_word(re.sub(r"'s?$|'s$", "", raw), match.start(), opening, names))
        opening = text[: match.end()].rstrip().endswith((".", "!", "?"))
    pieces.sort(key=lambda piece: piece.start)
    return pieces


def _word(raw: str, start: int, opening: bool, names: frozenset[str]) -> Piece:
    low = raw.lower()
    is_name = raw[:1].isupper() and (not opening or low in names or (len(raw) > 1 and raw[1:] != raw[1:].lower()))
    if low in NEGATORS or low == "not_needed" or low in MODALS:
        return Piece(raw, low, "glue", start)
    if (low in GLUE and not (is_name and len(raw) > 1 and raw.isupper() and not opening)) or len(low) < 2:
        return Piece(raw, low, "glue", start)
    return Piece(raw, meaning(low), "name" if is_name else "word", start)
