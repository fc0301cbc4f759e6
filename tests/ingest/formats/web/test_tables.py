from __future__ import annotations

from ingest.formats.web.html import parse_html
from tests.ingest.documents import lines_of, page_of


def rows_of(table: str) -> list[str]:
    return lines_of(parse_html(page_of(f"<main>{table}</main>")))


def test_a_cell_over_several_rows_holds_for_each() -> None:
    assert rows_of(
        "<table><tr><th>Office</th><th>Day</th><th>Open</th></tr>"
        '<tr><td rowspan="2">Turku</td><td>Mon</td><td>9-15</td></tr><tr><td>Tue</td><td>9-18</td></tr></table>'
    ) == ["| Office: Turku | Day: Mon | Open: 9-15", "| Office: Turku | Day: Tue | Open: 9-18"]


def test_a_header_over_several_columns_names_each() -> None:
    assert rows_of(
        '<table><thead><tr><th rowspan="2">Grade</th><th colspan="2">Leave</th></tr>'
        "<tr><th>Days</th><th>Hours</th></tr></thead>"
        "<tbody><tr><td>A</td><td>24</td><td>180</td></tr></tbody></table>"
    ) == ["| Grade: A | Leave Days: 24 | Leave Hours: 180"]


def test_a_value_over_several_columns_stands_once_and_shifts_nothing() -> None:
    assert rows_of(
        '<table><tr><th>A</th><th>B</th><th>C</th></tr><tr><td colspan="2">both</td><td>last</td></tr></table>'
    ) == ["| A: both | C: last"]


def test_a_table_that_lays_the_page_out_is_read_as_blocks() -> None:
    assert rows_of(
        "<table><tr><td>Menu of the day</td><td><h2>News</h2><p>All is well.</p>"
        "<table><tr><th>Day</th></tr><tr><td>Monday</td><td>x</td></tr></table></td></tr></table>"
    ) == ["Menu of the day", "News", "All is well.", "| Day: Monday | x"]


def test_spans_that_claim_millions_of_cells_cost_nothing() -> None:
    cells = '<td rowspan="99999" colspan="1000">x</td>' * 50
    made = rows_of(f"<table><tr>{cells}</tr>" + "<tr><td>a</td><td>b</td></tr>" * 300 + "</table>")

    assert made[-1] == "| a | b"
    assert sum(map(len, made)) < 10_000
