from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.evaluation.gold import Evaluation, GoldQuestion, judge_answer, load_questions, same_page
from assistant.evaluation.report import render_report
from assistant.evaluation.trade_off import at_threshold, trade_off
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


def test_the_figures_are_counted() -> None:
    evaluation = Evaluation(
        [
            judge_answer(gold(), answer("answered", "six free sessions", "pages/benefits.md", 0.9)),
            judge_answer(gold(), answer("answered", "five", "pages/other.md", 0.4)),
            judge_answer(gold(), answer("abstained", "The pages don't say.")),
            judge_answer(gold("unanswerable", tags=("far",)), answer("abstained", "The pages don't say.")),
        ]
    )
    report = evaluation.report()
    assert (report.questions, report.right, report.wrong) == (4, 2, 2)
    assert (report.page_cited, report.citation_precision) == (0.3333, 0.5)
    assert (report.false_refusals, report.hedged) == (0.3333, 0.0)


def test_a_stricter_threshold_answers_less_and_errs_less() -> None:
    judged = [
        judge_answer(gold(), answer("answered", "six free sessions", "pages/benefits.md", 0.9)),
        judge_answer(gold(), answer("partial", "six free sessions", "pages/benefits.md", 0.4)),
        judge_answer(gold("unanswerable", tags=("near-miss",)), answer("partial", "near", "pages/benefits.md", 0.3)),
        judge_answer(gold("unanswerable", tags=("far",)), answer("abstained", "The pages don't say.", None, 0.8)),
    ]

    assert [(p.threshold, p.coverage, p.wrong) for p in trade_off(judged)] == [
        (0.9, 0.25, 0.0),
        (0.4, 0.5, 0.0),
        (0.3, 0.75, 0.25),
    ]
    assert trade_off(judged)[-1].risk == pytest.approx(1 / 3)
    assert at_threshold(judged, 0.5).right == 0.25
    assert at_threshold(judged, 1.0).coverage == at_threshold([], 0.5).risk == 0


def compared() -> str:
    """The page for two settings that differ in one question of two."""
    right = answer("answered", "six free sessions", "pages/benefits.md", 0.9)
    unsure = answer("answered", "four", "pages/benefits.md", 0.3)
    sure = answer("answered", "<i>five</i>", "pages/benefits.md", 0.8)
    one = Evaluation([judge_answer(gold(), right), judge_answer(gold(), unsure), judge_answer(gold(), sure)])
    other = Evaluation([judge_answer(gold(), unsure), judge_answer(gold(), right), judge_answer(gold(), right)])
    return render_report({"one.toml": one, "<other>.toml": other}, {"one.toml": 0.35, "<other>.toml": 0.5})


def test_the_page_needs_nothing_else_and_shows_pages_and_questions_as_text() -> None:
    page = compared()

    assert re.findall(r"(?:src|href)=|https?:|@import|<script", page) == []
    assert "&lt;b&gt;How many?" in page
    assert "&lt;i&gt;five" in page
    assert "&lt;other&gt;.toml" in page
    assert re.findall(r"<[bi]>|<other>", page) == []
    assert '<meta name="viewport"' in page
    assert "light-dark(" in page


def test_the_page_sets_two_settings_side_by_side() -> None:
    page = compared()

    assert page.count("<svg") - page.count('aria-hidden="true"') == 3
    assert "Right only with one.toml (1)" in page
    assert "Right only with &lt;other&gt;.toml (2)" in page
    assert '<tr class="now"><th scope="row">0.35</th>' in page
    failures = page.partition("What went wrong, with one.toml")[2]
    assert failures.index("five") < failures.index("four"), "the surest error first"
    assert re.search(r">1 of 3</text>.*>2 of 3</text>", page)


def test_the_page_says_so_when_nothing_went_wrong() -> None:
    fine = Evaluation([judge_answer(gold(), answer("answered", "six free sessions", "pages/benefits.md", 0.9))])
    page = render_report({"now": fine}, {"now": 0.5})

    assert "Nothing: every question was answered or refused rightly." in page
    assert "Where they differ" not in page
    assert render_report({"now": Evaluation()}, {"now": 0.5})


def test_a_file_that_is_no_question_set_says_where_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text("- {id: a, kind: fact, qestion: What}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Field required|Extra inputs"):
        load_questions(path)
