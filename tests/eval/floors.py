"""Measures the assistant on gold questions, and keeps the floors that it may not fall below.

The questions over the shipped pages, and the sets beside this file (in Finnish and Swedish, and over a made-up
intranet), are always asked. Others need data that does not ship: ``EVAL_DATA`` names a folder that holds, for each of
the other sets in ``floors.json``, ``<set>/pages/`` and ``<set>/questions.yaml``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.gold import Report, evaluate, load_questions
from index.embedding.encoder import SentenceEncoder
from tests.assistant.conftest import CORPUS, assistant_over

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"
VARIABLE = "EVAL_DATA"

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Pages and the questions over them."""

    pages: Path
    questions: Path


def load_floors() -> dict[str, Figures]:
    """The floors by question set."""
    floors: dict[str, Figures] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def find_set(name: str) -> QuestionSet:
    """The named set. Raises ``LookupError``, which says what to set, where its data is not there."""
    if name == "corpus":
        return QuestionSet(CORPUS, HERE / "corpus.yaml")
    if (HERE / name).is_dir():
        return QuestionSet(HERE / name / "pages", HERE / name / "questions.yaml")
    wanted = f"set {VARIABLE} to a folder that holds {name}/pages and {name}/questions.yaml"
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise LookupError(f"the data of {name!r} does not ship: {wanted}")
    found = QuestionSet(Path(folder, name, "pages"), Path(folder, name, "questions.yaml"))
    if not found.pages.is_dir() or not found.questions.is_file():
        raise LookupError(f"{folder!r} does not hold the data of {name!r}: {wanted}")
    return found


def measure(questions: QuestionSet) -> Report:
    """What is measured of a set as the product ships."""
    with tempfile.TemporaryDirectory() as data:
        assistant = assistant_over(questions.pages, Path(data), SentenceEncoder())
        return evaluate(load_questions(questions.questions), assistant.answer).report()


def figures_of(report: Report) -> dict[str, float]:
    """The figures that have floors; of each more is better."""
    refused = [kinds for kind, kinds in report.by_kind.items() if kind in ("far", "near-miss", "unanswerable")]
    return {
        "questions": report.questions,
        "right": report.right,
        "page_cited": report.page_cited,
        "not_refused": round(1 - report.false_refusals, 4),
        "rightly_refused": sum(kinds["right"] for kinds in refused),
    }


def shortfalls(measured: Figures, floors: Figures) -> list[str]:
    """What is below its floor, in words; a figure that is not measured any more is."""
    return [
        f"{name} is {measured.get(name, 'not measured')}, and was {floor:g}"
        for name, floor in floors.items()
        if measured.get(name, float("-inf")) < floor
    ]


def raised(measured: Figures, floors: Figures) -> dict[str, float]:
    """The floors, each raised to what is measured where that is more."""
    return {name: max(measured.get(name, 0), floors.get(name, 0)) for name in {**measured, **floors}}


def _update() -> None:
    """Write down what is measured now, where it is more than the floor, for every set whose data is there."""
    floors = load_floors()
    for name in floors:
        try:
            questions = find_set(name)
        except LookupError as error:
            sys.stderr.write(f"{error}\n")
            continue
        floors[name] = raised(figures_of(measure(questions)), floors[name])
    FLOORS.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.eval.floors --update")
    _update()
