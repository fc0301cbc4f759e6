"""The figures of the owner's page, worked out from the question log."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ui.questions.question_log import Entry

OUTCOMES = {
    "answered": "Answered",
    "partial": "No direct answer",
    "abstained": "Refused",
    "failed": "Failed",
}
"""How the owner's page calls each outcome."""

TIMES = {"under 0.5 s": 0.5, "under 1 s": 1.0, "under 2 s": 2.0, "under 5 s": 5.0, "longer": math.inf}
"""Spans of time that answers take, each up to so many seconds."""

_DAILY = 45  # days of which each has a column of its own; of more, each week has one
_SLOWEST = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What the questions of some days come to.

    ``columns``: for each day or, as ``step`` (days) says, each week from that day on, how many had which outcome;
    ``took``: how many answers took how long, by the names of ``TIMES``; ``seconds``: (median, 95th percentile);
    ``cited``: how many answers quote a page, by its address, the most first.
    """

    outcomes: Mapping[str, int]
    columns: Mapping[date, Mapping[str, int]]
    step: int
    helpful: int
    unhelpful: Sequence[Entry]
    seconds: tuple[float, float]
    took: Mapping[str, int]
    slowest: Sequence[Entry]
    cited: Mapping[str, int]

    @property
    def questions(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values())


def figures_of(entries: Sequence[Entry], today: datetime, days: int) -> Figures:
    """The figures of the last ``days`` up to ``today``, whose entries (the latest first) are given."""
    step = 1 if days <= _DAILY else 7
    return Figures(
        outcomes={name: sum(entry.outcome == name for entry in entries) for name in OUTCOMES},
        columns=_columns(entries, today.astimezone().date(), days, step),
        step=step,
        helpful=sum(entry.thumb == "up" for entry in entries),
        unhelpful=[entry for entry in entries if entry.thumb == "down"],
        seconds=(_quantile((entry.seconds for entry in entries), 0.5), _quantile((e.seconds for e in entries), 0.95)),
        took=_took(entries),
        slowest=sorted(entries, key=lambda entry: -entry.seconds)[:_SLOWEST],
        cited=dict(Counter(url for entry in entries for url in entry.cited).most_common()),
    )


def _columns(entries: Iterable[Entry], today: date, days: int, step: int) -> Mapping[date, Mapping[str, int]]:
    count = math.ceil(days / step)
    starts = [today - timedelta(days=step * (count - place) - 1) for place in range(count)]
    counted: dict[date, Counter[str]] = {start: Counter() for start in starts}
    for entry in entries:
        past = (entry.moment.astimezone().date() - starts[0]).days // step
        if 0 <= past < count:
            counted[starts[past]][entry.outcome] += 1
    return counted


def _took(entries: Iterable[Entry]) -> Mapping[str, int]:
    counts = dict.fromkeys(TIMES, 0)
    for entry in entries:
        counts[next(name for name, most in TIMES.items() if entry.seconds < most)] += 1
    return counts


def _quantile(values: Iterable[float], share: float) -> float:
    """The least value that so many are at most as great as; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
