"""An evaluation as one HTML page that needs nothing else: figures, curves and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from assistant.evaluation import Evaluation, Judged, Report

_WIDTH, _HEIGHT, _MARGIN = 520, 260, 44
_COLOURS = ("#14523d", "#b4552d")

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1d1c; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .3rem .8rem; border-bottom: 1px solid #ddd; }
td + td, th + th { text-align: right; } figure { display: inline-block; margin: 0 1rem 1rem 0; }
figcaption { font-size: .9rem; color: #555; } details { margin: .5rem 0; } blockquote { white-space: pre-wrap; }
@media (prefers-color-scheme: dark) { body { background: #181a19; color: #e8e8e4; } th, td { border-color: #444; } }
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold's trade-off: the share of the questions it answers (coverage), and of those the wrong (risk)."""

    threshold: float
    coverage: float
    risk: float


def trade_off(judged: Sequence[Judged]) -> list[Point]:
    """Risk against coverage for every threshold on the answer's confidence, from strictest to loosest.

    Answerable and unanswerable questions alike; abstentions stay abstentions. As in El-Yaniv and Wiener, "On the
    foundations of noise-free selective classification" (2010).
    """
    offered = sorted((j for j in judged if j.answer.citations), key=lambda j: -j.answer.confidence)
    points = []
    wrong = 0
    for count, item in enumerate(offered, 1):
        wrong += not (item.gold.answerable and item.right)
        points.append(Point(item.answer.confidence, count / len(judged), wrong / count))
    return points


def render_report(evaluations: Mapping[str, Evaluation]) -> str:
    """The page for one evaluation, or for two side by side, by their names."""
    reports = {name: evaluation.report() for name, evaluation in evaluations.items()}
    first = next(iter(evaluations.values()))
    curves = {name: [(p.coverage, p.risk) for p in trade_off(e.judged)] for name, e in evaluations.items()}
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Evaluation</title>",
        f"<style>{_STYLE}</style><h1>Evaluation</h1>",
        _summary(reports),
        _figure(curves, "share of the questions answered", "share of those wrong", "Risk against coverage"),
        _bars(reports),
        _kinds(reports),
        "<h2>What went wrong</h2>",
        *(_failure(judged) for judged in first.judged if not judged.right),
        "</html>",
    ]
    return "\n".join(parts)


def _summary(reports: Mapping[str, Report]) -> str:
    rows: list[tuple[str, Callable[[Report], str]]] = [
        ("right", lambda r: f"{r.right} of {r.questions}"),
        ("right page cited", lambda r: f"{r.page_cited:.1%}"),
        ("refused though answerable", lambda r: f"{r.false_refusals:.1%}"),
        ("hedged", lambda r: f"{r.hedged:.1%}"),
        ("words of an answer", lambda r: f"{r.mean_words}"),
    ]
    head = "".join(f"<th>{escape(name)}</th>" for name in reports)
    body = "".join(
        f"<tr><td>{label}</td>{''.join(f'<td>{show(report)}</td>' for report in reports.values())}</tr>"
        for label, show in rows
    )
    return f"<table><tr><th></th>{head}</tr>{body}</table>"


def _kinds(reports: Mapping[str, Report]) -> str:
    kinds = sorted({kind for report in reports.values() for kind in report.by_kind})
    columns = ("questions", "right", "answered", "partial", "abstained")
    tables = []
    for name, report in reports.items():
        rows = "".join(
            f"<tr><td>{escape(kind)}</td>{''.join(f'<td>{report.by_kind[kind][c]}</td>' for c in columns)}</tr>"
            for kind in kinds
            if kind in report.by_kind
        )
        head = "".join(f"<th>{column}</th>" for column in columns)
        tables.append(f"<h2>By kind: {escape(name)}</h2><table><tr><th></th>{head}</tr>{rows}</table>")
    return "".join(tables)


def _figure(curves: Mapping[str, Sequence[tuple[float, float]]], across: str, up: str, title: str) -> str:
    def place(point: tuple[float, float]) -> str:
        x = _MARGIN + point[0] * (_WIDTH - 2 * _MARGIN)
        y = _HEIGHT - _MARGIN - point[1] * (_HEIGHT - 2 * _MARGIN)
        return f"{x:.1f},{y:.1f}"

    lines = "".join(
        f"<polyline fill='none' stroke='{colour}' stroke-width='2' points='{' '.join(map(place, points))}'/>"
        f"<text x='{_WIDTH - _MARGIN}' y='{20 + 16 * row}' fill='{colour}' text-anchor='end'>{escape(name)}</text>"
        for row, ((name, points), colour) in enumerate(zip(curves.items(), _COLOURS, strict=False))
    )
    bottom, right = _HEIGHT - _MARGIN, _WIDTH - _MARGIN
    axes = f"<path d='M{_MARGIN} {_MARGIN}V{bottom}H{right}' fill='none' stroke='currentColor'/>"
    marks = "".join(
        f"<text x='{_MARGIN + share * (right - _MARGIN):.0f}' y='{bottom + 16}' text-anchor='middle'>{share:.0%}</text>"
        f"<text x='{_MARGIN - 6}' y='{bottom - share * (bottom - _MARGIN) + 4:.0f}' "
        f"text-anchor='end'>{share:.0%}</text>"
        for share in (0.0, 0.5, 1.0)
    )
    labels = (
        f"<text x='{_WIDTH / 2}' y='{_HEIGHT - 8}' text-anchor='middle'>{across}</text>"
        f"<text x='{_MARGIN}' y='{_MARGIN - 12}'>{up}</text>"
    )
    return _framed(title, _HEIGHT, axes + marks + lines + labels)


def _framed(title: str, height: int, drawing: str) -> str:
    return (
        f"<figure><svg width='{_WIDTH}' height='{height}' font-size='12' fill='currentColor' role='img' "
        f"aria-label='{title}'>"
        f"{drawing}</svg><figcaption>{title}</figcaption></figure>"
    )


def _bars(reports: Mapping[str, Report]) -> str:
    report = next(iter(reports.values()))
    rows = []
    for place, (kind, counts) in enumerate(report.by_kind.items()):
        y = 24 + 22 * place
        share = counts["right"] / counts["questions"]
        rows.append(
            f"<text x='110' y='{y + 11}' text-anchor='end'>{escape(kind)}</text>"
            f"<rect x='118' y='{y}' width='{280 * share:.0f}' height='14' fill='{_COLOURS[0]}'/>"
            f"<text x='{126 + 280 * share:.0f}' y='{y + 11}'>{counts['right']} of {counts['questions']}</text>"
        )
    return _framed("Right by kind", 40 + 22 * len(report.by_kind), "".join(rows))


def _failure(judged: Judged) -> str:
    gold, answer = judged.gold, judged.answer
    wanted = ", ".join(gold.answer_all or gold.answer_any) or "a refusal"
    asked = " / ".join([*gold.history, gold.question])
    cited = ", ".join(citation.url for citation in answer.citations)
    return (
        f"<details><summary>{escape(gold.id)} ({escape(answer.outcome)}): {escape(asked)}</summary>"
        f"<p>Wanted: {escape(wanted)}, from {escape(', '.join(gold.source) or 'nowhere')}</p>"
        f"<blockquote>{escape(answer.text)}</blockquote><p>Cited: {escape(cited)}</p></details>"
    )
