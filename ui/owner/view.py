"""The owner's page of questions as HTML: what was asked, how it went, and what to write next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ui.owner.figures import OUTCOMES, Figures
from ui.owner.frame import form, frame
from ui.owner.plots import plots
from ui.owner.unanswered import Cluster
from ui.questions.question_log import Entry

_SHOWN = 20  # clusters and complaints
_LATEST, _OLDER = 20, 500  # single questions that stand open, and that can be opened
_CITED = 10  # pages
_UNUSED = 200  # pages never cited
_WORDINGS = 30  # of one cluster
_DELETE = "/owner/delete"


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its title, and where it opens (None: it is no longer there)."""

    title: str
    link: str | None


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows. ``places`` are pages by address; ``unused`` the live ones that no answer quotes.

    ``days`` is the span chosen out of ``spans``; ``kept`` are the days that a question is kept, ``keeps`` says whether
    new ones are. ``clustered`` is why clusters are of equal wordings only, or empty.
    """

    days: int
    spans: Sequence[int]
    kept: int
    keeps: bool
    figures: Figures
    clusters: Sequence[Cluster]
    latest: Sequence[Entry]
    places: Mapping[str, Place]
    pages: int
    unused: Sequence[str]
    clustered: str = ""


def off_html(name: str) -> str:
    """The page where no questions are kept."""
    return frame(
        name,
        "/owner",
        Markup(
            '<p class="warn">Questions are not kept. To see here what people ask and what the pages do not answer, set '
            "<code>questions = true</code> under <code>[log]</code> in footnoted.toml and restart.</p>"
        ),
    )


def view_html(name: str, view: View, seal: str) -> str:
    """The whole page. ``seal`` proves to the server that a form came from it."""
    parts = [_about(view), _spans(view)]
    if view.figures.questions:
        parts += [
            _tiles(view.figures), plots(view.figures),
            _next(view, seal), _unhelpful(view), _cited(view), _unused(view), _slowest(view), _latest(view, seal),
        ]  # fmt: skip
    else:
        parts.append(Markup("<p>No questions in this time.</p>"))
    return frame(name, "/owner", Markup().join(parts))


def _about(view: View) -> Markup:
    kept = Markup('<p class="about">Kept for {} days, without who asked.</p>').format(view.kept)
    off = Markup('<p class="warn">New questions are not kept any more (log.questions). These are older ones.</p>')
    return kept if view.keeps else kept + off


def _spans(view: View) -> Markup:
    links = Markup().join(
        Markup('<a href="/owner?days={0}"{1}>{0} days</a>').format(
            days, Markup(' aria-current="true"') if days == view.days else ""
        )
        for days in view.spans
    )
    return Markup('<nav class="spans" aria-label="Time shown">{}</nav>').format(links)


def _tiles(figures: Figures) -> Markup:
    rated = figures.helpful + len(figures.unhelpful)
    tiles = [
        ("Questions", f"{figures.questions:,}", ""),
        *(
            (OUTCOMES[key], f"{figures.outcomes[key] / figures.questions:.0%}", f"{figures.outcomes[key]:,}")
            for key in ("answered", "partial", "abstained")
        ),
        ("Helpful", f"{figures.helpful:,} of {rated:,}" if rated else "–", "thumbs"),
        ("Seconds", f"{figures.seconds[0]:.1f}", f"95 % within {figures.seconds[1]:.1f}"),
    ]
    shown = (Markup("<div><dt>{}</dt><dd>{}</dd><dd>{}</dd></div>").format(*tile) for tile in tiles)
    return Markup('<dl class="tiles">{}</dl>').format(Markup().join(shown))


def _next(view: View, seal: str) -> Markup:
    if not view.clusters:
        return Markup("<section><h2>What to write next</h2><p>Every question was answered.</p></section>")
    items = Markup().join(_cluster(cluster, view, seal) for cluster in view.clusters[:_SHOWN])
    more = len(view.clusters) - _SHOWN
    note = Markup('<p class="about">and {:,} more, all of them in the CSV</p>').format(more) if more > 0 else ""
    trouble = Markup('<p class="warn">{}</p>').format(view.clustered) if view.clustered else ""
    return Markup(
        '<section><h2>What to write next</h2><p class="about">Questions that the pages did not answer, gathered by '
        'what they mean. <a href="/owner/unanswered.csv?days={}">Download as CSV</a></p>{}'
        '<ol class="clusters">{}</ol>{}</section>'
    ).format(view.days, trouble, items, note)


def _cluster(cluster: Cluster, view: View, seal: str) -> Markup:
    times = len(cluster.entries)
    near = Markup("No page is near.")
    if cluster.url:
        heading = cluster.heading.rpartition(" > ")[2]
        place = view.places.get(cluster.url)
        under = Markup(" › {}").format(heading) if heading and (place is None or heading != place.title) else ""
        near = Markup("Nearest: {}{}").format(_page(cluster.url, view.places), under)
    more = Markup()
    if times > 1:
        asked = Markup().join(_asked(entry, seal, view.days) for entry in cluster.entries[:_WORDINGS])
        more = Markup("<details><summary>{:,} questions</summary><ul>{}</ul></details>").format(times, asked)
    return Markup(
        '<li><p class="count"><b>{:,}</b> {}</p><div><p class="question">{}</p><p class="about">{}{}</p>{}</div></li>'
    ).format(
        times, "time" if times == 1 else "times", cluster.wordings[0], near,
        Markup(" · {:,} refused").format(cluster.refused) if cluster.refused else "", more,
    )  # fmt: skip


def _asked(entry: Entry, seal: str, days: int) -> Markup:
    return Markup("<li><span>{}</span>{}</li>").format(entry.question, _delete(entry, seal, days))


def _delete(entry: Entry, seal: str, days: int) -> Markup:
    fields = {"entry": str(entry.id), "days": str(days)}
    return form(seal, "Delete", fields, label=f"Delete “{entry.question}”", action=_DELETE)


def _unhelpful(view: View) -> Markup:
    rows = (
        (entry.question, entry.reason or "–", OUTCOMES[entry.outcome], _day(entry))
        for entry in view.figures.unhelpful[:_SHOWN]
    )
    return _table("Not helpful", ("Question", "Why", "Outcome", "When"), rows)


def _cited(view: View) -> Markup:
    cited = list(view.figures.cited.items())[:_CITED]
    most = cited[0][1] if cited else 1
    bar = Markup('<span class="amount">{0:,}</span><meter min="0" max="{1}" value="{0}">{0:,}</meter>')
    rows = ((_page(url, view.places), bar.format(count, most)) for url, count in cited)
    return _table("Most cited pages", ("Page", "Answers"), rows)


def _unused(view: View) -> Markup:
    if not view.pages:
        return Markup()
    told = Markup(
        "<section><h2>Pages never cited</h2><p>{:,} of {:,} pages stand in no answer of this time.</p>{}</section>"
    )
    if not view.unused:
        return told.format(0, view.pages, "")
    items = Markup().join(Markup("<li>{}</li>").format(_page(url, view.places)) for url in view.unused[:_UNUSED])
    more = len(view.unused) - _UNUSED
    note = Markup("<p>and {:,} more</p>").format(more) if more > 0 else ""
    shown = Markup("<details><summary>Show them</summary><ul>{}</ul>{}</details>").format(items, note)
    return told.format(len(view.unused), view.pages, shown)


def _slowest(view: View) -> Markup:
    rows = ((f"{entry.seconds:.1f}", entry.question, OUTCOMES[entry.outcome]) for entry in view.figures.slowest)
    return _table("Slowest", ("Seconds", "Question", "Outcome"), rows)


def _latest(view: View, seal: str) -> Markup:
    rows = [
        (_day(entry), entry.question, OUTCOMES[entry.outcome], _delete(entry, seal, view.days))
        for entry in view.latest[: _LATEST + _OLDER]
    ]
    head = ("When", "Question", "Outcome", "")
    older = Markup("<details><summary>Show older ones</summary>{}</details>").format(
        _rows("Older questions", head, rows[_LATEST:])
    )
    # Two steps: nothing brings them back.
    every = form(seal, "Delete every question", {"entry": "all", "days": str(view.days)}, action=_DELETE)
    return Markup(
        '{}{}<details class="every"><summary>Delete all</summary><p>Every question of every day is deleted, with what '
        "was said of its answer. Nothing brings them back.</p>{}</details>"
    ).format(_table("Latest questions", head, rows[:_LATEST]), older if rows[_LATEST:] else "", every)


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """A section of these rows, or nothing where there are none."""
    rows = list(rows)
    return Markup("<section><h2>{}</h2>{}</section>").format(title, _rows(title, head, rows)) if rows else Markup()


def _rows(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    body = Markup().join(
        Markup("<tr>{}</tr>").format(Markup().join(Markup("<td>{}</td>").format(cell) for cell in row)) for row in rows
    )
    names = Markup().join(
        Markup('<th scope="col">{}</th>').format(name) if name else Markup("<td></td>") for name in head
    )
    return Markup(
        '<div class="wide" tabindex="0" role="region" aria-label="{0}"><table class="told">'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(title, names, body)


def _page(url: str, places: Mapping[str, Place]) -> Markup:
    place = places.get(url)
    if place is None or place.link is None:
        return Markup('<span class="gone">{} (no longer here)</span>').format(place.title if place else url)
    return Markup('<a href="{}">{}</a>').format(place.link, place.title)


def _day(entry: Entry) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(
        entry.moment.isoformat(), f"{entry.moment.astimezone():%Y-%m-%d %H:%M}"
    )
