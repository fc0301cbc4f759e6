"""Which units answer a question best: every signal weighed, with the reader's when there is one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from assistant.question.contacts import is_of_whom
from assistant.question.followup import standalone
from assistant.question.kinds import as_asked, holds_kind
from assistant.question.question import Question
from assistant.question.topic import Rarity, content_terms, coverage, with_parts
from assistant.ranking.acronyms import expand
from assistant.ranking.evidence import is_of_another, is_of_the_named, weigh_words
from assistant.ranking.outdated import is_outdated
from assistant.reader.reading import Passage, Reader, Reading, probability
from assistant.units.units import Unit
from index.types import Hit


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts in a unit's score; see ARCHITECTURE.md for how they were found."""

    passage: float
    covered: float
    in_setting: float
    typed: float
    listed: float
    lengthy: float
    outline: float
    named: float
    read: float


WITHOUT_READER = Weights(
    passage=1.0, covered=0.1, in_setting=0.4, typed=0.1, listed=0.1, lengthy=0.2, outline=0.5, named=0.4, read=0.0
)
WITH_READER = Weights(
    passage=0.65, covered=0.05, in_setting=0.3, typed=0.1, listed=0.2, lengthy=0.2, outline=0.5, named=0.4, read=0.35
)

_UNASKED_CODE = 0.2  # less for code where neither a command nor steps are asked for
_ASKS_FOR_CODE = re.compile(
    r"\b(?:commands?|code|snippets?|examples?|syntax|options?|flags?|scripts?|functions?|komen(?:to|no)\w*|koodi\w*|"
    r"esimer\w+|kommando\w*|kod(?:en)?|exempel\w*)\b",
    re.IGNORECASE,
)
_TITLED = 0.08  # more for what stands under a heading that says just what is asked: "Orphaning a package"
_OUTDATED = 0.3  # less for what is no longer in force: it ranks behind what is near it
_SHORT_LIST = 30  # words of a list that is taken in at a glance
READ_PASSAGES = 10  # passages the reader is given: what it reads in 60 ms on two cores


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit with its score and what went into it.

    ``covered`` and ``in_setting``: shares of the question's words, by rarity, that the unit holds by itself and with
    its headings and lead. ``named``: share of the question's names that it holds with them (1 when none is named).
    ``typed``: whether it holds the kind of thing asked for; of ways to reach someone, the one's that is asked for.
    ``read``: the reader's log-odds for its best span, minus infinity where not read. ``fact``: the span that the reader
    points at (characters of the page), if it is inside.
    """

    unit: Unit
    score: float
    covered: float
    in_setting: float
    named: float
    typed: bool
    read: float
    fact: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Whether what stands under some headings is about another thing than the question names, about that one, under a
    heading that says just what is asked, and no longer in force."""

    of_another: bool
    of_the_named: bool
    titled: bool
    outdated: bool


def read_passages(
    question: Question, history: Sequence[str], hits: Sequence[Hit], reader: Reader | None
) -> list[Reading]:
    """The reader's findings in the first passages; empty when there is no reader."""
    if reader is None:
        return []
    passages = [Passage(hit.chunk.context, _apart(hit.chunk.text)) for hit in hits[:READ_PASSAGES]]
    return reader.read(standalone(question.text, history), passages)


def _apart(text: str) -> str:
    """The text with marks for the signs of a table, which a reader runs over: the date of the next row was read as the
    one meant by the "due date" that ends the row before it. Every character keeps its place."""
    return text.replace("\n| ", "\n; ").replace(" | ", " , ")


def rank_units(
    question: Question,
    history: Sequence[str],
    hits: Sequence[Hit],
    units: Sequence[Unit],
    words: Rarity,
    readings: Sequence[Reading],
) -> list[Ranked]:
    """The units, best first. Those that stand under another thing's heading than the question names are left out."""
    weights = WITH_READER if readings else WITHOUT_READER
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    passages = [hit.chunk.text for hit in hits]
    rarity: dict[str, dict[str, float]] = {}
    places: dict[tuple[str, tuple[str, ...]], _Place] = {}  # a page's units share a few headings
    ranked = []
    for unit in units:
        document = unit.page.document
        key = (document.url, unit.path)
        if key not in places:
            of_another = is_of_another(question, unit.path, document)
            of_the_named = is_of_the_named(question, unit.path, document)
            titled = _says_just_that(question, unit.path, document.language)
            outdated = is_outdated(question, unit.path, document)
            places[key] = _Place(of_another, of_the_named, titled, outdated)
        if places[key].of_another or _names_an_item(question, unit):
            continue
        if document.language not in rarity:
            rarity[document.language] = weigh_words(question.text, history, document.language, words, passages)
        told = rarity[document.language]
        ranked.append(_rank(question, unit, hits[unit.hit], best, told, readings, weights, places[key]))
    ranked.sort(key=lambda r: (-r.score, r.unit.hit, r.unit.start))
    return ranked


