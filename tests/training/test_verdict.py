"""Fitting the verdict: on made-up signals, and over a page with the real models."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.embedding.encoder import SentenceEncoder
from training.verdict import SIGNALS, QuestionSet, fitted, measured


def test_the_weights_follow_the_signal_that_tells_and_the_reader_is_left_out_without_one() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(400, len(SIGNALS)))
    right = values[:, SIGNALS.index("in_setting")] + 0.1 * rng.normal(size=400) > 0
    kept = QuestionSet(Path("pages"), Path("q.yaml"), 1.0)
    told = fitted([kept], [(values, right)], "bundled")
    weights = {name: abs(float(str(told[name]))) for name in SIGNALS}
    assert max(weights, key=weights.__getitem__) == "in_setting"
    assert told["q.yaml"]["answered, right"] > 0.95 * right.sum()  # type: ignore[index]
    assert "read" not in fitted([kept], [(values, right)], "none")


def test_each_question_that_is_no_far_off_one_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "leave.md").write_text("# Leave\n\nAnnual leave is 30 days a year.\n")
    (tmp_path / "q.yaml").write_text(
        "- {id: a, kind: fact, question: 'How many days is annual leave?', answer_any: 30 days, source: leave.md}\n"
        "- {id: b, kind: unanswerable, tags: [near-miss], question: 'How many days of annual leave did Ann take?'}\n"
        "- {id: c, kind: unanswerable, tags: [far], question: 'Who painted the Mona Lisa?'}\n"
    )
    values, right = measured(QuestionSet(tmp_path / "pages", tmp_path / "q.yaml", 1.0), "bundled", SentenceEncoder())
    assert values.shape == (2, len(SIGNALS))
    assert right.tolist() == [True, False]
