"""When a source is looked at again: after an interval, or at the times of a cron expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_INTERVAL = re.compile(r"(?:\d+[smhdw])+")
_LEAST = timedelta(seconds=5)


class Schedule(Protocol):
    """The times at which something is due."""

    def next_after(self, moment: datetime) -> datetime:
        """The first such time after ``moment``, which bears its time zone."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Again and again, this long after the last time."""

    length: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """``moment`` plus the interval."""
        return moment + self.length


@dataclass(frozen=True, slots=True)
class Cron:
    """The times of a cron expression, in this machine's time zone."""

    expression: str

    def next_after(self, moment: datetime) -> datetime:
        """The expression's first time after ``moment``."""
        from croniter import croniter

        return croniter(self.expression, moment.astimezone()).get_next(datetime)


def read_interval(written: str) -> Interval:
    """An interval written as ``90s``, ``15m``, ``1h30m``, ``2d`` or ``1w``. Raises ``ValueError``."""
    compact = written.replace(" ", "").lower()
    if not _INTERVAL.fullmatch(compact):
        raise ValueError(f"{written!r} is no interval; write it as 15m, 2h or 1d")
    length = timedelta(seconds=sum(int(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"\d+[smhdw]", compact)))
    if length < _LEAST:
        raise ValueError(f"{written!r} is shorter than the {_LEAST.seconds} seconds allowed")
    return Interval(length)


def read_cron(written: str) -> Cron:
    """A cron expression of five fields, or a name as ``@daily``. Raises ``ValueError``."""
    from croniter import croniter

    if len(written.split()) not in (1, 5) or not croniter.is_valid(written):
        raise ValueError(f"{written!r} is no cron expression; write five fields, as in '0 3 * * *' for 3:00 every day")
    return Cron(written)