def _rank(
    question: Question,
    unit: Unit,
    hit: Hit,
    best: float,
    rarity: Mapping[str, float],
    readings: Sequence[Reading],
    weights: Weights,
    place: _Place,
) -> Ranked:
    language = unit.page.document.language

    def held_in(text: str) -> Set[str]:
        return with_parts(expand(text, unit.page.document), question.text, language)

    own = held_in(unit.text) if unit.kind != "outline" else frozenset()
    both = own | held_in(unit.setting)
    typed = holds_kind(question, unit.text, language, unit.heading_above) and (
        question.answer_type != "contact" or is_of_whom(question.text, both, f"{unit.setting}\n{unit.text}", language)
    )
    own, both = as_asked(question, own, typed, language), as_asked(question, both, typed, language)
    covered, in_setting = coverage(rarity, own), coverage(rarity, both)
    names = [set(content_terms(name, language)) for name in question.names]
    named = sum(name <= both for name in names) / len(names) if names else 1.0
    is_list = unit.kind in ("list", "outline")
    listed = is_list and question.answer_type in ("list", "steps")
    # Who asks for one thing has to find it in a list, and the more there is beside it the longer that takes.
    lengthy = max(0, unit.words - _SHORT_LIST) / 100 if is_list and not listed else 0.0
    read, fact = _read(unit, hit, readings)
    score = (
        weights.passage * hit.score / best
        + weights.covered * covered
        + weights.in_setting * in_setting
        + weights.typed * typed
        + weights.listed * listed
        - weights.lengthy * lengthy
        + weights.named * place.of_the_named
        + _TITLED * place.titled
        - _OUTDATED * place.outdated
        - weights.outline * (unit.kind == "outline" and question.answer_type != "list")
        + weights.read * probability(read)
        - _UNASKED_CODE * (unit.kind == "code" and not _asks_for_code(question))
    )
    return Ranked(unit, score, covered, in_setting, named, typed, read, fact)


def showable(ranked: Sequence[Ranked]) -> Sequence[Ranked]:
    """The units that may be shown: those that say more than what is to follow, or all where there are none."""
    return [item for item in ranked if not item.unit.only_leads] or ranked


def _asks_for_code(question: Question) -> bool:
    """Whether code may be what is asked for: how to do a thing, a command, or one cannot tell what."""
    return question.answer_type in ("steps", "any") or _ASKS_FOR_CODE.search(question.text) is not None


def _says_just_that(question: Question, path: Sequence[str], language: str) -> bool:
    """Whether the last heading holds the question's topic words and, but for its number, no others."""
    titled = {term for term in content_terms(path[-1], language) if not term.isdigit()} if path else frozenset()
    return bool(titled) and titled == set(content_terms(question.text, language))


def _names_an_item(question: Question, unit: Unit) -> bool:
    """Whether an outline lists the very thing that the question names: then it is not the answer."""
    if unit.kind != "outline":
        return False
    language = unit.page.document.language
    asked = set(content_terms(question.text, language))
    return any(set(content_terms(line, language)) <= asked for line in unit.text.split("\n"))


def _read(unit: Unit, hit: Hit, readings: Sequence[Reading]) -> tuple[float, tuple[int, int] | None]:
    """What ``Ranked`` says of its ``read`` and ``fact``."""
    if unit.hit >= len(readings) or unit.kind == "outline":
        return -math.inf, None
    reading, chunk = readings[unit.hit], hit.chunk
    start, end = max(unit.start, chunk.start) - chunk.start, min(unit.end, chunk.end) - chunk.start
    fact = (chunk.start + reading.start, chunk.start + reading.end)
    inside = unit.start <= fact[0] < fact[1] <= unit.end
    return reading.best_within(start, end), fact if inside else None
