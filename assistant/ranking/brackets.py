"""A number in the question and a table whose rows are each for a range of numbers: the row it falls into answers."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.question.amounts import MONEY, Amount, amounts_in, own_amounts
from assistant.question.question import Question
from assistant.ranking.ranking import Ranked
from assistant.units.units import Unit

_COMPARED = 8  # times as long: days are compared with weeks
_IN_SERVICE = 31  # and with months, and those with years, where it is told that somebody has served so long
_NEAR = 0.3  # of the best line's score: a table further below it is not what the question is about
_MORE = r"over|more than|above|beyond|after|yli|enemmän kuin|jälkeen|över|mer än|efter"
_OPENS = re.compile(
    rf"(?P<more>{_MORE})|(?P<less>under|below|less than|fewer than|alle|vähemmän kuin|mindre än)|"
    r"(?P<most>up to|at most|first|until|enintään|korkeintaan|ensimmäiset|högst|upp till|första|de första)|"
    r"(?P<least>from|at least|vähintään|minst|från)",
    re.IGNORECASE,
)
_TO = re.compile(
    r" ?(?:-|–|to|and|till|ja|och|,? ?(?:(?:and|but|ja|mutta|och|men) )?"
    r"(?:up to|to|at most|enintään|högst|upp till|(?P<less>less than|fewer than|under|below|alle|mindre än))) ?",
    re.IGNORECASE,
)
_AND_MORE = re.compile(r" ?(?:\+|(?:and|or|tai|eller|och|ja) (?:more|over|above|longer|enemmän|yli|mer|över|längre)\b)")
_BEYOND = re.compile(rf"\b(?:{_MORE}) (?:the )?$", re.IGNORECASE)
_SHORT_OF = re.compile(
    r"\b(?:first|under|below|less than|fewer than|within|before|ensimmäis\w+|alle|ennen|första|mindre än|inom|före) $",
    re.IGNORECASE,
)
_SERVED = re.compile(
    rf"\b(?:(?:{_MORE}|first|with|ensimmäis\w+|första|med)|"
    r"(?:been|worked|served|ollut|varit|jobbat|arbetat)\b[^.?!]*) $",
    re.IGNORECASE,
)
_OF_SERVICE = re.compile(
    r"['’]? (?:of )?(?:continuous )?(?:service|employment|work\w*|jälkeen|palvel\w+|työ\w*|tjänst\w*|anställning\w*)",
    re.IGNORECASE,
)
_OF_ELSE = re.compile(r"['’]? (?:of|av)\b", re.IGNORECASE)  # "after 3 months of unpaid leave"


@dataclass(frozen=True, slots=True)
class Range:
    """The amounts of a unit from ``low`` to ``high``, without ``low`` itself if it is ``over`` that, and without
    ``high`` if ``under``.

    ``unit`` and ``scale`` are an amount's.
    """

    low: float
    high: float
    unit: str
    scale: float
    over: bool = False
    under: bool = False

    def holds(self, size: float) -> bool:
        """Whether a size is in it."""
        above = size > self.low or (size == self.low and not self.over)
        return above and (size < self.high or (size == self.high and not self.under))


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
    if told == "less":
        return Range(-math.inf, first.size, first.unit, first.scale, under=True)
    joint = _TO.fullmatch(text[first.end : found[1].start]) if len(found) == 2 else None
    if joint:
        last, over, under = found[1], told == "more", bool(joint["less"])
        of = last if last.unit else first  # "£20,000–50,000"
        low, high = first.number * (first.scale if first.unit else of.scale), last.number * of.scale
        return Range(low, high, of.unit, of.scale, over, under) if low < high else None
    if told in ("more", "least") and len(found) == 2:
        return None
    if told == "more":
        return Range(first.size, math.inf, first.unit, first.scale, over=True)
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
    Nothing changes where the rows set limits to different things.
    """
    asked = [(amount, _reach(question.text, amount)) for amount in own_amounts(question.text)]
    tables: dict[tuple[str, tuple[str, ...], str], dict[int, Ranked]] = {}
    for item in ranked if asked else ():
        if item.unit.kind == "row":
            tables.setdefault(_table(item.unit), {})[item.unit.start] = item
    for table in tables.values():
        if max(row.score for row in table.values()) < ranked[0].score - _NEAR:
            break
        rows = [(row, held) for _, row in sorted(table.items()) if (held := _range(row.unit))]
        meant = [(amount, [r for r in rows if _of_a_kind(r[1], amount, reach)]) for amount, reach in asked]
        meant = [(amount, alike) for amount, alike in meant if len(alike) > 1]
        if any(_sets_limits(alike) for _, alike in meant):
            return ranked
        if meant:
            fitting = [row for amount, alike in meant for row in _into(question.text, amount, alike)]
            return _placed(ranked, [row for row, _ in rows], fitting)
    return ranked


def _sets_limits(rows: Sequence[tuple[Ranked, Range]]) -> bool:
    """Whether rows in the order of the page are limits to different things: ranges that overlap, in no order or told
    apart by the question's words ("up to £25" for meals, "up to £150" for hotels)."""
    ranges = sorted((held for _, held in rows), key=lambda held: (held.low, held.high))
    if all(one.high <= other.low for one, other in itertools.pairwise(ranges)):
        return False
    return [held for _, held in rows] != ranges or len({row.covered for row, _ in rows}) > 1


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
    return [row for row, held in rows if held.holds(size)]


def _reach(asked: str, amount: Amount) -> float:
    """How many times as long a unit may be, or as short, to be compared with the amount's."""
    before, after = asked[: amount.start], asked[amount.end :]
    served = _OF_SERVICE.match(after) or (_SERVED.search(before) and not _OF_ELSE.match(after))
    return _IN_SERVICE if served else _COMPARED


def _of_a_kind(held: Range, amount: Amount, reach: float) -> bool:
    return held.unit == (amount.unit or MONEY) and 1 / reach <= held.scale / amount.scale <= reach


def _range(unit: Unit) -> Range | None:
    """The range in a row's first cell."""
    return range_of(unit.text.split(" | ")[0].rpartition(": ")[2])


def _table(unit: Unit) -> tuple[str, tuple[str, ...], str]:
    """What the rows of a table have in common: the page, the headings, the first column's."""
    return unit.page.document.url, unit.path, unit.text.partition(": ")[0]


def _holds(table: Unit, row: Unit) -> bool:
    return table.page.document.url == row.page.document.url and table.start <= row.start < row.end <= table.end
