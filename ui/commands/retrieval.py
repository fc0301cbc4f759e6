"""Search measured on a public test set, in an index that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.beir import BeirSet, BeirSource, Scored, means, measure
from index.chroma.collection import StoreOptions
from index.ledger.database import LedgerOptions
from ui.commands.report import CountBar, SyncBar
from ui.settings import Settings
from ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was measured: the number of passages, each question with its measures, and the wanted texts by id."""

    documents: int
    scored: Sequence[Scored]
    texts: dict[str, str]

    @property
    def figures(self) -> dict[str, float]:
        """Documents, queries, and the mean nDCG and recall at 5 and 10."""
        return {"documents": self.documents, "queries": len(self.scored), **means(self.scored)}


def measure_retrieval(settings: Settings, folder: Path, limit: int | None) -> Retrieval:
    """Search measured question by question. Nothing is left behind."""
    beir = BeirSet(folder)
    with tempfile.TemporaryDirectory(prefix="footnoted-") as scratch:
        own = {"data_dir": Path(scratch), "store": StoreOptions(), "ledger": LedgerOptions()}
        workspace = Workspace(settings.model_copy(update=own))
        try:
            with SyncBar() as bar:
                report = workspace.sync([BeirSource(beir, limit)], progress=bar.show)

            def search(query: str, history: Sequence[str], k: int) -> list[str]:
                # Several passages of one document may be found: the first stands for it.
                found = dict.fromkeys(hit.chunk.url for hit in workspace.search(query, history, 4 * k))
                return list(found)[:k]

            with CountBar("asking", len(beir.queries())) as count:
                scored = measure(beir, search, count.show)
        finally:
            workspace.close()
    wanted = {identity for one in scored for identity in one.wanted}
    texts = {
        identity: f"{title}: {text}" if title else text
        for identity, title, text in beir.documents()
        if identity in wanted
    }
    return Retrieval(report.added, scored, texts)
