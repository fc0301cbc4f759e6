"""Ranked units → the statements and footnotes of an answer. Nothing is shown that is not quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import quote as percent

from assistant.facts import fact_of
from assistant.question.question import Question
from assistant.question.topic import text_terms
from assistant.ranking.ranking import Ranked, showable
from assistant.types import Citation, Statement, StatementKind
from assistant.units.negation import hinges
from assistant.units.units import Unit
from index.ledger.ledger import StoredPage
from ingest.blocks import read_blocks

_CONTEXT_CHARS = 240  # shown before and after a quote
_SAME_WORDS = 0.85  # share of words in common from which two sentences say the same

Ranges = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(slots=True)
class Footnotes:
    """The footnotes of one answer as they are made, numbered from 1. ``ranges`` are the live chunks of each page."""

    ranges: Ranges
    made: list[Citation] = field(default_factory=list)

    def cite(self, unit: Unit) -> list[tuple[tuple[int, int], int]] | None:
        """For each part of the unit its footnote's number; None when a part does not stand in one live chunk.

        Parts in the same chunk share a footnote, whose quote runs from the first of them to the last; an outline's
        and those of a long row do not, as there is other text between them.
        """
        groups: list[tuple[tuple[int, int], list[tuple[int, int]]]] = []
        for start, end in unit.parts:
            chunk = _chunk_around(start, end, unit, self.ranges)
            if chunk is None:
                return None
            if groups and groups[-1][0] == chunk and unit.kind not in ("outline", "row"):
                groups[-1][1].append((start, end))
            else:
                groups.append((chunk, [(start, end)]))
        cited = []
        for chunk, parts in groups:
            number = self._number(unit, parts[0][0], parts[-1][1], chunk)
            cited += [(part, number) for part in parts]
        return cited

    def _number(self, unit: Unit, start: int, end: int, chunk: tuple[int, int]) -> int:
        for made in self.made:
            if made.url == unit.page.document.url and (made.start, made.end) == (start, end):
                return made.number
        text = unit.page.document.text
        page_number = _page_number(unit, start)
        self.made.append(
            Citation(
                number=len(self.made) + 1,
                title=unit.page.document.title,
                url=unit.page.document.url,
                link=passage_link(unit.page, start, end, unit.anchor, page_number),
                quote=text[start:end],
                section=" > ".join(unit.path),
                start=start,
                end=end,
                fetched_at=unit.page.fetched_at,
                changed_at=unit.page.changed_at,
                before=text[_word_start(text, max(chunk[0], start - _CONTEXT_CHARS), chunk[0], start) : start],
                page_number=page_number,
                after=text[end : _word_end(text, min(chunk[1], end + _CONTEXT_CHARS), chunk[1], end)],
            )
        )
        return len(self.made)

    def also(self, number: int, unit: Unit) -> None:
        """Note that another page says the same as a footnote."""
        made = self.made[number - 1]
        place = (unit.page.document.title, passage_link(unit.page, unit.start, unit.end, unit.anchor, unit.page_number))
        if unit.page.document.url != made.url and place not in made.also:
            self.made[number - 1] = replace(made, also=(*made.also, place))


def can_be_cited(unit: Unit, ranges: Ranges) -> bool:
    """Whether every part of the unit stands in one live chunk, as no line of code does that is longer than a chunk."""
    return all(_chunk_around(start, end, unit, ranges) is not None for start, end in unit.parts)


def _chunk_around(start: int, end: int, unit: Unit, ranges: Ranges) -> tuple[int, int] | None:
    live = ranges.get(unit.page.document.url, ())
    return next((chunk for chunk in live if chunk[0] <= start and end <= chunk[1]), None)


def _page_number(unit: Unit, start: int) -> int | None:
    """The page of a document on which a part of the unit begins: its lead may stand on the one before."""
    sections = unit.page.document.sections
    return next((one.page_number for one in sections if one.start <= start < one.end), unit.page_number)


def _word_start(text: str, place: int, least: int, most: int) -> int:
    """The first place from ``place`` on that does not cut a word in two."""
    while least < place < most and not text[place - 1].isspace():
        place += 1
    return place


def _word_end(text: str, place: int, most: int, least: int) -> int:
    """The last place up to ``place`` that does not cut a word in two."""
    while least < place < most and not text[place].isspace():
        place -= 1
    return place


def passage_link(
    page: StoredPage, start: int, end: int, anchor: str | None = None, page_number: int | None = None
) -> str:
    """The address that opens a passage: in the page itself where it is public, else in the marked source view."""
    if not page.link:
        address = f"/source/{percent(page.document.url, safe='/')}?start={start}&end={end}"
        digest = f"&digest={passage_digest(page.document.text[start:end])}" if end > start else ""
        return f"{address}{digest}#passage"
    if page_number:
        return f"{page.link}#page={page_number}"
    text = page.document.text[start:end].split("\n")[0]
    words = text.split()
    # https://wicg.github.io/scroll-to-text-fragment/: a long text is named by its first and last words.
    ends = [" ".join(words[:5]), " ".join(words[-5:])] if len(words) > 12 else [text]
    fragment = ",".join(percent(part, safe="").replace("-", "%2D") for part in ends)
    return f"{page.link.split('#')[0]}#{anchor or ''}:~:text={fragment}"


def passage_digest(passage: str) -> str:
    """Sixteen hexadecimal digits that tell a passage from what may stand in its place later (SHA-256, cut)."""
    return sha256(passage.encode("utf-8", "replace")).hexdigest()[:16]


def choose(ranked: Sequence[Ranked], count: int, max_words: int, margin: float) -> list[Ranked]:
    """The best units, at most ``count``, that do not overlap or repeat each other nor only introduce something.

    A unit after the first is taken if it scores within ``margin`` of the first and the words stay within ``max_words``.
    """
    chosen: list[Ranked] = []
    words = 0
    for candidate in showable(ranked):
        if len(chosen) == count or (chosen and candidate.score < chosen[0].score - margin):
            break
        if any(_overlap(candidate.unit, other.unit) or says_the_same(candidate.unit, other.unit) for other in chosen):
            continue
        if chosen and words + candidate.unit.words > max_words:
            continue
        chosen.append(candidate)
        words += candidate.unit.words
    return chosen


def says_the_same(one: Unit, other: Unit) -> bool:
    """Whether two units say the same in nearly the same words, with the same figures and not one "not" apart."""
    one_says, other_says = _said(one), _said(other)
    if one_says == other_says:
        return True
    if hinges(one_says) != hinges(other_says):
        return False
    a, b = text_terms(one_says, one.page.document.language), text_terms(other_says, other.page.document.language)
    return bool(a and b) and len(a & b) / len(a | b) >= _SAME_WORDS


def _said(unit: Unit) -> str:
    """What a unit says; of a long row's cell also of what: "Yes" says the same of one row alone."""
    text = unit.page.document.text
    return "\n".join(text[start:end] for start, end in unit.parts) if unit.kind == "row" else unit.text


