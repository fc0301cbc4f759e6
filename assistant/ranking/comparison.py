"""A question about two things → one question for each, so that each can be answered from its own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.question.question import Question
from assistant.question.topic import content_terms, text_terms
from assistant.ranking.ranking import Ranked

_THING = r"(?:the |an? )?(?P<{}>[^,;:?]{{2,60}}?)"
_A, _B = _THING.format("one"), _THING.format("other")
_END = r"\s*[?.!]*$"
# What says outright that two things are set side by side. English, Finnish and Swedish.
_COMPARED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:differences?|distinction) between {_A} and {_B}{_END}",
        rf"\bhow (?:do|does|is|are|did) {_A} (?:differ(?:ent)? from|compared? (?:to|with)|and) {_B}"
        rf"(?: (?:differ|different|compare))?{_END}",
        rf"^compare {_A} (?:and|with|to) {_B}{_END}",
        rf"^(?:what is |what are )?{_A} (?:versus|vs\.?|compared (?:to|with)) {_B}{_END}",
        rf"\b(?:mitä eroa on|mikä ero on|vertaa) {_A} ja {_B}{_END}",
        rf"\b(?:skillnad(?:en|erna)? mellan|jämför) {_A} (?:och|med) {_B}{_END}",
    )
)
# "sick pay in the first year and after five years": the second side is of the first one's thing.
_PREPOSITION = (
    r"(?:in|on|at|after|before|during|for|with|without|under|over|from|since|until|within|by|"
    r"ennen|ilman|alle|yli|i|på|efter|före|innan|utan|för|från|över|till|inom|med|vid)"
)
# "time off in lieu and on call": these are names by themselves.
_NAMED_SO = r"(?!(?:on (?:call|duty|standby|leave|loan)|in (?:lieu|kind|house))\b)"
_BEGINS_SO = re.compile(rf"{_NAMED_SO}{_PREPOSITION} ", re.IGNORECASE)
_ITS_OWN = re.compile(rf" {_NAMED_SO}{_PREPOSITION} ", re.IGNORECASE)
_DIFFERS = re.compile(r"\b(?:differ|different|compare|distinguish)\b", re.IGNORECASE)
_AND = re.compile(r" (?:and|ja|och) ")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things that a question names: its words, and the question about it alone."""

    name: str
    question: str


def sides_of(question: Question) -> tuple[Side, Side] | None:
    """The two things that are asked about, or None where there is one.

    "What is the difference between A and B?" asks what each is; "the areas of A and B?" asks the areas of each. A name
    with an "and" inside may be one thing all the same ("Ministry of Education and Culture"): ``pair`` tells.
    """
    for number, pattern in enumerate(_COMPARED):
        if match := pattern.search(question.text):
            if number == 1 and not _DIFFERS.search(question.text):
                continue
            one, other = match["one"].strip(), match["other"].strip()
            if _BEGINS_SO.match(other) and (own := _ITS_OWN.search(one)):
                other = f"{one[: own.start()]} {other}"
            return Side(one, one), Side(other, other)
    for one, joined, other in _named_pairs(question):
        return Side(one, question.text.replace(joined, one)), Side(other, question.text.replace(joined, other))
    return None


def _named_pairs(question: Question) -> Iterator[tuple[str, str, str]]:
    """Two names, and the words of the question that join them."""
    for name in question.names:
        parts = _AND.split(name)
        if len(parts) == 2 and name in question.text:
            yield parts[0], name, parts[1]
    for one, other in pairwise(question.names):
        if match := re.search(rf"{re.escape(one)} (?:and|ja|och) (?:the )?{re.escape(other)}", question.text):
            yield one, match.group(), other


def pair(sides: tuple[Side, Side], ranked: tuple[list[Ranked], list[Ranked]]) -> tuple[Ranked, Ranked] | None:
    """The best unit for each side, or None where one of them has none of its own.

    A unit is a side's own when it names that side, with its headings, and not the other as well.
    """
    found = []
    for number in (0, 1):
        own = next((item for item in ranked[number] if _is_of(item, sides[number], sides[1 - number])), None)
        if own is None:
            return None
        found.append(own)
    one, other = found
    return (one, other) if (one.unit.start, one.unit.page) != (other.unit.start, other.unit.page) else None


def speaks_of_both(item: Ranked, sides: tuple[Side, Side]) -> bool:
    """Whether a unit names both things in its own words."""
    return all(_names(item.unit.text, item, side) for side in sides)


def _is_of(item: Ranked, side: Side, other: Side) -> bool:
    around = f"{item.unit.setting}\n{item.unit.text}"
    return _names(around, item, side) and not _names(around, item, other)


def _names(text: str, item: Ranked, side: Side) -> bool:
    language = item.unit.page.document.language
    wanted = set(content_terms(side.name, language))
    return bool(wanted) and wanted <= text_terms(text, language)
