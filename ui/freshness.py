"""How old pages are, as counts by age and as a plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from markupsafe import Markup

AGES = {
    "under 1 hour": timedelta(hours=1),
    "under 1 day": timedelta(days=1),
    "under 1 week": timedelta(days=7),
    "under 1 month": timedelta(days=30),
    "under 1 year": timedelta(days=365),
}
OLDER = "older"
_WIDTH, _BAR, _GAP, _LABEL, _HIGH = 520, 22, 8, 120, 56  # user units


def ages_of(moments: Iterable[datetime], today: datetime) -> Mapping[str, int]:
    """How many of the moments lie how far back, by the names of ``AGES`` (each up to its own) and ``OLDER``."""
    counts = Counter(dict.fromkeys((*AGES, OLDER), 0))
    for moment in moments:
        counts[next((name for name, age in AGES.items() if today - moment <= age), OLDER)] += 1
    return counts


def plot(counts: Mapping[str, int], title: str) -> Markup:
    """A bar for each count, as inline SVG that takes its colours from the page's style sheet."""
    most = max(counts.values(), default=0) or 1
    room = _WIDTH - _LABEL - _HIGH
    rows = Markup().join(
        Markup(
            '<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{}" y="{}" width="{}" height="{}" rx="2"/>'
            '<text x="{}" y="{}">{:,}</text>'
        ).format(
            _LABEL - 8, y + _BAR - 6, name, _LABEL, y, round(room * count / most, 1), _BAR,
            _LABEL + round(room * count / most, 1) + 8, y + _BAR - 6, count,
        )
        for y, (name, count) in ((place * (_BAR + _GAP), item) for place, item in enumerate(counts.items()))
    )  # fmt: skip
    told = ", ".join(f"{name}: {count:,}" for name, count in counts.items())
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}. {}">{}</svg>'
    ).format(_WIDTH, len(counts) * (_BAR + _GAP), title, told, rows)  # fmt: skip
