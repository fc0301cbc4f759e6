"""Replay a handbook's history: ``python -m tests.bench.replay FOLDER`` of one .tar.gz of Markdown per date.

Each snapshot is synced as a folder, then as a site served over HTTP, into an index that is kept. After every step the
index must hold what one built of that snapshot alone holds and, with ``--questions``, answer as that one does. Vectors
are hashed words, chunks are cut by the bundled model's tokenizer; ``--model`` embeds with that model itself.
``--rival`` takes llama-index's ingestion pipeline through the same folders with the same model.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from operator import not_
from pathlib import Path
from typing import TypeVar

from assistant.evaluation.gold import GoldQuestion, load_questions
from index.embedding.encoder import SentenceEncoder
from index.embedding.vectors import Encoder
from ingest.site.crawl import WebSource
from ingest.site.web import WebOptions
from ingest.types import Source
from tests.bench.metered import HashedWords, Metered
from tests.bench.ours import Ours, handbook
from tests.bench.rival import Held, Rival
from tests.bench.snapshots import Snapshot, compare, lay, read_snapshots
from tests.bench.tables import Row, markdown, write_json
from tests.site import RenderedSite

_MOST_EMBEDDED = 1.15  # chunks embedded to chunks whose text is new

Result = TypeVar("Result")


class Replay:
    """Our index, and beside it the rival's, brought from snapshot to snapshot."""

    def __init__(self, folder: Path, encoder: Encoder, questions: Sequence[GoldQuestion], rival: Rival | None) -> None:
        self._encoder = encoder
        self._questions = questions
        self._kept = Ours(folder / "ours", encoder)
        self._rival = rival
        self._files: dict[str, bytes] = {}
        self._digests: frozenset[str] = frozenset()
        self._rivals_texts: frozenset[str] = frozenset()

    def step(self, snapshot: Snapshot, source: Source, pages: Path) -> Row:
        """Sync, compare with a fresh build; the figures. Raises ``AssertionError`` when a promise is broken."""
        changes = compare(self._files, snapshot.files)
        self._files = dict(snapshot.files)
        row: Row = {
            "snapshot": snapshot.name, "pages": len(snapshot.files), "added": changes.added,
            "changed": changes.changed, "removed": changes.removed, "renamed": changes.renamed,
        }  # fmt: skip
        row |= self._ours(source)
        if self._rival:
            row |= self._rivals(self._rival, pages)
        return row

    def _ours(self, source: Source) -> Row:
        report, seconds = _timed("", lambda: self._kept.sync(source))
        now = self._kept.contents()
        new, self._digests = len(now.digests - self._digests), now.digests
        assert report.embedded <= _MOST_EMBEDDED * new, f"{report.embedded} chunks were embedded for {new} new texts"
        with tempfile.TemporaryDirectory() as place:
            fresh = Ours(Path(place), self._encoder)
            _, rebuild = _timed("rebuild ", lambda: fresh.sync(source))
            row: Row = {
                "chunks": now.held.total(), "new": new, "embedded": report.embedded,
                **seconds, **rebuild, "failed": len(report.failures),
            }  # fmt: skip
            self._kept.check()
            assert now.pages == fresh.contents().pages, "the index is not what a fresh build of the snapshot holds"
            row |= self._answers(fresh)
        quiet = self._kept.sync(source)
        assert (quiet.embedded, quiet.deleted, quiet.changed) == (0, 0, 0), "a second sync found changes"
        return row

    def _answers(self, fresh: Ours) -> Row:
        """How many questions both indexes answer alike: outcome, text and footnotes."""
        if not self._questions:
            return {}
        pairs = zip(self._kept.ask(self._questions), fresh.ask(self._questions), strict=True)
        same = [ours == expected for ours, expected in pairs]
        for gold in compress(self._questions, map(not_, same)):
            sys.stderr.write(f"answered otherwise than by a fresh build: {gold.question!r}\n")
        return {"questions": len(same), "same answers": sum(same)}

    def _rivals(self, rival: Rival, pages: Path) -> Row:
        before = rival.encoder.embedded
        _, seconds = _timed("rival ", lambda: rival.sync(pages))
        held, fresh = rival.held(pages), rival.fresh(pages)
        texts = frozenset(text for _, text in held)
        new, self._rivals_texts = len(texts - self._rivals_texts), texts
        losses = {f"rival {what}": count for what, count in differences(held, fresh).items()}
        return {
            "rival chunks": held.total(), "rival new": new, "rival embedded": rival.encoder.embedded - before,
            **seconds, **losses,
        }  # fmt: skip


def differences(held: Held, fresh: Held) -> dict[str, int]:
    """How an index differs from a fresh one: stale, missing and doubled pages or chunks."""
    pages, expected = {page for page, _ in held}, {page for page, _ in fresh}
    return {
        "stale pages": len(pages - expected),
        "stale chunks": sum(count for chunk, count in held.items() if chunk not in fresh),
        "missing pages": len(expected - pages),
        "missing chunks": (fresh - held).total(),
        "chunks twice": sum(max(0, held[chunk] - count) for chunk, count in fresh.items()),
    }


def _timed(name: str, work: Callable[[], Result]) -> tuple[Result, Row]:
    """What it gives; its seconds, and those of the processor, which other work on the machine lengthens less."""
    started, processor = time.perf_counter(), time.process_time()
    done = work()
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    return done, {f"{name}seconds": seconds, f"{name}processor seconds": processor}


def main() -> None:
    """Replay every snapshot in the order of their dates. The table goes to standard output, progress to the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="store_true", help="embed with the bundled model")
    parser.add_argument("--only", choices=("folder", "site"))
    parser.add_argument("--questions", type=Path, help="a YAML file of questions that both indexes must answer alike")
    parser.add_argument("--rival", type=int, nargs="?", const=256, metavar="TOKENS", help="chunk size, else 256")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    questions = load_questions(options.questions) if options.questions else []
    encoder: Encoder = SentenceEncoder() if options.model else HashedWords()
    encoder.encode_queries(["load the model before anything is timed"])
    snapshots = read_snapshots(options.folder)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        for kind in [options.only] if options.only else ["folder", "site"]:
            folder = Path(place, kind)
            rival = (
                Rival(folder / "rival", Metered(encoder), options.rival) if options.rival and kind == "folder" else None
            )
            replay = Replay(folder, encoder, questions, rival)
            pages = folder / "pages"
            for snapshot, source in (_as_folder if kind == "folder" else _as_site)(snapshots, pages):
                row: Row = {"source": kind} | replay.step(snapshot, source, pages)
                rows.append(row)
                sys.stderr.write(f"{row}\n")
    sys.stdout.write(markdown(rows) + "\n")
    if options.json:
        write_json(rows, options.json)


def _as_folder(snapshots: Sequence[Snapshot], pages: Path) -> Iterator[tuple[Snapshot, Source]]:
    for snapshot in snapshots:
        lay(snapshot, pages)
        yield snapshot, handbook(pages)


def _as_site(snapshots: Sequence[Snapshot], pages: Path) -> Iterator[tuple[Snapshot, Source]]:
    lay(snapshots[0], pages)
    site = RenderedSite(pages, snapshots[0].date)
    with site.running():
        options = WebOptions(sitemaps=(f"{site.url}/sitemap.xml",), confirmations=1, delay_seconds=0)
        for snapshot in snapshots:
            lay(snapshot, pages)
            site.load(pages, snapshot.date)
            yield snapshot, WebSource(options, "handbook")


if __name__ == "__main__":
    main()
