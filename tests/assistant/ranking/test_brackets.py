"""A person's own number, and the row of a table that it falls into."""

from __future__ import annotations

import math
import time

import pytest

from assistant.question.amounts import MONEY, amounts_in, own_amounts, with_currency
from assistant.question.question import read_question
from assistant.ranking.brackets import fit, range_of
from tests.assistant.conftest import MakeAssistant

YEAR = 365.25
TABLES = {
    "sick.md": "# Illness\n\n## Sick pay\n\n| Service | Full pay |\n|---|---|\n| First six months | none |\n"
    "| Six months to two years | 4 weeks |\n| Two to five years | 13 weeks |\n| Over five years | 26 weeks |\n\n"
    "The weeks are counted over twelve months.\n",
    "buying.md": "# Buying\n\n| Value of the order | Quotes needed |\n|---|---|\n| up to £1,000 | one quote |\n"
    "| £1,000 to £10,000 | three quotes |\n| over £10,000 | a tender |\n\nOrders are placed on the portal.\n",
}
LIMITS = {
    "claims.md": "# Claims without a receipt\n\n| You can claim | For |\n|---|---|\n| up to £25 | meals |\n"
    "| up to £150 | hotels |\n| up to £10 | local buses |\n\nSend your claim by the tenth.\n",
}
PENSION = "# Pension\n\nThe company offers a pension plan.\n"
NOTICE = {
    "notice.md": "# Notice\n\n| Length of service | Notice |\n|---|---|\n| Less than 2 years | 1 month |\n"
    "| 2 to 5 years | 2 months |\n| Over 5 years | 3 months |\n\nNotice is given in writing.\n",
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
        ("an order worth £1.5m", [(1_500_000, MONEY)]),
        ("£2 million or two million pounds", [(2_000_000, MONEY), (2_000_000, MONEY)]),
        ("3 miljoonan euron tilaus", [(3_000_000, MONEY)]),
        ("£1.5tn", []),
        ("6 000 euron tilaus", [(6000, MONEY)]),
        ("20 km in 6 hours", [(20, "km"), (0.25, "days")]),
        ("10 working days", [(10, "days")]),
        ("on 28.11.2026", []),
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
        ("an order of 6000 without quotes", ["6000"]),
        ("do I need quotes for an order over 6000?", ["6000"]),
        ("a 2 million contract", ["2 million"]),
        ("do I need approval for 20k?", ["20k"]),
        ("20k contract approval", ["20k"]),
        ("who approves 1.5m", ["1.5m"]),
        ("an order over 400 chairs", []),
        ("can I work nights under 18", []),
        ("what is a 401k plan", []),
        ("a 404 error", []),
        ("the 90-day rule", []),
        ("a 360 review", []),
        ("from 1 December", []),
        ("can grade 7 sign", []),
        ("a screen with 4k", []),
        ("the 10k run", []),
    ],
)
def test_an_amount_of_ones_own_is_told_from_a_part_of_a_name(question: str, own: list[str]) -> None:
    assert [question[amount.start : amount.end] for amount in own_amounts(question)] == own


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("First six months (probation)", -math.inf, YEAR / 2),
        ("Two to five years", 2 * YEAR, 5 * YEAR),
        ("3 years but fewer than 15 years", 3 * YEAR, 15 * YEAR),
        ("15 or more years", 15 * YEAR, math.inf),
        ("up to £1,000", -math.inf, 1000),
        ("£1,000 to £10,000", 1000, 10_000),
        ("£1k–10k", 1000, 10_000),
        ("alle 2 vuotta", -math.inf, 2 * YEAR),
        ("2–5 vuotta", 2 * YEAR, 5 * YEAR),
        ("över 5 år", 5 * YEAR, math.inf),
        ("over £1,000 and up to £5,000", 1000, 5000),
        ("More than £1,000 to £5,000", 1000, 5000),
        ("over 5 and under 10 years", 5 * YEAR, 10 * YEAR),
        ("yli 5, enintään 10 vuotta", 5 * YEAR, 10 * YEAR),
    ],
)
def test_a_range_is_read_from_a_cell(cell: str, low: float, high: float) -> None:
    found = range_of(cell)
    assert found is not None
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "cell",
    [
        "P1",
        "Grades 1 to 6",
        "1 week",
        "Monday to Friday 7.30–18.00",
        "15 or moreover",
        "",
        "over £1,000 (two of 3)",
        "over 2 years and 6 months",
    ],
)
def test_other_cells_are_no_ranges(cell: str) -> None:
    assert range_of(cell) is None


