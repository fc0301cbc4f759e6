"""Search measured on a public test set, in an index that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from index.beir import BeirSet, BeirSource, measure
from ui.report import CountBar, SyncBar
from ui.settings import Settings
from ui.workspace import Workspace


def measure_retrieval(settings: Settings, folder: Path, limit: int | None) -> dict[str, float]:
    """Documents, queries, and the mean nDCG and recall at 5 and 10. Nothing is left behind."""
    beir = BeirSet(folder)
    with tempfile.TemporaryDirectory(prefix="footnoted-") as scratch:
        workspace = Workspace(settings.model_copy(update={"data_dir": Path(scratch)}))
        try:
            with SyncBar() as bar:
                report = workspace.sync([BeirSource(beir, limit)], progress=bar.show)
            queries = beir.queries()

            def search(query: str, history: Sequence[str], k: int) -> list[str]:
                # Several passages of one document may be found: the first stands for it.
                found = dict.fromkeys(hit.chunk.url for hit in workspace.search(query, history, 4 * k))
                return list(found)[:k]

            with CountBar("asking", len(queries)) as count:
                figures = measure(beir, search, count.show)
        finally:
            workspace.close()
    return {"documents": report.added, "queries": len(queries), **figures}
