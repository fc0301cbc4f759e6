"""The owner's page of questions, ``/owner``, its table of what to write next, and the deletion of what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, urlencode

import numpy as np
from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from index.embedding.vectors import Vectors
from ingest.errors import FootnotedError
from ui.answers.render import safe_link
from ui.memory.log import now
from ui.owner.figures import figures_of
from ui.owner.guard import owner_guard
from ui.owner.unanswered import Cluster, unanswered_clusters, unanswered_csv
from ui.owner.view import Place, View, off_html, view_html
from ui.questions.question_log import Entry, QuestionLog
from ui.workspace import Workspace

_PATH = "/owner"
_SPANS = (7, 30, 90, 365)  # days
_TITLED = 300  # pages whose titles are looked up at most: it reads their texts


def owner_view_router(workspace: Workspace, log: QuestionLog | None) -> APIRouter:
    """The page and what belongs to it; no routes at all unless a password or group of the owner's is set."""
    router = APIRouter(include_in_schema=False)
    settings = workspace.settings.server
    guard = owner_guard(settings)
    if guard is None:
        return router
    if log is None:

        @router.get(_PATH)
        def off(request: Request) -> Response:
            """The page where no questions are kept."""
            return guard.refusal(request) or HTMLResponse(off_html(settings.name), headers=guard.headers)

        return router
    gathering = _Gathering(workspace, log)

    @router.get(_PATH)
    def page(request: Request, days: str = "") -> Response:
        """The page over the last ``days``."""
        refused = guard.refusal(request)
        return refused or HTMLResponse(
            view_html(settings.name, gathering.view(gathering.span(days)), guard.seal), headers=guard.headers
        )

    @router.get(f"{_PATH}/unanswered.csv")
    def unanswered(request: Request, days: str = "") -> Response:
        """What to write next, for a spreadsheet."""
        refused = guard.refusal(request)
        if refused:
            return refused
        span = gathering.span(days)
        clusters = gathering.clusters(gathering.entries(span))[0]
        places = gathering.places(cluster.url for cluster in clusters)
        table = unanswered_csv(clusters, lambda url: places[url].title if url in places else url)
        named = {"Content-Disposition": f'attachment; filename="unanswered-{now():%Y-%m-%d}.csv"'}
        # Spreadsheets take a file without a byte order mark for one of the system's own encoding.
        return Response(f"\ufeff{table}", media_type="text/csv; charset=utf-8", headers=guard.headers | named)

    @router.post(f"{_PATH}/delete")
    def delete(
        request: Request,
        sec_fetch_site: Annotated[str, Header()] = "same-origin",
        seal: Annotated[str, Form()] = "",
        entry: Annotated[str, Form(pattern=r"^(all|\d{1,15})$")] = "",
        days: Annotated[str, Form()] = "",
    ) -> Response:
        """Delete one question, or all, then show the page again."""
        refused = guard.form_refusal(request, sec_fetch_site, seal)
        if refused:
            return refused
        log.delete(None if entry == "all" else int(entry))
        query = urlencode({"days": gathering.span(days)})
        return RedirectResponse(f"{_PATH}?{query}", status_code=303, headers=guard.headers)

    return router


class _Gathering:
    """Gathers what the page shows from the log and the index."""

    def __init__(self, workspace: Workspace, log: QuestionLog) -> None:
        self._workspace = workspace
        self._log = log
        self._vectors: dict[tuple[str, str], Vectors] = {}

    @property
    def spans(self) -> list[int]:
        """The spans of days to choose from."""
        return sorted({*(days for days in _SPANS if days < self._log.days), self._log.days})

    def span(self, asked: str) -> int:
        """The span asked for, if it is one of them, or 30 days, or all there is."""
        spans = {str(days): days for days in self.spans}
        return spans.get(asked) or spans.get("30") or self.spans[-1]

    def entries(self, days: int) -> list[Entry]:
        return self._log.entries(now() - timedelta(days=days))

    def view(self, days: int) -> View:
        entries = self.entries(days)
        figures = figures_of(entries, now(), days)
        clusters, trouble = self.clusters(entries)
        ledger = self._workspace.ledger
        live = sorted(ledger.states(ledger.collection))
        unused = [url for url in live if url not in figures.cited]
        shown = [*(cluster.url for cluster in clusters[:20]), *list(figures.cited)[:10], *unused]
        return View(
            days, self.spans, self._log.days, self._log.keeps, figures, clusters, entries,
            self.places(shown), len(live), unused, trouble,
        )  # fmt: skip

    def clusters(self, entries: Sequence[Entry]) -> tuple[list[Cluster], str]:
        """The unanswered questions by meaning; where their meaning cannot be told, by wording, and why."""
        try:
            return unanswered_clusters(entries, self._encode), ""
        except FootnotedError as error:
            alone = unanswered_clusters(entries, lambda questions: np.eye(len(questions), dtype=np.float32))
            return alone, f"They are told apart by their wording alone: {error.message}"

    def places(self, urls: Iterable[str]) -> dict[str, Place]:
        """Titles and links of those of the pages that are there."""
        wanted = list(dict.fromkeys(url for url in urls if url))
        found = self._workspace.ledger.pages(wanted[:_TITLED])
        places = {url: Place(url, _source(url)) for url in wanted[_TITLED:]}
        for url, page in found.items():
            places[url] = Place(page.document.title or url, safe_link(page.link or "") or _source(url))
        return places

    def _encode(self, questions: Sequence[str]) -> Vectors:
        """Their vectors. Each is worked out once, and forgotten when its question is not asked for any more."""
        encoder = self._workspace.serving_encoder
        recipe, known = encoder.recipe, self._vectors
        new = [question for question in questions if (recipe, question) not in known]
        fresh = dict(zip(new, encoder.encode_queries(new), strict=True)) if new else {}
        self._vectors = {
            (recipe, question): fresh[question] if question in fresh else known[recipe, question]
            for question in questions
        }
        return np.stack(list(self._vectors.values()))


def _source(url: str) -> str:
    return f"/source/{quote(url, safe='/')}"
