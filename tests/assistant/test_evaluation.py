from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.evaluation import Evaluation, GoldQuestion, judge_answer, load_questions, same_page
from assistant.evaluation_report import render_report, trade_off
from assistant.types import Answer, Citation, Outcome, Statement
from ingest.errors import UsageError

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def answer(outcome: Outcome, text: str, url: str | None = None, confidence: float = 0.5) -> Answer:
    citations = (Citation(1, "T", url, "/source", text, "", 0, len(text), NOW, NOW),) if url else ()
    return Answer(outcome, (Statement("sentence", text, (1,) if url else ()),), citations, confidence=confidence)


def gold(kind: str = "fact", *, tags: tuple[str, ...] = ()) -> GoldQuestion:
    wanted = () if kind == "unanswerable" else ("six free sessions",)
    return GoldQuestion(
        id="g", kind=kind, question="<b>How many?</b>", answer_any=wanted, source=("pages/benefits.md",), tags=tags
    )


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (answer("answered", "You get SIX  free sessions.", "pages/benefits.md"), True),
        (answer("partial", "You get six free sessions.", "benefits.md"), True),
        (answer("answered", "You get six free sessions.", "pages/other.md"), False),
        (answer("answered", "You get five.", "pages/benefits.md"), False),
        (answer("abstained", "six free sessions"), False),
    ],
)
def test_an_answerable_question_wants_the_words_and_the_page(given: Answer, right: bool) -> None:
    assert judge_answer(gold(), given).right is right


def test_a_far_off_question_wants_a_refusal_and_a_near_miss_no_answer() -> None:
    cited = answer("partial", "Something near.", "pages/benefits.md")
    assert judge_answer(gold("unanswerable", tags=("near-miss",)), cited).right
    assert not judge_answer(gold("unanswerable", tags=("far",)), cited).right
    assert judge_answer(gold("unanswerable", tags=("far",)), answer("abstained", "The pages don't say.")).right
    assert not judge_answer(gold("unanswerable", tags=("near-miss",)), answer("answered", "x", "p")).right


def test_pages_are_compared_by_whole_parts() -> None:
    assert same_page("travel/leave.md", "pages/travel/leave.md")
    assert not same_page("sick-leave.md", "leave.md")


def test_the_report_counts_and_shows_what_went_wrong_as_text() -> None:
    evaluation = Evaluation(
        [
            judge_answer(gold(), answer("answered", "six free sessions", "pages/benefits.md", 0.9)),
            judge_answer(gold(), answer("answered", "five", "pages/benefits.md", 0.4)),
        ]
    )
    report = evaluation.report()
    assert (report.questions, report.right, report.wrong, report.page_cited) == (2, 1, 1, 1.0)
    assert [(p.coverage, p.risk) for p in trade_off(evaluation.judged)] == [(0.5, 0.0), (1.0, 0.5)]
    page = render_report({"now": evaluation, "then": evaluation})
    assert "&lt;b&gt;How many?" in page
    assert "<b>How many" not in page
    assert "http" not in page


def test_a_file_that_is_no_question_set_says_where_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text("- {id: a, kind: fact, qestion: What}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Field required|Extra inputs"):
        load_questions(path)
