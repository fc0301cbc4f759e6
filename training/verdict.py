"""Fit what tells *answered* from *partial*: `python -m training.verdict --set PAGES QUESTIONS.yaml WEIGHT …`.

Each set is a folder of pages and gold questions over them (`docs/evaluation.md`), and what one of its questions counts.
The pages are indexed in a throw-away folder and every question asked, with the reader and without it. A logistic
regression over the signals of the best line says how likely what would be shown is right; its weights, for
`assistant/ranking/verdict.py`, and what they come to on each set are printed as JSON. Questions that are far off say
nothing here, and are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Assistant
from assistant.evaluation.gold import GoldQuestion, judge_answer, load_questions
from assistant.findings import Findings
from assistant.ranking.verdict import bounded
from assistant.reader.bundled import load_reader
from index.embedding.encoder import SentenceEncoder
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource
from training.evaluate import auroc

SIGNALS = ("dense", "covered", "in_setting", "typed", "read")
READERS = {"with the reader": "bundled", "without": "none"}

Rows = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""The signals of each question's best line [n, len(SIGNALS)], and whether what would be shown is right [n]."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Pages, questions over them, and what each question counts."""

    pages: Path
    questions: Path
    weight: float


def signals(found: Findings) -> list[float]:
    """One value for each of `SIGNALS`."""
    best = found.ranked[0]
    return [found.evidence.dense, best.covered, best.in_setting, float(best.typed), bounded(best.read)]


def is_right(gold: GoldQuestion, found: Findings, assistant: Assistant) -> bool:
    """Whether what would be shown as the answer holds it."""
    sure = replace(found, verdict=replace(found.verdict, outcome="answered"))
    return gold.answerable and judge_answer(gold, assistant.quote(sure)).right


def measured(kept: QuestionSet, reader: str, encoder: SentenceEncoder) -> Rows:
    """A set's rows."""
    with tempfile.TemporaryDirectory() as place:
        stores = Stores(Path(place))
        try:
            Syncer(stores, encoder, ChunkOptions()).sync([FolderSource(FolderOptions(path=kept.pages))])
            assistant = Assistant(Searcher(stores, encoder), stores.ledger, load_reader(reader))
            rows = list(_rows(assistant, load_questions(kept.questions)))
        finally:
            stores.close()
    return np.array([row for row, _ in rows]), np.array([right for _, right in rows])


def _rows(assistant: Assistant, questions: Sequence[GoldQuestion]) -> Iterator[tuple[list[float], bool]]:
    for gold in questions:
        found = assistant.find(gold.question, gold.history)
        if found.ranked and not found.shown and (gold.answerable or gold.near_miss):
            yield signals(found), is_right(gold, found, assistant)


def fitted(sets: Sequence[QuestionSet], rows: Sequence[Rows], reader: str) -> dict[str, object]:
    """The weights, and what they come to on each set."""
    from sklearn.linear_model import LogisticRegression

    columns = [n for n, name in enumerate(SIGNALS) if reader != "none" or name != "read"]
    weights = np.concatenate([np.full(len(right), kept.weight) for kept, (_, right) in zip(sets, rows, strict=True)])
    inputs = np.concatenate([values[:, columns] for values, _ in rows])
    model = LogisticRegression(max_iter=2_000).fit(inputs, np.concatenate([right for _, right in rows]), weights)
    told: dict[str, object] = {"bias": round(float(model.intercept_[0]), 2)}
    told |= {SIGNALS[n]: round(float(weight), 2) for n, weight in zip(columns, model.coef_[0], strict=True)}
    for kept, (values, right) in zip(sets, rows, strict=True):
        odds = model.decision_function(values[:, columns])
        told[str(kept.questions)] = {
            "questions": len(right), "right": int(right.sum()), "answered, right": int((right & (odds >= 0)).sum()),
            "answered, wrong": int((~right & (odds >= 0)).sum()),
            "auroc": round(auroc(odds.tolist(), right.tolist()), 3),
        }  # fmt: skip
    return told


def main() -> None:
    """Print the weights as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=3, action="append", required=True, metavar=("PAGES", "QUESTIONS", "WEIGHT"))
    sets = [QuestionSet(Path(pages), Path(asked), float(weight)) for pages, asked, weight in parser.parse_args().set]
    encoder = SentenceEncoder()
    told = {
        name: fitted(sets, [measured(kept, reader, encoder) for kept in sets], reader)
        for name, reader in READERS.items()
    }
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
