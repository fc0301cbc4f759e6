"""A measurement of search as one HTML page that needs nothing else: figures, their spread and the worst questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

from markupsafe import Markup

from assistant.evaluation.plots import bar_plot, page, table
from index.beir import MEASURES, Scored, means
from ui.commands.retrieval import Retrieval

_WORST = 50  # questions shown at most
_SHOWN = 300  # characters of a wanted passage
_SHARES = ("0", "to 0.2", "to 0.4", "to 0.6", "to 0.8", "to 1")


def render_retrieval(retrieval: Retrieval) -> str:
    """The page."""
    scored = retrieval.scored
    groups = {
        "all": scored,
        "that stand alone": [one for one in scored if not one.query.history],
        "with a conversation before them": [one for one in scored if one.query.history],
    }
    rows = [
        [name, f"{len(group):,}", *(f"{mean:.3f}" for mean in means(group).values())]
        for name, group in groups.items()
        if group
    ]
    spread = Markup().join(
        bar_plot(title, "How many questions have which share.", _spread(scored, name), ["questions"])
        for title, name in (("nDCG of the first five", "ndcg@5"), ("Wanted passages among the first ten", "recall@10"))
    )
    worst = sorted(scored, key=lambda one: (one.figures["recall@10"], one.figures["ndcg@10"]))[:_WORST]
    missed = [one for one in worst if one.figures["recall@10"] < 1]
    parts = [
        table(["questions", "", *MEASURES], rows, "Means over the questions"),
        Markup('<div class="plots">{}</div>').format(spread),
        Markup("<h2>Found worst</h2>"),
        *(_question(one, retrieval) for one in missed),
        *([] if missed else [Markup("<p>Every wanted passage was among the first ten.</p>")]),
    ]
    told = f"{len(scored):,} questions over {retrieval.documents:,} passages."
    return page("Search", told, parts)


def _spread(scored: Sequence[Scored], name: str) -> dict[str, list[tuple[float, str]]]:
    counts = Counter(_SHARES[ceil(5 * one.figures[name])] for one in scored)
    most = max(counts.values(), default=1)
    return {share: [(counts[share] / most, f"{counts[share]:,}")] for share in _SHARES}


def _question(one: Scored, retrieval: Retrieval) -> Markup:
    wanted = Markup().join(
        Markup("<li>{}{}: {}</li>").format(
            name,
            f" (found {one.found.index(name) + 1}.)" if name in one.found else "",
            _cut(retrieval.texts.get(name, "")),
        )
        for name in one.wanted
    )
    return Markup(
        "<details><summary>{} · recall@10 {:.2f} · {}</summary><p>Wanted:</p><ul>{}</ul><p>Found: {}</p></details>"
    ).format(
        one.query.id, one.figures["recall@10"], " / ".join([*one.query.history, one.query.text]), wanted,
        ", ".join(one.found) or "nothing",
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rpartition(' ')[0]} …"
