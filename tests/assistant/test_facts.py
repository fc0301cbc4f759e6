from __future__ import annotations

import pytest

from assistant.facts import find_fact
from assistant.question import read_question


@pytest.mark.parametrize(
    ("question", "sentence", "fact"),
    [
        ("When did it join?", "On 4 October 2019, the university joined the alliance.", "4 October 2019"),
        ("When was it made?", "It was created by the European Union in 2008.", "2008"),
        ("How long is it valid?", "It stays valid for 3 business days after approval.", "3 business days"),
        ("How much does it cost?", "The limit is $1,500 a month.", "$1,500"),
        ("How many are under way?", "There are currently seven development projects under way.", "seven"),
        ("How many staff?", "It has over 150,000 staff in 35 cities.", "150,000"),
        ("Who do I ask?", "For more, please contact Markus Laitinen:", "Markus Laitinen"),
    ],
)
def test_the_thing_asked_for_is_found(question: str, sentence: str, fact: str) -> None:
    span = find_fact(read_question(question), sentence)
    assert span is not None
    assert sentence[slice(*span)] == fact


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert find_fact(read_question("When in 2014 did it join?"), "In 2014 the university joined.") is None


def test_nothing_is_bold_where_any_words_may_be_the_answer() -> None:
    assert find_fact(read_question("Why was it moved?"), "It was moved on 4 October 2019.") is None
