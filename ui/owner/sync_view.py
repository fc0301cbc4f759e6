"""The operator's page as HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from markupsafe import Markup

from ui.freshness import plot
from ui.memory.log import Trouble
from ui.owner.frame import form, frame
from ui.status import SourceStatus, Status, ago

_TIME = Markup('<time datetime="{}" title="{}">{}</time>')


def page_html(name: str, status: Status, seal: str) -> str:
    """The page for a status. ``seal`` proves to the server that a form came from it."""
    parts = [
        _summary(status),
        _now(status),
        _last(status, seal),
        _sources(status, seal),
        _plots(status),
        _failures(status, seal),
    ]
    return frame(name, "/owner/sync", Markup().join(parts), busy=bool(status.running or status.waiting))


def _summary(status: Status) -> Markup:
    notes = Markup().join(Markup('<p class="warn">{}</p>').format(note) for note in status.notes)
    return (
        Markup('<p class="about">{:,} pages in {:,} passages, found with {}</p>').format(
            status.pages, status.chunks, status.model
        )
        + notes
        if status.pages
        else Markup('<p class="warn">Nothing is indexed yet.</p>') + notes
    )


def _now(status: Status) -> Markup:
    running = status.running
    if running is None:
        return Markup("")
    if running.chunks:
        bar = Markup('<progress aria-label="Passages" max="{}" value="{}"></progress>').format(
            running.chunks, running.embedded
        )
    else:
        bar = Markup('<progress aria-label="Passages"></progress>')
    told = Markup("{:,} pages looked at, {:,} of {:,} new passages embedded").format(
        running.pages, running.embedded, running.chunks
    )
    waiting = Markup(", {} more waiting").format(status.waiting) if status.waiting else ""
    return Markup(
        '<section class="now" role="status"><h2>Now</h2><p>Began {} ({}){}</p>{}<p>{}</p></section>'
    ).format(
        _time(running.started_at), running.trigger, waiting, bar, told
    )  # fmt: skip


def _last(status: Status, seal: str) -> Markup:
    last = status.last
    if last is None:
        return Markup("")
    if last.error:
        again = Markup("")
        if "would drop" in last.error:
            again = form(seal, "Sync and let those pages go", {"allow_mass_delete": "true"})
        return Markup(
            '<section class="wrong"><h2>Last sync failed</h2><p>{} ({})</p><p>{}</p><p>{}</p>{}</section>'
        ).format(
            _time(last.ended_at), last.trigger, last.error, last.hint, again
        )  # fmt: skip
    report = last.report or {"pages": {}, "chunks": {}, "seconds": 0}
    pages = ", ".join(f"{count:,} {what}" for what, count in report["pages"].items())
    chunks = ", ".join(f"{count:,} {what}" for what, count in report["chunks"].items())
    return Markup("<section><h2>Last sync</h2><p>{} ({}), {} s</p><p>Pages: {}. Passages: {}.</p></section>").format(
        _time(last.ended_at), last.trigger, report["seconds"], pages, chunks
    )


def _sources(status: Status, seal: str) -> Markup:
    rows = Markup().join(_row(name, source, seal) for name, source in status.sources.items())
    head = "".join(
        f'<th scope="col">{title}</th>' for title in ("Source", "Pages", "Last sync", "Next sync", "What it found")
    )
    everything = form(seal, "Sync all now", {}) if status.sources else Markup("")
    return Markup(
        '<section><h2>Sources</h2><div class="wide" tabindex="0" role="region" aria-label="Sources">'
        '<table><thead><tr>{}<th scope="col"><span class="unseen">Sync</span></th></tr></thead>'
        "<tbody>{}</tbody></table>"
        "</div>{}</section>"
    ).format(Markup(head), rows, everything)  # fmt: skip


def _row(name: str, source: SourceStatus, seal: str) -> Markup:
    failed = source.last_sync is not None and source.last_success != source.last_sync
    last = _time(source.last_sync)
    if failed:
        last += Markup('<br><strong class="bad">failed; last good: {}</strong>').format(_time(source.last_success))
    found = ", ".join(f"{count:,} {what}" for what, count in sorted(source.counts.items()) if count)
    return Markup('<tr><th scope="row">{}</th><td>{:,}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>').format(
        name, source.pages, last, _time(source.next_sync) if source.next_sync else "when asked", found or "–",
        form(seal, "Sync now", {"source": name}, label=f"Sync {name} now"),
    )  # fmt: skip


def _plots(status: Status) -> Markup:
    checked = _total(source.checked for source in status.sources.values())
    changed = _total(source.changed for source in status.sources.values())
    if not status.pages:
        return Markup("")
    return Markup(
        '<section><h2>Freshness</h2><div class="plots"><figure><figcaption>Pages by when they were last '
        "found as they are shown</figcaption>{}</figure><figure><figcaption>Pages by when they last changed"
        "</figcaption>{}</figure></div></section>"
    ).format(plot(checked, "Pages by their last check"), plot(changed, "Pages by their last change"))


def _total(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        for name, count in one.items():
            total[name] += count
    return total


def _failures(status: Status, seal: str) -> Markup:
    if not status.failures:
        return Markup("")
    return Markup('<section><h2>{:,} not up to date</h2><ul class="failures">{}</ul></section>').format(
        len(status.failures), Markup().join(_failure(trouble, seal) for trouble in status.failures)
    )


def _failure(trouble: Trouble, seal: str) -> Markup:
    emptied = Markup("")
    if "--allow-mass-delete" in trouble.hint:  # a source that came back empty
        emptied = form(seal, "Sync and let its pages go", {"source": trouble.url, "allow_mass_delete": "true"})
    return Markup('<li><span class="url">{}</span><p>{}</p><p>{}</p>{}<p class="since">Since {}</p></li>').format(
        trouble.url, trouble.reason, trouble.hint, emptied, _time(trouble.since)
    )


def _time(moment: datetime | None) -> Markup:
    if moment is None:
        return Markup("never")
    return _TIME.format(moment.isoformat(), f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}", ago(moment))
