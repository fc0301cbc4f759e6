"""A person's own number, and the row of a table that it falls into."""

from __future__ import annotations

import math

import pytest

from assistant.amounts import MONEY, amounts_in, own_amounts
from assistant.brackets import range_of
from tests.assistant.conftest import MakeAssistant

YEAR = 365.25
TABLES = {
    "sick.md": "# Illness\n\n## Sick pay\n\n| Service | Full pay |\n|---|---|\n| First six months | none |\n"
    "| Six months to two years | 4 weeks |\n| Two to five years | 13 weeks |\n| Over five years | 26 weeks |\n\n"
    "The weeks are counted over twelve months.\n",
    "buying.md": "# Buying\n\n| Value of the order | Quotes needed |\n|---|---|\n| up to £1,000 | one quote |\n"
    "| £1,000 to £10,000 | three quotes |\n| over £10,000 | a tender |\n\nOrders are placed on the portal.\n",
}


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("how long after 4 years", [(4 * YEAR, "days")]),
        ("a £6,000 order", [(6000, MONEY)]),
        ("20 000 euroa", [(20_000, MONEY)]),
        ("a contract for 20k", [(20_000, "")]),
        ("efter två veckor", [(14, "days")]),
        ("10,5 %", [(10.5, "%")]),
        ("the salary of 2025", []),
        ("which one", []),
    ],
)
def test_amounts_are_read_with_their_units(text: str, sizes: list[tuple[float, str]]) -> None:
    assert [(amount.size, amount.unit) for amount in amounts_in(text)] == sizes


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("how many quotes do I need for a £6000 order", ["£6000"]),
        ("who can sign a contract for 20k", ["20k"]),
        ("sick pay after 4 years", ["4 years"]),
        ("paljonko saan 7 vuoden jälkeen", ["7 vuoden"]),
        ("what is form 27 for", []),
        ("how many seats has room 412", []),
        ("windows 11 upgrade", []),
        ("how do I register for 101", []),
        ("a 6000 order", ["6000"]),
        ("annual leave in 2013", []),
    ],
)
def test_an_amount_of_ones_own_is_told_from_a_part_of_a_name(question: str, own: list[str]) -> None:
    assert own_amounts(question) == own


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("First six months (probation)", -math.inf, YEAR / 2),
        ("Two to five years", 2 * YEAR, 5 * YEAR),
        ("3 years but fewer than 15 years", 3 * YEAR, 15 * YEAR),
        ("15 or more years", 15 * YEAR, math.inf),
        ("up to £1,000", -math.inf, 1000),
        ("£1,000 to £10,000", 1000, 10_000),
        ("alle 2 vuotta", -math.inf, 2 * YEAR),
        ("2–5 vuotta", 2 * YEAR, 5 * YEAR),
        ("över 5 år", 5 * YEAR, math.inf),
    ],
)
def test_a_range_is_read_from_a_cell(cell: str, low: float, high: float) -> None:
    found = range_of(cell)
    assert found is not None
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize("cell", ["P1", "Grades 1 to 6", "1 week", "Monday to Friday 7.30–18.00", "15 or moreover", ""])
def test_other_cells_are_no_ranges(cell: str) -> None:
    assert range_of(cell) is None


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("how many weeks do I get full sick pay after 4 years", "Service: Two to five years | Full pay: 13 weeks"),
        ("how many weeks of full sick pay after five years", "Service: Over five years | Full pay: 26 weeks"),
        (
            "how many quotes are needed for an order of £6000",
            "Value of the order: £1,000 to £10,000 | Quotes needed: three quotes",
        ),
    ],
)
def test_the_row_that_the_number_falls_into_is_the_answer(over: MakeAssistant, question: str, row: str) -> None:
    answer = over(TABLES).answer(question)
    assert answer.outcome == "answered"
    assert [statement.text for statement in answer.statements if statement.kind == "row"] == [row]


def test_where_a_number_falls_between_two_rows_the_table_is_shown(over: MakeAssistant) -> None:
    answer = over(TABLES).answer("how many quotes are needed for an order of £1,000")
    assert [statement.text.rpartition(": ")[2] for statement in answer.statements] == [
        "one quote", "three quotes", "a tender",
    ]  # fmt: skip


def test_days_are_not_looked_up_among_years(over: MakeAssistant) -> None:
    answer = over(TABLES).answer("full sick pay for 3 days")
    rows = [statement for statement in answer.statements if statement.kind in ("row", "item")]
    assert len(rows) != 1
