"""A number in the question and a table whose rows are each for a range of numbers: the row it falls into answers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.amounts import MONEY, Amount, amounts_in
from assistant.question import Question
from assistant.ranking import Ranked
from assistant.units import Unit

_COMPARED = 31  # times as long: days are compared with months, not with years
_NEAR = 0.2  # of the best line's score: a table further below it is not what the question is about
_MORE = r"over|more than|above|beyond|after|yli|enemmän kuin|jälkeen|över|mer än|efter"
_OPENS = re.compile(
    rf"(?P<more>{_MORE})|(?P<less>under|below|less than|fewer than|alle|vähemmän kuin|mindre än)|"
    r"(?P<most>up to|at most|first|until|enintään|korkeintaan|ensimmäiset|högst|upp till|första|de första)|"
    r"(?P<least>from|at least|vähintään|minst|från)",
    re.IGNORECASE,
)
_TO = re.compile(r" ?(?:-|–|to|and|till|ja|och|(?:,? but )?(?P<less>less than|fewer than|under|alle)) ?", re.IGNORECASE)
_AND_MORE = re.compile(r" ?(?:\+|(?:and|or|tai|eller|och|ja) (?:more|over|above|longer|enemmän|yli|mer|över|längre)\b)")
_BEYOND = re.compile(rf"\b(?:{_MORE}) (?:the )?$", re.IGNORECASE)
_SHORT_OF = re.compile(
    r"\b(?:first|under|below|less than|fewer than|within|before|ensimmäis\w+|alle|ennen|första|mindre än|inom|före) $",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Range:
    """The amounts of a unit from ``low`` to ``high``; an ``open`` one leaves out the end that it names.

    ``unit`` and ``scale`` are an amount's.
    """

    low: float
    high: float
    unit: str
    scale: float
    open: bool = False

    def holds(self, size: float) -> bool:
        """Whether it reaches from below a size to above it."""
        return self.low < size < self.high if self.open else self.low <= size <= self.high


def range_of(text: str) -> Range | None:
    """The range that a table's cell gives ("2 to 5 years", "up to £1,000", "yli 5 vuotta"), or None for any other."""
    found = list(amounts_in(text, bare=True))[:2]
    if not found:
        return None
    first = found[0]
    before = text[: first.start].strip()
    opening = _OPENS.fullmatch(before)
    if before and opening is None:
        return None
    told = opening.lastgroup if opening else ""
    if told in ("more", "less"):
        low, high = (first.size, math.inf) if told == "more" else (-math.inf, first.size)
        return Range(low, high, first.unit, first.scale, open=True)
    if len(found) == 2 and _TO.fullmatch(text[first.end : found[1].start]):
        last = found[1]
        return Range(first.number * (first.scale if first.unit else last.scale), last.size, last.unit, last.scale)
    if told == "most":
        return Range(-math.inf, first.size, first.unit, first.scale)
    beyond = _AND_MORE.match(text, first.end)
    if beyond:  # "15 or more years"
        first = next(amounts_in(text[: first.end] + text[beyond.end() :], bare=True), first)
    return Range(first.size, math.inf, first.unit, first.scale) if told or beyond else None


def fit(question: Question, ranked: list[Ranked]) -> list[Ranked]:
    """The units with the row first that the question's amount falls into, if it is of a table that ranks near the top.

    It counts as much as the best of its table's rows, as which of them answers is told by the amount; the others, which
    are for other amounts, are left out. Where the amount falls into several or none of them, the table goes first.
    """
    asked = list(amounts_in(question.text))
    for item in ranked if asked else ():
        if item.score < ranked[0].score - _NEAR:
            break
        if item.unit.kind != "row":
            continue
        table = {other.unit.start: (other, _range(other.unit)) for other in ranked if _is_beside(other.unit, item.unit)}
        rows = [(other, held) for other, held in table.values() if held]
        amounts = [a for a in asked if sum(_of_a_kind(held, a) for _, held in rows) > 1]
        if amounts:
            fitting = [row for amount in amounts for row in _into(question.text, amount, rows)]
            return _placed(ranked, [row for row, _ in rows], fitting)
    return ranked


def _placed(ranked: list[Ranked], rows: list[Ranked], fitting: list[Ranked]) -> list[Ranked]:
    first = min(rows, key=ranked.index)
    on_top = first is ranked[0]
    if len(fitting) == 1:
        best = replace(
            fitting[0],
            score=ranked[0].score,
            covered=max(row.covered for row in rows),
            in_setting=max(row.in_setting for row in rows),
            # A reader of passages does not compare numbers.
            read=max(0.0 if on_top else -math.inf, *(row.read for row in rows)),
        )
        return [best, *(item for item in ranked if item not in rows)]
    whole = next((item for item in ranked if item.unit.kind == "list" and _holds(item.unit, first.unit)), None)
    if whole is None or not on_top:
        return ranked
    return [replace(whole, score=first.score), *(item for item in ranked if item is not whole and item not in rows)]


def _into(asked: str, amount: Amount, rows: Sequence[tuple[Ranked, Range]]) -> list[Ranked]:
    """The rows that an amount falls into: "after five years" is a little more than five, "first" a little less."""
    before = asked[: amount.start]
    size = amount.size * (1 + 1e-9 * (bool(_BEYOND.search(before)) - bool(_SHORT_OF.search(before))))
    return [row for row, held in rows if _of_a_kind(held, amount) and held.holds(size)]


def _of_a_kind(held: Range, amount: Amount) -> bool:
    return held.unit == (amount.unit or MONEY) and 1 / _COMPARED <= held.scale / amount.scale <= _COMPARED


def _range(unit: Unit) -> Range | None:
    """The range in a row's first cell."""
    return range_of(unit.text.split(" | ")[0].rpartition(": ")[2])


def _is_beside(unit: Unit, row: Unit) -> bool:
    """Whether a unit is a row of the same table."""
    return (
        unit.kind == "row"
        and (unit.page.document.url, unit.path) == (row.page.document.url, row.path)
        and unit.text.partition(": ")[0] == row.text.partition(": ")[0]
    )


def _holds(table: Unit, row: Unit) -> bool:
    return table.page.document.url == row.page.document.url and table.start <= row.start < row.end <= table.end
