"""One stage of ours, in a process of its own: ``python -m tests.bench.product STAGE``; figures on standard output."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.evaluation.gold import load_questions
from assistant.reader.options import ReaderOptions
from index.embedding.encoder import SentenceEncoder
from tests.bench.ours import handbook
from tests.bench.processes import on_disk, peak, percentile, resident, say, say_answered, timed
from tests.bench.tables import Row
from ui.settings import Settings
from ui.workspace import Workspace

_FOUND = 10


def build(folder: Path, pages: Path) -> Row:
    """The pages into nothing."""
    seconds, chunks = _sync(folder, pages)
    return {
        "chunks": chunks, "index, s": seconds, "chunks/s": chunks / seconds, "build's peak, MB": peak(),
        "disk, MB": on_disk(folder),
    }  # fmt: skip


def update(folder: Path, pages: Path) -> Row:
    """What changed in the pages."""
    return {"seconds": _sync(folder, pages)[0]}


def encode(folder: Path) -> Row:
    """The limit: the encoder alone on the texts of the chunks, sorted by length."""
    with _open(folder) as workspace:
        ledger = workspace.stores.ledger
        texts = sorted((chunk.embedded for chunk, _ in ledger.all_chunks(ledger.collection)), key=len, reverse=True)
        workspace.encoder.encode_documents(texts[:8])
        started = time.perf_counter()
        workspace.encoder.encode_documents(texts)
        seconds = time.perf_counter() - started
    return {"chunks": len(texts), "index, s": seconds, "chunks/s": len(texts) / seconds, "build's peak, MB": peak()}


def serve(folder: Path, questions: Path, found: Path, reader: str) -> Row:
    """Open the index and answer; the passages that are found for each question of a JSON list go to ``found``."""
    asked: list[str] = json.loads(questions.read_text("utf-8"))
    with _open(folder, reader) as workspace:
        workspace.assistant.answer(asked[0])
        say_answered()
        hits = [workspace.search(question, k=_FOUND) for question in asked]
        found.write_text(json.dumps([[(hit.chunk.url, hit.chunk.text) for hit in own] for own in hits]), "utf-8")
        for question in asked:
            workspace.assistant.answer(question)
        searched = timed(lambda question: workspace.search(question, k=_FOUND), asked)
        answered = timed(workspace.assistant.answer, asked)
        return {
            "search p50, ms": percentile(searched, 50), "search p95, ms": percentile(searched, 95),
            "answer p50, ms": percentile(answered, 50), "answer p95, ms": percentile(answered, 95),
            "serving, MB": resident(),
        }  # fmt: skip


def judge(folder: Path, questions: Path, reader: str) -> Row:
    """How many of the questions of a YAML file are answered right."""
    from assistant.evaluation.gold import evaluate

    with _open(folder, reader) as workspace:
        report = evaluate(load_questions(questions), workspace.assistant.answer).report()
    return {"answers right": report.right, "answers wrong": report.wrong}


@contextmanager
def _open(folder: Path, reader: str = "none") -> Iterator[Workspace]:
    settings = Settings(data_dir=folder, reader=ReaderOptions(model=reader))
    workspace = Workspace(settings)
    try:
        yield workspace
    finally:
        workspace.close()


def _sync(folder: Path, pages: Path) -> tuple[float, int]:
    """A sync with what loads once loaded, and the stores opened and closed: seconds, and how many chunks there are."""
    encoder = SentenceEncoder()
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "pages").mkdir()
        (Path(place) / "pages" / "one.md").write_text("# One\n\nWhat loads at first use is loaded by this page.\n")
        _synced(Path(place) / "data", Path(place) / "pages", encoder)
    started = time.perf_counter()
    chunks = _synced(folder, pages, encoder)
    return time.perf_counter() - started, chunks


def _synced(folder: Path, pages: Path, encoder: SentenceEncoder) -> int:
    workspace = Workspace(Settings(data_dir=folder, reader=ReaderOptions(model="none")), encoder)
    try:
        workspace.sync([handbook(pages)], allow_mass_delete=True)
        ledger = workspace.stores.ledger
        return ledger.count_chunks(ledger.collection)
    finally:
        workspace.close()


def main() -> None:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=("build", "update", "encode", "serve", "judge"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--found", type=Path)
    parser.add_argument("--reader", default="none")
    options = parser.parse_args()
    stages = {
        "build": lambda: build(options.folder, options.pages),
        "update": lambda: update(options.folder, options.pages),
        "encode": lambda: encode(options.folder),
        "serve": lambda: serve(options.folder, options.questions, options.found, options.reader),
        "judge": lambda: judge(options.folder, options.questions, options.reader),
    }
    say(stages[options.stage]())


if __name__ == "__main__":
    main()
