"""Plots as inline SVG that needs nothing else: colours come from the page's style sheet, so they follow its theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

STYLE = """
:root { color-scheme: light dark; --ground: light-dark(#faf9f6, #161817); --ink: light-dark(#1e1f1d, #eceae4);
  --soft: light-dark(#5b5d58, #aeb0a8); --line: light-dark(#dedbd2, #343937); --raised: light-dark(#fff, #1e2120);
  --first: light-dark(#14524c, #86cfc4); --second: light-dark(#a3480f, #f0b070); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem;
  background: var(--ground); color: var(--ink); }
h1 { margin-bottom: .25rem; } .soft { color: var(--soft); }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 3px solid var(--first); }
table { border-collapse: collapse; } .wide + * { margin-top: 1.5rem; }
th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right; font-weight: 400; }
thead th { font-weight: 600; } tr > :first-child { text-align: left; padding-left: 0; min-width: 8rem; }
tr.now > * { font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 1rem; }
figure { margin: 0; padding: 1rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
figcaption { font-weight: 600; } figure p { margin: .25rem 0; font-size: .9rem; color: var(--soft); }
svg { display: block; width: 100%; height: auto; margin-top: .5rem; overflow: visible; font-size: 12px;
  fill: var(--ink); }
@media (max-width: 30rem) { svg { font-size: 15px; } th, td { padding-inline: .4rem; } }
svg .grid { stroke: var(--line); } svg .soft { fill: var(--soft); }
svg polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .dashed { stroke-dasharray: 5 4; } svg .now { stroke: var(--soft); stroke-dasharray: 2 3; }
.first { stroke: var(--first); } .second { stroke: var(--second); }
svg rect.first, svg circle.first { fill: var(--first); stroke: none; }
svg rect.second, svg circle.second { fill: var(--second); stroke: none; }
ul.legend { list-style: none; margin: .25rem 0; padding: 0; font-size: .9rem; }
.legend svg { display: inline; width: 2rem; margin: 0; }
details { margin: .5rem 0; padding: .5rem 0; border-top: 1px solid var(--line); } summary { cursor: pointer; }
blockquote { white-space: pre-wrap; margin: .5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
summary, blockquote, td, li { overflow-wrap: anywhere; }
"""

_WIDTH, _HEIGHT = 400, 230  # user units; at a phone's width one is still 0.8 of a pixel
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 12, 22, 40
_TOPS = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # where an axis may end
CLASSES = ("first", "second")


@dataclass(frozen=True, slots=True)
class Line:
    """A line through ``points`` (both figures 0 to 1), with those in ``marked`` set off and named."""

    name: str
    points: Sequence[tuple[float, float]]
    style: str = CLASSES[0]
    marked: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def line_plot(
    title: str, told: str, across: str, up: str, lines: Sequence[Line], *, now: float | None = None, form: str = ".0%"
) -> Markup:
    """Lines over 0 to 1, written as ``form`` has it. ``told`` says how to read them; ``now`` is a place to mark."""
    highest = max((y for line in lines for _, y in line.points), default=0.0)
    top = next((top for top in _TOPS if highest <= top), 1.0)
    inner, bottom = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _BOTTOM

    def x_of(value: float) -> float:
        return round(_LEFT + value * inner, 1)

    def y_of(value: float) -> float:
        return round(bottom - value / top * (bottom - _TOP), 1)

    drawn = Markup().join(
        [
            Markup('<text class="soft" x="0" y="10">{}</text>').format(up),
            *(
                Markup(
                    '<path class="grid" d="M{} {}H{}"/><text class="soft" x="{}" y="{}" text-anchor="end">{}</text>'
                ).format(_LEFT, y_of(share), _WIDTH - _RIGHT, _LEFT - 6, y_of(share) + 4, f"{share:.0%}")
                for share in (0.0, top / 2, top)
            ),
            *(
                Markup('<text class="soft" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    x_of(share), bottom + 16, format(share, form)
                )
                for share in (0.0, 0.25, 0.5, 0.75, 1.0)
            ),
            Markup('<text class="soft" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                x_of(0.5), bottom + 34, across
            ),
            Markup('<path class="now" d="M{} {}V{}"/>').format(x_of(now), _TOP, bottom) if now is not None else "",
            *(_line(line, x_of, y_of) for line in lines),
        ]
    )
    return _figure(title, told, drawn, _HEIGHT, [(line.name, line.style) for line in lines])


def _line(line: Line, x_of: Callable[[float], float], y_of: Callable[[float], float]) -> Markup:
    points = " ".join(f"{x_of(x)},{y_of(y)}" for x, y in line.points)
    marks = Markup().join(
        Markup('<circle class="{}" cx="{}" cy="{}" r="4"/><text x="{}" y="{}">{}</text>').format(
            line.style, x_of(x), y_of(y), x_of(x) + 6, y_of(y) - 6, name
        )
        for name, (x, y) in line.marked.items()
    )
    return Markup('<polyline class="{}" points="{}"/>{}').format(line.style, points, marks)


def bar_plot(title: str, told: str, rows: Mapping[str, Sequence[tuple[float, str]]], names: Sequence[str]) -> Markup:
    """For each row a bar for each name: its length (0 to 1) and what is written behind it."""
    label, high, gap = 104, 16, 8
    room = _WIDTH - label - 64
    drawn = Markup()
    y = 0
    for row, bars in rows.items():
        middle = y + high * len(bars) / 2 + 4
        drawn += Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(label - 8, middle, row)
        for (share, written), style in zip(bars, CLASSES, strict=False):
            length = round(room * share, 1)
            drawn += Markup(
                '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/><text class="soft" x="{}" y="{}">{}</text>'
            ).format(style, label, y + 1, length, high - 2, label + length + 6, y + high - 3, written)
            y += high
        y += gap
    legend = list(zip(names, CLASSES, strict=False)) if len(names) > 1 else []
    return _figure(title, told, drawn, max(y - gap, 1), legend)


def _figure(title: str, told: str, drawn: Markup, height: int, legend: Iterable[tuple[str, str]]) -> Markup:
    key = Markup().join(
        Markup(
            '<li><svg viewBox="0 0 32 10" aria-hidden="true"><polyline class="{}" points="0,5 32,5"/></svg> {}</li>'
        ).format(style, name)
        for name, style in legend
    )
    return Markup(
        '<figure><figcaption>{0}</figcaption><p>{1}</p><svg viewBox="0 0 {2} {3}" role="img" aria-label="{0}. {1}">'
        "{4}</svg>{5}</figure>"
    ).format(title, told, _WIDTH, height, drawn, Markup('<ul class="legend">{}</ul>').format(key) if key else "")


def page(title: str, told: str, parts: Iterable[Markup]) -> str:
    """A whole page of figures."""
    return Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{0}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>{1}</style></head><body><h1>{0}</h1><p class='soft'>{2}</p>{3}</body></html>\n"
    ).format(title, Markup(STYLE), told, Markup("\n").join(parts))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str, now: int | None = None) -> Markup:
    """A table; the first column names the rows, and row ``now`` is set off."""
    written = Markup().join(
        Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(
            Markup(' class="now"') if number == now else "",
            row[0],
            Markup().join(Markup("<td>{}</td>").format(cell) for cell in row[1:]),
        )
        for number, row in enumerate(rows)
    )
    return Markup(
        '<p class="soft">{0}</p><div class="wide" tabindex="0" role="region" aria-label="{0}"><table>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(caption, Markup().join(Markup('<th scope="col">{}</th>').format(name) for name in head), written)
