from __future__ import annotations

import pytest

from assistant.question.amounts import own_amounts
from assistant.question.question import read_question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When did the University of Helsinki join Una Europa?", "date"),
        ("How many staff do they have?", "number"),
        ("How long is a GSA LATO valid?", "duration"),
        ("aws sandbox monthly spend limit", "money"),
        ("What are the priority areas with Peking University?", "list"),
        ("What are the five kinds of flexible schedules?", "list"),
        ("Who do I contact about Scholars at Risk?", "person"),
        ("Where is the nursing room?", "place"),
        ("How do I stop GitHub from archiving my repo?", "steps"),
        ("what do I have to do before my last day", "steps"),
        ("What should we do if a pipe bursts?", "steps"),
        ("Mitä teen jos sairastun lomalla?", "steps"),
        ("Vad ska jag göra om jag blir sjuk?", "steps"),
        ("What do you do?", "any"),
        ("does GSA give us microsoft teams", "yesno"),
        ("What is the World 100 Reputation Network?", "definition"),
        ("Why was the meeting moved?", "reason"),
        ("Milloin kirjasto on auki?", "date"),
        ("När öppnar biblioteket?", "date"),
        ("GACA", "any"),
    ],
)
def test_the_kind_of_answer_is_told_from_the_words(text: str, kind: str) -> None:
    assert read_question(text).answer_type == kind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("When did the University of Helsinki join Una Europa?", ("University of Helsinki", "Una Europa")),
        ("What is UNICA?", ("UNICA",)),
        ("GACA", ("GACA",)),
        ("When was it established?", ()),
        ("Is “Green Card” a project?", ("Green Card",)),
        ("Which browser do I need?", ()),
    ],
)
def test_names_are_the_capitalised_words_but_not_the_first_one(text: str, names: tuple[str, ...]) -> None:
    assert tuple(name for name in read_question(text).names if name != "I") == names


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("Do I need a permit for a fence of 3 m?", []),
        ("Do I need a permit for a fence of 3m?", []),
        ("Do I need a permit for a fence over 3 m?", []),
        ("Who lends a cable of 100 m?", []),
        ("Who signs a contract of 3m?", ["3m"]),
        ("quotes for an order over 1.5m", ["1.5m"]),
        ("Can I spend 2 m?", ["2 m"]),
        ("a 2m contract", ["2m"]),
        ("Do I need approval for 2 mn?", ["2 mn"]),
    ],
)
def test_metres_are_no_millions(question: str, own: list[str]) -> None:
    assert [question[amount.start : amount.end] for amount in own_amounts(question)] == own


def test_any_text_can_be_read() -> None:
    for text in ("", "?", "   ", "\u202e", "a" * 5_000, "((((", "\ud800"):
        assert read_question(text).answer_type
