from __future__ import annotations

import pytest

from assistant.question.kinds import holds_kind
from assistant.question.question import read_question


@pytest.mark.parametrize(
    "text",
    [
        "Only directors may sign it.",
        "It is signed by the head of finance.",
        "The heads of service decide.",
        "Hakemuksen hyväksyy osaston johtaja.",
        "Den godkänns av närmaste chefen.",
    ],
)
def test_a_post_is_an_answer_to_who(text: str) -> None:
    assert holds_kind(read_question("who signs it"), text, "en")


def test_a_thing_is_no_answer_to_who() -> None:
    assert not holds_kind(read_question("who signs it"), "It is signed in ink.", "en")


@pytest.mark.parametrize("text", ["xargs - build and execute command lines", "xargs -- runs commands"])
def test_the_name_line_of_a_manual_page_says_what_a_command_is(text: str) -> None:
    assert holds_kind(read_question("what is xargs"), text, "en")


def test_options_after_a_name_do_not_say_what_it_is() -> None:
    assert not holds_kind(read_question("what is xargs"), "xargs -0 --null", "en")
