"""What of a page can be quoted by itself, and what is quoted with something else."""

from __future__ import annotations

import pytest

from assistant.units.units import Unit
from tests.assistant.checker.test_verify import units_in


def shown(unit: Unit) -> list[str]:
    text = unit.page.document.text
    return [text[start:end] for start, end in unit.parts]


def quoted(page: str, language: str = "en") -> list[list[str]]:
    return [shown(unit) for unit in units_in(page, language)]


@pytest.mark.parametrize(
    ("question", "reply", "more", "language"),
    [
        ("Can I park in the yard?", "Yes.", "Ask for a permit.", "en"),
        ("Can I park in the yard?", "No, sorry.", "The yard is full.", "en"),
        ("Voiko pihalle pysäköidä?", "Kyllä.", "Pyydä lupa.", "fi"),
        ("Får jag parkera på gården?", "Ja.", "Be om tillstånd.", "sv"),
    ],
)
def test_a_bare_reply_is_quoted_below_its_question_and_with_its_reason(
    question: str, reply: str, more: str, language: str
) -> None:
    apart = quoted(f"# Parking\n\n{question}\n\n{reply} {more}\n", language)
    assert apart == [[question, reply, more]]
    assert quoted(f"# Parking\n\n{question} {reply} {more}\n", language) == apart


def test_a_question_is_the_setting_of_what_answers_it_and_no_answer() -> None:
    (unit,) = units_in("# Parking\n\n1. Where may I park?\n\nBehind the library.\n")
    assert shown(unit) == ["Behind the library."]
    assert unit.setting.endswith("\nWhere may I park?")


def test_a_list_below_a_question_is_led_by_it() -> None:
    (whole, *items) = quoted("# Parking\n\nWho may park?\n\n- staff of the library\n- guests with a permit\n")
    assert whole == ["Who may park?", "staff of the library", "guests with a permit"]
    assert items == [["staff of the library"], ["guests with a permit"]]


def test_code_is_quoted_below_the_line_that_introduces_it() -> None:
    units = units_in("# Setup\n\nTo list your files, run:\n\n```\nls -l\n```\n")
    assert [shown(unit) for unit in units if not unit.only_leads] == [["To list your files, run:", "ls -l"]]
    assert [unit.text for unit in units] == ["To list your files, run:", "ls -l"]


def test_an_item_with_items_below_it_is_a_list() -> None:
    units = units_in("# Player\n\n- Fast and small\n- Supported formats:\n  - FLAC\n  - Ogg Vorbis\n- Free of charge\n")
    lists = [shown(unit) for unit in units if unit.kind == "list"]
    assert lists[1] == ["Supported formats:", "FLAC", "Ogg Vorbis"]
    assert [unit.text for unit in units if unit.only_leads] == ["Supported formats:"]


def test_items_of_an_item_are_quoted_below_what_turns_it() -> None:
    units = units_in("# Laptops\n\nYou may not:\n\n- lend:\n  - your laptop\n  - your card\n- sell them\n")
    assert ["You may not:", "lend:", "your laptop", "your card"] in [shown(unit) for unit in units]


def test_one_item_below_a_line_is_quoted_with_it() -> None:
    units = units_in("# Desk\n\nIf it stalls:\n\n- Ring the desk.\n")
    assert [(unit.kind, shown(unit)) for unit in units if not unit.only_leads] == [
        ("item", ["If it stalls:", "Ring the desk."])
    ]


@pytest.mark.parametrize("above", ["", "On this page:\n\n", "Sisällys:\n\n", "Innehåll:\n\n"])
def test_a_table_of_contents_is_not_quoted(above: str) -> None:
    sections = "## Leave\n\nYou get 30 days.\n\n## Pay\n\nIt comes on the 15th.\n"
    units = units_in(f"# Staff\n\n{above}- Leave\n- Pay\n- Elsewhere\n\n{sections}")
    assert [unit.text for unit in units if not unit.only_leads] == ["You get 30 days.", "It comes on the 15th."]


def test_a_list_that_says_what_the_headings_are_is_quoted() -> None:
    units = quoted("# Leave\n\nThere are two kinds:\n\n- Paid\n- Unpaid\n\n## Paid\n\nA.\n\n## Unpaid\n\nB.\n")
    assert ["There are two kinds:", "Paid", "Unpaid"] in units
