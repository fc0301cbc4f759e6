"""The plots of the owner's page: inline SVG that takes its colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from ui.freshness import plot
from ui.owner.figures import OUTCOMES, Figures

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 520, 240, 44, 12, 28  # user units
_STEPS = (1, 2, 5)


def plots(figures: Figures) -> Markup:
    """Both plots: how many were asked when and how they went, and how long their answers took."""
    took = Markup("<figure><figcaption>Questions by the time that their answer took</figcaption>{}</figure>").format(
        plot(figures.took, "Questions by the time that their answer took")
    )
    return Markup('<section class="plots">{}{}</section>').format(over_time(figures), took)


def over_time(figures: Figures) -> Markup:
    """A column for each day or week, its outcomes one on the other, with what the colours mean under it."""
    top = _round_above(max((sum(counts.values()) for counts in figures.columns.values()), default=0))
    floor = _HEIGHT - _BOTTOM
    unit = (floor - _TOP) / top
    wide = (_WIDTH - _LEFT) / max(len(figures.columns), 1)
    bars = Markup().join(
        _column(_LEFT + place * wide, wide, counts, floor, unit)
        for place, counts in enumerate(figures.columns.values())
    )
    rules = Markup().join(
        Markup('<path class="rule" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{:,}</text>').format(
            _LEFT, round(floor - value * unit, 1), _WIDTH, _LEFT - 6, round(floor - value * unit + 5, 1), value
        )
        for value in sorted({0, top // 2 if top % 2 == 0 else 0, top})
    )
    what = "Questions a day" if figures.step == 1 else "Questions a week"
    told = ", ".join(f"{name.lower()} {figures.outcomes[key]:,}" for key, name in OUTCOMES.items())
    return Markup(
        '<figure><figcaption>{0}</figcaption><svg class="plot" viewBox="0 0 {1} {2}" role="img" '
        'aria-label="{0}; in all: {3}">{4}{5}{6}</svg><ul class="legend">{7}</ul></figure>'
    ).format(what, _WIDTH, _HEIGHT, told, rules, bars, _dates(list(figures.columns), wide), _legend(figures.outcomes))


def _column(left: float, wide: float, counts: Mapping[str, int], floor: float, unit: float) -> Markup:
    parts = Markup()
    gap = min(2.0, wide * 0.2)
    for key in OUTCOMES:
        high = counts.get(key, 0) * unit
        floor -= high
        if high:
            parts += Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                key, round(left + gap / 2, 1), round(floor, 1), round(wide - gap, 1), round(high, 1)
            )
    return parts


def _dates(starts: list[date], wide: float) -> Markup:
    """The first, the middle and the last day under their columns."""
    last = len(starts) - 1
    places = {0: "start", last // 2: "middle", last: "end"} if last > 1 else {0: "start"}
    at = {"start": 0.0, "middle": wide / 2, "end": wide}
    return Markup().join(
        Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
            round(_LEFT + place * wide + at[anchor], 1), _HEIGHT - 6, anchor, f"{starts[place].day} {starts[place]:%b}"
        )
        for place, anchor in places.items()
    )


def _legend(outcomes: Mapping[str, int]) -> Markup:
    return Markup().join(
        Markup(
            '<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="{}" width="12" height="12"/></svg>{} '
            "<b>{:,}</b></li>"
        ).format(key, name, outcomes[key])
        for key, name in OUTCOMES.items()
        if outcomes[key] or key != "failed"
    )


def _round_above(most: int) -> int:
    """A round number that is not less, for the end of an axis."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= max(most, 2):
                return step * power
        power *= 10
