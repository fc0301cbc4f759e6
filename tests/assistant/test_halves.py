"""Questions that ask two things in one breath."""

from __future__ import annotations

import pytest

from assistant.answer import PARTIAL_NOTE
from assistant.halves import halves_of
from tests.assistant.conftest import MakeAssistant

PARKING = {
    "parking.md": "# Parking\n\nThere are 62 spaces in the car park, of which 4 are for disabled people. "
    "A permit costs £18 a month, taken from pay. Permits are for one number plate.\n\n"
    "To apply, send form F-20 to the porter.\n\nThe charge for cars without a permit is £60.\n",
    "pay.md": "# Pay and benefits\n\n## Pay day\n\nSalaries are paid on the 26th of each month. "
    "In December pay day is the 19th. When the 26th falls on a weekend, they are paid on the working day before.\n",
    "lunch.md": "# Canteen\n\nThe canteen serves lunch from eleven to two.\n",
}


@pytest.mark.parametrize(
    ("question", "halves"),
    [
        (
            "how much does a parking permit cost and how do i apply",
            ("how much does a parking permit cost", "how do i apply"),
        ),
        (
            "When is pay day and what if it falls on a weekend?",
            ("When is pay day", "what if it falls on a weekend?"),
        ),
        ("What does it cost? When is it open?", ("What does it cost", "When is it open?")),
        (
            "Milloin kirjasto on auki ja mistä saan kortin?",
            ("Milloin kirjasto on auki", "mistä saan kortin?"),
        ),
        (
            "När öppnar biblioteket och hur får jag ett kort?",
            ("När öppnar biblioteket", "hur får jag ett kort?"),
        ),
    ],
)
def test_a_question_word_after_an_and_opens_a_second_question(question: str, halves: tuple[str, str]) -> None:
    assert halves_of(question) == halves


@pytest.mark.parametrize(
    "question",
    [
        "What documents do I need when I move and when I marry?",
        "When and where is the meeting?",
        "How many sick days and which holidays can I take?",
        "Where is the Ministry of Education and Culture?",
        "How are annual leave and sick leave different?",
        "Vad gäller när jag flyttar och när jag gifter mig?",
        "the form and how it is filled in",
        "",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert halves_of(question) is None


def test_the_best_line_for_each_half_is_shown(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("how much does a parking permit cost and how do i apply")
    assert answer.outcome == "answered"
    assert [statement.text for statement in answer.statements] == [
        "A permit costs £18 a month, taken from pay.",
        "To apply, send form F-20 to the porter.",
    ]


def test_lines_that_fit_a_half_as_well_as_the_best_are_shown_too(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("When is pay day and what if it falls on a weekend?")
    assert [statement.text for statement in answer.statements] == [
        "In December pay day is the 19th.",
        "Salaries are paid on the 26th of each month.",
        "When the 26th falls on a weekend, they are paid on the working day before.",
    ]


def test_where_one_half_is_not_known_the_other_is_told_and_nothing_more_is_claimed(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("how much does a parking permit cost and who is the president of France")
    assert answer.outcome == "partial"
    assert [statement.text for statement in answer.statements] == [
        PARTIAL_NOTE,
        "A permit costs £18 a month, taken from pay.",
    ]


def test_where_neither_half_is_known_nothing_is_shown(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("Who is the president of France and how old is he?")
    assert answer.outcome == "abstained"
