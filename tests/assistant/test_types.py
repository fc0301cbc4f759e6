from __future__ import annotations

from assistant.types import Answer, Statement


def test_an_answers_text_runs_sentences_on_and_lists_the_rest() -> None:
    answer = Answer(
        "partial",
        (
            Statement("note", "The closest passages:"),
            Statement("sentence", "One.", (1,)),
            Statement("sentence", "Two.", (2,)),
            Statement("lead", "These are:", (3,)),
            Statement("item", "a", (3,)),
            Statement("item", "a1", (3,), depth=1),
            Statement("item", "b", (3,)),
            Statement("sentence", "Three.", (4,)),
        ),
    )
    assert answer.text == "The closest passages:\nOne. [1] Two. [2]\nThese are: [3]\n" + (
        "- a [3]\n  - a1 [3]\n- b [3]\nThree. [4]"
    )
