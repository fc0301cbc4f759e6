"""An evaluation as one HTML page that needs nothing else: figures, the threshold's trade-off and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from assistant.evaluation.gold import Evaluation, Judged, Report
from assistant.evaluation.plots import CLASSES, Line, bar_plot, line_plot, page, table
from assistant.evaluation.trade_off import at_threshold, trade_off

_STEPS = 20  # thresholds at which the trade-off is plotted
_TABLED = (0.1, 0.3, 0.5, 0.7, 0.9)


def render_report(evaluations: Mapping[str, Evaluation], thresholds: Mapping[str, float]) -> str:
    """The page for one evaluation, or for two side by side. Both mappings go by the name of the settings."""
    reports = {name: evaluation.report() for name, evaluation in evaluations.items()}
    questions = next(iter(reports.values())).questions
    parts = [
        _summary(reports),
        Markup('<div class="plots">{}</div>').format(
            Markup().join([_by_kind(reports), _by_threshold(evaluations, thresholds), _risk(evaluations, thresholds)])
        ),
        *(_threshold_table(name, e.judged, thresholds[name], len(evaluations) > 1) for name, e in evaluations.items()),
        *(_kind_table(name, report, len(reports) > 1) for name, report in reports.items()),
    ]
    if len(evaluations) == 2:
        parts.append(_differences(evaluations))
    parts += [_failures(name, evaluation, len(evaluations) > 1) for name, evaluation in evaluations.items()]
    return page("Evaluation", f"{questions:,} questions asked with {' and with '.join(evaluations)}.", parts)


def _summary(reports: Mapping[str, Report]) -> Markup:
    rows: list[tuple[str, Callable[[Report], str]]] = [
        ("Right", lambda r: f"{r.right} of {r.questions}"),
        ("Right page cited", lambda r: f"{r.page_cited:.1%}"),
        ("Citations that are to a right page", lambda r: f"{r.citation_precision:.1%}"),
        ("Refused though the pages say it", lambda r: f"{r.false_refusals:.1%}"),
        ("Hedged", lambda r: f"{r.hedged:.1%}"),
        ("Words of an answer, on average", lambda r: f"{r.mean_words}"),
    ]
    figures = [[label, *(show(report) for report in reports.values())] for label, show in rows]
    return table(["", *reports], figures, "The figures; shares are of the questions that the pages answer")


def _by_kind(reports: Mapping[str, Report]) -> Markup:
    kinds = sorted({kind for report in reports.values() for kind in report.by_kind})
    rows = {kind: [_bar(report.by_kind[kind]) for report in reports.values()] for kind in kinds}
    return bar_plot("Right by kind", "For unanswerable questions right means not answered.", rows, list(reports))


def _bar(counts: Mapping[str, int]) -> tuple[float, str]:
    return counts["right"] / counts["questions"], f"{counts['right']} of {counts['questions']}"


def _by_threshold(evaluations: Mapping[str, Evaluation], thresholds: Mapping[str, float]) -> Markup:
    lines = []
    for (name, evaluation), style in zip(evaluations.items(), CLASSES, strict=False):
        points = [at_threshold(evaluation.judged, step / _STEPS) for step in range(_STEPS + 1)]
        behind = f": {name}" if len(evaluations) > 1 else ""
        lines.append(Line(f"answered rightly{behind}", [(p.threshold, p.right) for p in points], style))
        lines.append(Line(f"answered wrongly{behind}", [(p.threshold, p.wrong) for p in points], f"{style} dashed"))
    return line_plot(
        "What the threshold trades",
        "Share of all questions answered outright; the others are hedged or refused. The dotted line is the setting.",
        "answer.threshold",
        "of the questions",
        lines,
        now=next(iter(thresholds.values())),
        form="g",
    )


def _risk(evaluations: Mapping[str, Evaluation], thresholds: Mapping[str, float]) -> Markup:
    lines = []
    for (name, evaluation), style in zip(evaluations.items(), CLASSES, strict=False):
        here = at_threshold(evaluation.judged, thresholds[name])
        points = [(point.coverage, point.risk) for point in trade_off(evaluation.judged)]
        lines.append(Line(name, points, style, {f"{thresholds[name]:g}": (here.coverage, here.risk)}))
    return line_plot(
        "Risk against coverage",
        "Of the questions answered outright, the share that is wrong; the dot is the threshold as it is set.",
        "share of the questions answered outright",
        "of those wrong",
        lines,
    )


def _threshold_table(name: str, judged: Sequence[Judged], threshold: float, named: bool) -> Markup:
    steps = sorted({*_TABLED, threshold})
    offered = at_threshold(judged, 0.0).coverage
    rows = []
    for step in steps:
        point = at_threshold(judged, step)
        hedged = offered - point.coverage
        rows.append([f"{step:g}", f"{point.right:.0%}", f"{point.wrong:.0%}", f"{hedged:.0%}", f"{point.risk:.0%}"])
    head = ["answer.threshold", "answered rightly", "answered wrongly", "hedged", "wrong of those answered"]
    caption = f"What another threshold would do, with {name}" if named else "What another threshold would do"
    return table(head, rows, caption, steps.index(threshold))


def _kind_table(name: str, report: Report, named: bool) -> Markup:
    columns = ("questions", "right", "answered", "partial", "abstained")
    rows = [[kind, *(counts[column] for column in columns)] for kind, counts in report.by_kind.items()]
    return table(["kind", *columns], rows, f"By kind, with {name}" if named else "By kind")


def _differences(evaluations: Mapping[str, Evaluation]) -> Markup:
    """The questions that one of two settings gets right and the other does not."""
    (one, first), (other, second) = evaluations.items()
    parts = [Markup("<h2>Where they differ</h2>")]
    for name, ours, theirs in ((one, first, second), (other, second, first)):
        won = [mine for mine, their in zip(ours.judged, theirs.judged, strict=True) if mine.right and not their.right]
        items = Markup().join(Markup("<li>{}: {}</li>").format(j.gold.id, _asked(j)) for j in won)
        parts.append(Markup("<h3>Right only with {} ({})</h3><ul>{}</ul>").format(name, len(won), items))
    return Markup().join(parts)


def _failures(name: str, evaluation: Evaluation, named: bool) -> Markup:
    """What went wrong, the surest answers first: they are the ones that mislead."""
    failed = sorted((j for j in evaluation.judged if not j.right), key=lambda j: (-_sureness(j), j.gold.id))
    title = Markup("<h2>What went wrong{}</h2>").format(f", with {name}" if named else "")
    if not failed:
        return title + Markup("<p>Nothing: every question was answered or refused rightly.</p>")
    return title + Markup().join(map(_failure, failed))


def _sureness(judged: Judged) -> float:
    return judged.answer.confidence if judged.answer.citations else 0.0


def _failure(judged: Judged) -> Markup:
    gold, answer = judged.gold, judged.answer
    cited = Markup().join(
        Markup("<li>[{}] {}: “{}”</li>").format(note.number, note.url, note.quote) for note in answer.citations
    )
    wanted = ", ".join(gold.answer_all or gold.answer_any)
    told = f"Wanted: {wanted}, from {', '.join(gold.source) or 'anywhere'}" if wanted else "Wanted: no answer"
    return Markup(
        "<details><summary>{} · {} {:.0%} · {}</summary><p>{}</p><blockquote>{}</blockquote><ul>{}</ul></details>"
    ).format(gold.id, answer.outcome, answer.confidence, _asked(judged), told, answer.text, cited)


def _asked(judged: Judged) -> str:
    return " / ".join([*judged.gold.history, judged.gold.question])
