"""Growth as a plot: an SVG file of four panels on logarithmic axes, to be read on light and on dark ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from tests.bench.tables import Row

_STYLE = """
svg { --ink: #1e1f1d; --soft: #5b5d58; --line: #dedbd2; --0: #14524c; --1: #a3480f; --2: #5a4fa2; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #eceae4; --soft: #aeb0a8; --line: #343937; --0: #86cfc4; --1: #f0b070; --2: #b9b0f5; }
}
text { font: 12px system-ui, sans-serif; fill: var(--soft); } .title { font-weight: 600; fill: var(--ink); }
path { stroke: var(--line); } polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
"""
_COLOURS = ("var(--0)", "var(--1)", "var(--2)")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 400, 260, 48, 96, 34, 34  # user units, of one panel


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its title, the unit of what goes up, and the figures to draw by their keys, each with its name."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]


PANELS = (
    Panel("Syncs", "s", (("build, s", "build"), ("one page, s", "one page"), ("no change, s", "no change"))),
    Panel("Questions", "ms", (
        ("answer p50, ms", "answer p50"), ("search p95, ms", "search p95"), ("search p50, ms", "search p50"),
    )),
    Panel("Memory and disk", "MB", (("disk, MB", "disk"), ("serving, MB", "serving"))),
    Panel("Start to first answer", "s", (("first answer, s", "first answer"),)),
)  # fmt: skip


def draw(rows: Sequence[Row]) -> str:
    """The panels of those rows of ``growth`` that have chunks, by how many they have."""
    ready = sorted((row for row in rows if "chunks" in row), key=lambda row: float(row["chunks"]))
    panels = Markup().join(
        Markup('<g transform="translate({} {})">{}</g>').format(
            place % 2 * _WIDTH, place // 2 * _HEIGHT, _drawn(panel, ready)
        )
        for place, panel in enumerate(PANELS)
    )
    told = "Times, memory and disk by the number of chunks, on logarithmic axes"
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" role="img" aria-label="{2}"><style>{3}</style>'
        "{4}</svg>\n"
    ).format(2 * _WIDTH, 2 * _HEIGHT, told, Markup(_STYLE), panels)


def _drawn(panel: Panel, rows: Sequence[Row]) -> Markup:
    drawn = Markup('<text class="title" x="{}" y="16">{}, {}</text>').format(_LEFT, panel.title, panel.unit)
    values = [float(row[key]) for row in rows for key, _ in panel.lines if key in row]
    if not values:
        return drawn
    across, up = _decades([float(row["chunks"]) for row in rows]), _decades(values)

    def x_of(value: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * _share(value, across), 1)

    def y_of(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * _share(value, up), 1)

    for power in range(up[0], up[1] + 1):
        drawn += Markup('<path d="M{0} {1}H{2}"/><text x="{3}" y="{4}" text-anchor="end">{5:,.10g}</text>').format(
            _LEFT, y_of(10.0**power), _WIDTH - _RIGHT, _LEFT - 6, y_of(10.0**power) + 4, 10.0**power
        )
    for power in range(across[0], across[1] + 1):
        drawn += Markup('<text x="{}" y="{}" text-anchor="middle">{:,.10g}</text>').format(
            x_of(10.0**power), _HEIGHT - _BOTTOM + 18, 10.0**power
        )
    labels: list[float] = []
    for (key, name), colour in zip(panel.lines, _COLOURS, strict=False):
        points = [(x_of(float(row["chunks"])), y_of(float(row[key]))) for row in rows if key in row]
        if not points:
            continue
        # A name stands beside its line's end, or below the one that stands there.
        labels.append(
            max([points[-1][1] + 4, *(label + 14 for label in labels if abs(label - points[-1][1] - 4) < 14)])
        )
        drawn += Markup(
            '<polyline style="stroke: {0}" points="{1}"/><text x="{2}" y="{3}" style="fill: {0}">{4}</text>'
        ).format(colour, " ".join(f"{x},{y}" for x, y in points), points[-1][0] + 6, labels[-1], name)
    return drawn


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around the values."""
    low, high = floor(log10(min(values)) + 1e-9), ceil(log10(max(values)) - 1e-2)
    return low, max(high, low + 1)


def _share(value: float, decades: tuple[int, int]) -> float:
    return (log10(value) - decades[0]) / (decades[1] - decades[0])