@pytest.mark.parametrize(
    ("cell", "held", "left_out"),
    [
        ("over £1,000 and up to £5,000", 5000, 1000),
        ("at least 1000 but less than 5000", 1000, 5000),
        ("under £1,000", 999, 1000),
    ],
)
def test_an_end_that_is_left_out_is_not_in_the_range(cell: str, held: float, left_out: float) -> None:
    found = range_of(cell)
    assert found is not None
    assert found.holds(held)
    assert not found.holds(left_out)


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


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("how many quotes are needed for an order of £1.5m", "a tender"),
        ("how many quotes are needed for an order of 2 million euros", "a tender"),
    ],
)
def test_millions_are_no_units(over: MakeAssistant, question: str, row: str) -> None:
    shown = [statement.text for statement in over(TABLES).answer(question).statements if statement.kind == "row"]
    assert [text.rpartition(": ")[2] for text in shown] == [row]


def test_limits_to_different_things_are_no_brackets(over: MakeAssistant) -> None:
    shown = over(LIMITS).answer("Can I claim £30 for meals without a receipt?").statements
    assert any("meals" in statement.text for statement in shown)


def test_a_time_that_nobody_served_is_not_looked_up_among_years_of_service(over: MakeAssistant) -> None:
    asked = over(NOTICE)
    answer = asked.answer("what notice must I give after 30 months of service")
    notice = [statement.text for statement in answer.statements if statement.kind == "row"]
    assert notice == ["Length of service: 2 to 5 years | Notice: 2 months"]
    other = asked.find("How much notice must I give for 3 months of unpaid leave?")
    assert len([item for item in other.ranked if item.unit.kind == "row"]) == 3


@pytest.mark.parametrize(
    "question", ["how many quotes for an order for grade 7", "how many quotes are needed for an order of 40 chairs"]
)
def test_a_number_that_is_no_money_changes_nothing(over: MakeAssistant, question: str) -> None:
    found = over(TABLES).find(question)
    assert len([item for item in found.ranked if item.unit.text.startswith("Value of the order: ")]) == 3


def test_an_amount_that_no_page_gives_does_not_count(over: MakeAssistant) -> None:
    room = "The board meets in room 6 of the office, and visitors are asked to wait in the hall."
    asked = over(TABLES | {"rooms.md": f"# Rooms of the office\n\n{room}\n"})
    found = asked.find("quotes for a £6,000 order")
    assert found.evidence.covered == 1
    assert max(item.in_setting for item in found.ranked) == 1
    assert asked.find("quotes for room 7,000").evidence.unseen > 0


def test_a_name_with_a_number_that_no_page_has_counts(over: MakeAssistant) -> None:
    assert over({"pension.md": PENSION}).find("What is a 401k plan?").evidence.unseen > 0.4


def test_a_table_is_looked_at_once(over: MakeAssistant) -> None:
    found = over(TABLES).find("how many quotes are needed for an order")
    rows = [item for item in found.ranked if item.unit.kind == "row" and "order" in item.unit.text] * 500
    began = time.perf_counter()
    assert fit(read_question("quotes for an order of 5 kg"), rows) == rows
    assert time.perf_counter() - began < 0.5


def test_both_ends_of_a_range_are_money_where_one_has_the_sign() -> None:
    found = range_of("£20,000–50,000")
    assert found is not None
    assert (found.low, found.high, found.unit) == (20_000, 50_000, MONEY)


@pytest.mark.parametrize(
    ("question", "passages", "read"),
    [
        ("a contract for 20k", ["up to £1,000", "over £5,000", "in the US $5"], "a contract for £20k"),
        ("sopimus yli 20000", ["enintään 5 000 €"], "sopimus yli €20000"),
        ("a contract for £20k", ["up to €1,000"], "a contract for £20k"),
        ("a contract for 20k", ["up to 1,000 users"], "a contract for 20k"),
        ("room 412", ["up to £1,000"], "room 412"),
    ],
)
def test_a_bare_sum_is_read_in_the_currency_of_the_pages(question: str, passages: list[str], read: str) -> None:
    assert with_currency(question, passages) == read


@pytest.mark.parametrize(
    ("question", "approval"),
    [
        ("Do I need approval for a contract for 20k?", "head of department"),
        ("Do I need approval for 30k?", "the board"),
        ("Who approves a contract for 1.5m?", "the board"),
    ],
)
def test_a_bare_sum_finds_its_row(over: MakeAssistant, question: str, approval: str) -> None:
    table = "up to £1,000 | team lead |\n| £1,000 to £20,000 | head of department |\n| over £20,000 | the board |"
    page = f"Contracts need approval.\n\n| Value of the contract | Approval |\n|---|---|\n| {table}"
    answer = over({"buying.md": f"# Buying\n\n{page}\n\nContracts are kept.\n"}).answer(question)
    assert answer.outcome == "answered"
    assert answer.statements[0].text.endswith(f"Approval: {approval}")
