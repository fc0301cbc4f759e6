"""What tells a near miss from an answer? `python -m training.near_misses --data squad2.jsonl.gz --squad articles.json`.

Signals beside the reader's two logits are added one at a time to a logistic regression, fitted on the articles that
training left out and measured on a SQuAD 2.0 file. `training/README.md` keeps the table this prints.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.reader.bundled import BundledReader, Passage
from training import perturb
from training.data import Squad, load
from training.evaluate import auroc

SIGNALS = ("span", "verdict", "coverage", "rarest", "names", "numbers", "kind", "keywords", "second")
NUMBER_ASKED = re.compile(r"\b(how (many|much|long|old|far|often)|what (year|percent\w*|number|date)|when)\b", re.I)


def signals(reader: BundledReader, squad: Squad, question: str, passage: Passage) -> list[float]:
    """One value for each of `SIGNALS`, higher where an answer is likelier."""
    found, bare = reader.read(question, [passage])[0], _keywords(question)
    again = reader.read(bare, [passage])[0]
    stretch = found.stretches[0]
    words = set(perturb.content_words(question))
    said = frozenset(perturb.content_words(f"{passage.context} {passage.text}"))
    rarity = {word: squad.idf.get(word, 10.0) for word in words}
    total = sum(rarity.values()) or 1.0
    names = [part for name in perturb.names(question) for part in perturb.content_words(name)]
    figures = re.findall(r"\d+", question)
    span = passage.text[found.start : found.end]
    low = max(0, passage.text.rfind(". ", 0, found.start))
    others = max(found.best_within(0, low), found.best_within(found.end, len(passage.text)))
    return [
        found.best_within(0, len(passage.text)) - stretch.floor,
        stretch.floor,
        sum(rarity[word] for word in words & said) / total,
        -max((rarity[word] for word in words - said), default=0.0),
        -float(sum(name not in said for name in names)),
        -float(sum(figure not in passage.text for figure in figures)),
        float(not NUMBER_ASKED.search(question) or bool(re.search(r"\d", span))),
        again.score if (again.start < found.end and found.start < again.end) else min(again.score, 0.0) - 2.0,
        -max(others, -20.0),
    ]


def _keywords(question: str) -> str:
    kept = [word for word in re.findall(r"[\w'’.,$%-]+", question) if word.lower().strip("?.,") not in perturb.STOP]
    return " ".join(kept).rstrip("?") or question


def table(squad: Squad, path: Path, limit: int) -> dict[str, float]:
    """AUROC on the SQuAD 2.0 file of each signal alone, added to the reader's two logits, and of all together."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    reader = BundledReader()
    kept = [(q.wording, squad.titles[q.passage], squad.texts[q.passage], True) for q in squad.answerable]
    kept += [(q.wording, squad.titles[q.passage], squad.texts[q.passage], False) for q in squad.impossible]
    asked = [
        (qa["question"], article["title"].replace("_", " "), paragraph["context"], not qa["is_impossible"])
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
    fit_on, fit_truth = _measured(reader, squad, kept, limit)
    test_on, truth = _measured(reader, squad, asked, limit)
    found: dict[str, float] = {}

    def fitted(name: str, columns: Sequence[int]) -> None:
        scaler = StandardScaler().fit(fit_on[:, columns])
        model = LogisticRegression(C=1.0).fit(scaler.transform(fit_on[:, columns]), fit_truth)
        found[name] = auroc(model.decision_function(scaler.transform(test_on[:, columns])).tolist(), truth)

    for n, name in enumerate(SIGNALS):
        fitted(f"{name} alone", [n])
    fitted("span and verdict", [0, 1])
    for n, name in enumerate(SIGNALS[2:], start=2):
        fitted(f"span, verdict and {name}", [0, 1, n])
    fitted("all", list(range(len(SIGNALS))))
    return found


def _measured(
    reader: BundledReader, squad: Squad, asked: list[tuple[str, str, str, bool]], limit: int
) -> tuple[NDArray[np.float64], list[bool]]:
    drawn = random.Random(7).sample(asked, min(limit, len(asked)))
    rows = [signals(reader, squad, question, Passage(title, text)) for question, title, text, _ in drawn]
    return np.nan_to_num(np.array(rows), neginf=-30.0), [real for *_, real in drawn]


def main() -> None:
    """Print the table as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the training data, for the articles left out")
    parser.add_argument("--squad", type=Path, required=True, help="a SQuAD 2.0 file")
    parser.add_argument("--limit", type=int, default=1500, help="questions to fit on, and to measure on")
    args = parser.parse_args()
    sys.stdout.write(json.dumps(table(load(args.data)[1], args.squad, args.limit), indent=2) + "\n")


if __name__ == "__main__":
    main()
