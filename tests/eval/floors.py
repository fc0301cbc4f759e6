"""Measures the assistant on the gold questions over the shipped pages, and keeps the floors it may not fall below."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from assistant.evaluation import evaluate, load_questions
from index.embed import SentenceEncoder
from tests.assistant.conftest import CORPUS, assistant_over

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"

Figures = dict[str, float]


def load_floors() -> dict[str, Figures]:
    """The floors by question set."""
    floors: dict[str, Figures] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def measure_corpus() -> Figures:
    """The figures of ``corpus.yaml`` as the product ships."""
    with tempfile.TemporaryDirectory() as data:
        assistant = assistant_over(CORPUS, Path(data), SentenceEncoder())
        report = evaluate(load_questions(HERE / "corpus.yaml"), assistant.answer).report()
    return {"questions": report.questions, "right": report.right, "page_cited": report.page_cited}


def raise_floors() -> None:
    """Write down what is measured now, where it is more than the floor."""
    floors = load_floors()
    for name, value in measure_corpus().items():
        floors["corpus"][name] = max(value, floors["corpus"][name])
    FLOORS.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.eval.floors --update")
    raise_floors()
