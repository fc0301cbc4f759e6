from __future__ import annotations

import pytest

from assistant.facts import fact_of, find_fact
from assistant.question.question import read_question
from assistant.ranking.ranking import Ranked
from tests.assistant.checker.test_verify import units_in


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


def bold(page: str, question: str, fact: str, *, read: float = 3.0, kind: str = "row") -> str | None:
    """What is set in bold of the page's only row or sentence where the reader points at ``fact``."""
    (unit,) = [unit for unit in units_in(page) if unit.kind == kind]
    place = unit.page.document.text.index(fact)
    item = Ranked(unit, 1.0, 1.0, 1.0, 1.0, True, read, (place, place + len(fact)))
    span = fact_of(read_question(question), item, unit.start, unit.end)
    return unit.text[slice(*span)] if span else None


ROOM = "# Rooms\n\n| Room | Seats | Booked for |\n|---|---|---|\n| Heron | 12 | at most 4 hours |\n"


@pytest.mark.parametrize(
    ("question", "fact", "expected"),
    [
        ("Which room has seats?", "Heron", "Heron"),
        ("Which room has seats?", "Room", None),
        ("Which room has seats?", "Heron | Seats: 12", None),
        ("How long can I book a room?", "12 | Booked for: at most 4 hours", "4 hours"),
        ("How long can I book a room?", "Heron", "4 hours"),
        ("How long can I book a room?", "at most 4 hours", "at most 4 hours"),
    ],
)
def test_of_a_row_what_one_cell_says_is_set_in_bold(question: str, fact: str, expected: str | None) -> None:
    assert bold(ROOM, question, fact) == expected


YEARS = "# Figures\n\n| Key figure | 2024 | 2023 | Change |\n|---|---|---|---|\n| Revenue, M€ | 48.6 | 45.1 | 8 % |\n"


@pytest.mark.parametrize(
    ("question", "fact", "expected"),
    [
        ("What was the revenue in 2024?", "M€", "48.6"),
        ("What was the revenue in 2023?", "48.6", "45.1"),
        ("What was the revenue in 2024?", "48.6", "48.6"),
        ("How did the revenue grow from 2023 to 2024?", "48.6", "48.6"),
        ("Which key figure rose in 2024?", "Revenue, M€", "Revenue, M€"),
        ("What rose in 1924?", "Revenue, M€", "Revenue, M€"),
        ("By how much did the revenue change from 2023?", "8 %", "8 %"),
        ("What was the revenue after 2023?", "48.6", "48.6"),
        ("What was the change in 2024?", "8 %", "8 %"),
    ],
)
def test_of_a_year_that_is_asked_for_its_own_cell_is_set_in_bold(question: str, fact: str, expected: str) -> None:
    assert bold(YEARS, question, fact) == expected


def test_a_cell_without_a_name_is_none() -> None:
    page = "# Rooms\n\n| | Remark |\n|---|---|\n| Heron | closed on Sundays |\n"
    assert bold(page, "What is closed?", "Heron") == "Heron"


def test_what_the_reader_itself_finds_unlikely_is_not_set_in_bold() -> None:
    page = "# Leave\n\nEveryone earns 30 days of annual leave a year.\n"
    assert bold(page, "How many days of leave?", "30 days", read=-0.5, kind="sentence") == "30 days"
    assert bold(page, "How many days of leave?", "30 days", read=-1.5, kind="sentence") is None