def _folded(unit: Unit) -> str:
    return " ".join(_said(unit).casefold().split())


def _overlap(one: Unit, other: Unit) -> bool:
    if one.page.document.url != other.page.document.url or "outline" in (one.kind, other.kind):
        return False
    return one.start < other.end and other.start < one.end


def state(
    question: Question, chosen: Sequence[Ranked], ranked: Sequence[Ranked], footnotes: Footnotes, bold: bool
) -> list[Statement]:
    """The chosen units as statements, in their order: what answers best is said first."""
    statements: list[Statement] = []
    lead: Statement | None = None
    for item in chosen:
        cited = footnotes.cite(item.unit)
        if cited is None:
            continue
        if not item.unit.has_lead:
            lead = None
        text = item.unit.page.document.text
        depths = _depths(item.unit)
        for place, ((start, end), number) in enumerate(_lines(item.unit, cited)):
            shown = text[start:end]
            fact = fact_of(question, item, start, end) if bold else None
            statement = Statement(_kind(item.unit, place), shown, (number,), fact, depths.get(start, 0))
            if statement.kind == "lead":
                if statement == lead and statements[-1].kind in ("item", "row"):
                    continue  # what follows stands below it already
                lead = statement
            statements.append(statement)
        for other in ranked:
            if (
                other.unit is not item.unit
                and other.unit.kind == item.unit.kind
                and _folded(other.unit) == _folded(item.unit)
            ):
                footnotes.also(cited[-1 if item.unit.kind in ("item", "row") else 0][1], other.unit)
    return statements


def _lines(unit: Unit, cited: list[tuple[tuple[int, int], int]]) -> list[tuple[tuple[int, int], int]]:
    """What is shown as a line each: a sentence that points back is one line with the sentence that it points to."""
    above, said = cited[: unit.has_lead], cited[unit.has_lead :]
    (first, number), (last, last_number) = said[0], said[-1]
    if unit.kind == "sentence" and number == last_number:
        return [*above, ((first[0], last[1]), number)]
    return cited


def _depths(unit: Unit) -> dict[int, int]:
    """How deep each item of a list is nested in what is shown of it, by where it begins: one level more at a time."""
    if unit.kind != "list":
        return {}
    nested = {block.start: block.depth for block in read_blocks(unit.page.document) if block.kind == "item"}
    depths: dict[int, int] = {}
    around: list[int] = []
    for start, _ in unit.parts[unit.has_lead :]:
        if start in nested:
            while around and around[-1] >= nested[start]:
                around.pop()
            depths[start] = len(around)
            around.append(nested[start])
    return depths


def _kind(unit: Unit, place: int) -> StatementKind:
    if unit.has_lead and place == 0:
        return "lead"
    if unit.kind in ("outline", "list", "item"):
        return "item"
    return "row" if unit.kind == "row" else "sentence"
