"""What an index costs as it grows: ``python -m tests.bench.growth --sizes 1000 10000 --json growth.json``.

Made-up pages, hashed words for a model. Each size is built, synced with nothing changed and with one page edited, and
opened by a process that answers questions; every stage is a process of its own, and the figures are written as soon as
it ends. With ``--folder`` pages and indexes stay there, and a stage whose figures the JSON file holds is not run again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from index.stores import Stores
from index.sync import Syncer
from index.types import SyncReport
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource
from tests.bench.growth_plot import draw
from tests.bench.pages import CHUNKS_A_PAGE, MadePage, WeighedWords, spread, write_pages
from tests.bench.processes import on_disk, peak, percentile, resident, run, say, say_answered, timed
from tests.bench.tables import Row, markdown, write_json

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_TIMES = 3
_QUESTIONS = 300
_WARMED = 20  # questions before any is timed: the first ones read from disk


class Grown:
    """The first pages of the made-up ones and their index, below ``folder``."""

    def __init__(self, folder: Path, chunks: int) -> None:
        self.data, self.pages = folder / str(chunks) / "data", folder / str(chunks) / "pages"
        self.count = max(5, round(chunks / CHUNKS_A_PAGE))
        self._encoder = WeighedWords()

    def lay(self) -> Row:
        """Write the pages; nothing is timed."""
        write_pages(self.pages, self.count)
        return {"pages": self.count}

    def build(self) -> Row:
        """A sync into nothing."""
        seconds, report = self._sync()
        return {
            "chunks": report.embedded, "build, s": seconds, "chunks/s": report.embedded / seconds,
            "build's peak, MB": peak(), "disk, MB": on_disk(self.data),
        }  # fmt: skip

    def quiet(self) -> Row:
        """Syncs that find nothing changed; their median."""
        times = []
        for _ in range(_TIMES):
            seconds, report = self._sync()
            assert (report.embedded, report.deleted, report.changed) == (0, 0, 0), report
            times.append(seconds)
        return {"no change, s": statistics.median(times)}

    def edit(self) -> Row:
        """Syncs that find one page edited; their median."""
        times = []
        for number in spread(_TIMES, self.count):
            page = MadePage(number)
            (self.pages / page.name).write_text(page.edited, "utf-8")
            seconds, report = self._sync()
            assert report.changed == 1, report
            times.append(seconds)
            (self.pages / page.name).write_text(page.text, "utf-8")
            self._sync()
        return {"one page, s": statistics.median(times)}

    def serve(self) -> Row:
        """Open it and answer; the first answer is told on standard output, and the figures after it."""
        from assistant.answer import Assistant
        from index.search import Searcher

        stores = Stores(self.data)
        searcher = Searcher(stores, self._encoder)
        assistant = Assistant(searcher, stores.ledger)
        pages = [MadePage(number) for number in spread(_QUESTIONS, self.count)]
        assistant.answer(pages[0].question)
        say_answered()
        for page in pages[:_WARMED]:
            assistant.answer(page.question)
        found: list[bool] = []

        def search(page: MadePage) -> None:
            found.append(searcher.search(page.question, k=10)[0].chunk.url == page.name)

        searched = timed(search, pages)
        answered = timed(lambda page: assistant.answer(page.question), pages)
        stores.close()
        return {
            "search p50, ms": percentile(searched, 50), "search p95, ms": percentile(searched, 95),
            "answer p50, ms": percentile(answered, 50), "answer p95, ms": percentile(answered, 95),
            "right page first, %": 100 * sum(found) / len(found), "serving, MB": resident(),
        }  # fmt: skip

    def _sync(self) -> tuple[float, SyncReport]:
        """One sync, its stores opened and closed: seconds and what it did."""
        started = time.perf_counter()
        stores = Stores(self.data)
        try:
            source = FolderSource(FolderOptions(path=self.pages), "made")
            report = Syncer(stores, self._encoder, ChunkOptions()).sync([source])
        finally:
            stores.close()
        return time.perf_counter() - started, report


STAGES = ("lay", "build", "quiet", "edit", "serve")


def main() -> None:
    """Every size in its turn. The table goes to standard output, progress to the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="chunks, about")
    parser.add_argument("--json", type=Path, help="write the figures to this file too, stage by stage")
    parser.add_argument("--folder", type=Path, help="keep pages and indexes here, and go on where a run ended")
    parser.add_argument("--plot", type=Path, help="draw the figures into this SVG file")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES, help="run no others")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)  # what the processes of a run are given
    options = parser.parse_args()
    if options.stage:
        say(getattr(Grown(options.folder, options.sizes[0]), options.stage)())
        return
    rows: dict[str, Row] = {}
    if options.json and options.json.exists():
        rows = {str(row["size"]): row for row in json.loads(options.json.read_text("utf-8"))}
    with tempfile.TemporaryDirectory() as place:
        for size in options.sizes:
            row = rows.setdefault(str(size), {"size": size})
            for stage in options.stages:
                if not _holds(row, stage):
                    row.update(_stage(stage, size, options.folder or Path(place)))
                    sys.stderr.write(f"{row}\n")
                    if options.json:
                        write_json(list(rows.values()), options.json)
    sys.stdout.write(markdown(list(rows.values())) + "\n")
    if options.plot:
        options.plot.write_text(draw(list(rows.values())), "utf-8")


def _stage(stage: str, size: int, folder: Path) -> Row:
    command = [sys.executable, "-m", "tests.bench.growth", "--stage", stage]
    return run([*command, "--sizes", str(size), "--folder", str(folder.absolute())])


def _holds(row: Row, stage: str) -> bool:
    """Whether the stage's figures are there: of each, one that no other stage gives."""
    return {
        "lay": "pages",
        "build": "build, s",
        "quiet": "no change, s",
        "edit": "one page, s",
        "serve": "serving, MB",
    }[stage] in row


if __name__ == "__main__":
    main()
