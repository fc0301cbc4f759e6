"""Questions that set two things side by side."""

from __future__ import annotations

import pytest

from assistant.answer import Assistant
from assistant.question.question import read_question
from assistant.ranking.comparison import sides_of
from tests.assistant.conftest import MakeAssistant

LEAVE = {
    "annual.md": "# Annual leave\n\nStaff earn 13 days a year in their first three years.\n\n"
    "Unused days are carried over up to 240 hours.\n",
    "sick.md": "# Sick leave\n\nStaff earn 4 hours every two weeks, whatever their years of service.\n\n"
    "There is no limit to what is carried over.\n",
    "ministry.md": "# Ministry of Education and Culture\n\nThe ministry has its seat in Helsinki.\n",
    "library.md": "# Library\n\nBooks are lent for four weeks. The library opens at nine.\n",
}


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("What is the difference between annual leave and sick leave?", ("annual leave", "sick leave")),
        ("How does annual leave differ from the sick leave", ("annual leave", "sick leave")),
        ("How are a LATO and an ATO different?", ("LATO", "ATO")),
        ("Compare annual leave with sick leave.", ("annual leave", "sick leave")),
        ("annual leave vs. sick leave", ("annual leave", "sick leave")),
        ("Mitä eroa on vuosiloma ja sairausloma?", ("vuosiloma", "sairausloma")),
        ("Vad är skillnaden mellan semester och sjukledighet?", ("semester", "sjukledighet")),
        (
            "What is the difference between sick pay in the first year and after five years?",
            ("sick pay in the first year", "sick pay after five years"),
        ),
        (
            "Vad är skillnaden mellan lönen under provtiden och efter fem år?",
            ("lönen under provtiden", "lönen efter fem år"),
        ),
        ("What is the difference between time off in lieu and on call?", ("time off in lieu", "on call")),
        ("What is the difference between pay in winter and in summer?", ("pay in winter", "pay in summer")),
        ("What is the difference between annual leave and after-hours work?", ("annual leave", "after-hours work")),
        ("What are the areas with Peking University and Stockholm University?", None),
        ("How long are annual leave and sick leave?", None),
        ("How are you?", None),
    ],
)
def test_what_is_set_side_by_side_is_told_from_the_words(question: str, sides: tuple[str, str] | None) -> None:
    found = sides_of(read_question(question))
    if sides is None:
        assert found is None or found[0].question.startswith("What are the areas with Peking University")
    else:
        assert found is not None
        assert (found[0].name, found[1].name) == sides


def test_a_question_about_two_names_becomes_one_for_each() -> None:
    found = sides_of(read_question("What are the priority areas with Peking University and Stockholm University?"))
    assert found is not None
    assert [side.question for side in found] == [
        "What are the priority areas with Peking University?",
        "What are the priority areas with Stockholm University?",
    ]


def test_each_of_two_things_is_quoted_from_its_own_page(over: MakeAssistant) -> None:
    answer = over(LEAVE).answer("What is the difference between annual leave and sick leave?")
    assert answer.outcome in ("answered", "partial")
    assert {citation.url for citation in answer.citations} == {"annual.md", "sick.md"}


def test_a_name_with_an_and_inside_is_one_thing(over: MakeAssistant) -> None:
    answer = over(LEAVE).answer("Where is the Ministry of Education and Culture?")
    assert {citation.url for citation in answer.citations} == {"ministry.md"}


def test_two_places_of_one_page_are_compared(shipped: Assistant) -> None:
    answer = shipped.answer("What are the priority areas with Peking University and the University of Edinburgh?")
    sections = " ".join(citation.section for citation in answer.citations)
    assert "Peking" in sections
    assert "Edinburgh" in sections
