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
