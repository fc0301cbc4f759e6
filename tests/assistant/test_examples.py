"""Questions that are offered, over the shipped pages with the real models."""

from __future__ import annotations

from assistant.answer import Assistant
from assistant.examples import example_questions, next_questions
from tests.assistant.conftest import MakeAssistant

ASKED = "When did the University of Helsinki join Una Europa?"


def test_examples_are_answered_by_the_pages_they_came_from(shipped: Assistant) -> None:
    questions = example_questions(shipped._ledger, shipped)

    assert len(questions) == 4
    assert all(shipped.answer(question).outcome == "answered" for question in questions)


def test_what_is_offered_next_is_answered_by_the_same_pages_with_more(shipped: Assistant) -> None:
    answer = shipped.answer(ASKED)
    offered = next_questions(shipped._ledger, shipped, [ASKED], answer)
    told = {statement.text for statement in answer.statements}

    assert 1 <= len(offered) <= 3
    for question in offered:
        found = shipped.answer(question)
        assert found.outcome == "answered"
        assert {citation.url for citation in found.citations} & {citation.url for citation in answer.citations}
        assert not {statement.text for statement in found.statements} <= told
    again = next_questions(shipped._ledger, shipped, [ASKED, offered[0].upper()], answer)
    assert offered[0] not in again


def test_a_heading_that_asks_is_offered_and_an_empty_one_is_not(over: MakeAssistant) -> None:
    page = (
        "# Cars\n\n## Hiring a car\n\nCars are hired from the motor pool on weekdays.\n\n"
        "## 1.2. How often is a car washed?\n\nEvery car of the motor pool is washed once a week.\n\n"
        "## Is there a place to buy tyres?\n"
    )
    assistant = over({"cars.md": page})
    asked = "Where are cars hired?"
    answer = assistant.answer(asked)

    assert answer.outcome == "answered"
    assert next_questions(assistant._ledger, assistant, [asked], answer) == ["How often is a car washed?"]
