from __future__ import annotations

import pytest

from assistant.question.followup import standalone
from index.conversation import leans


@pytest.mark.parametrize(
    "question", ["And in New York?", "How many staff do they have?", "moderate?", "What if she's a veteran?"]
)
def test_a_question_that_cannot_stand_alone_leans(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize("question", ["What is the notice period for annual leave?", "How do I book a meeting room?"])
def test_a_whole_question_does_not_lean(question: str) -> None:
    assert not leans(question)


def test_a_leaning_question_is_read_after_the_nearest_whole_one() -> None:
    history = ["How long is a low risk permit valid?", "Does it cost anything?"]
    assert standalone("moderate?", history) == "How long is a low risk permit valid? moderate?"


def test_a_whole_question_is_read_by_itself() -> None:
    question = "How do I book a meeting room?"
    assert standalone(question, ["What is UNICA?"]) == question
    assert standalone("moderate?", []) == "moderate?"
