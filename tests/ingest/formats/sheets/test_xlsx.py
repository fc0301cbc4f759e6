from __future__ import annotations

import io
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ingest.errors import PageError
from ingest.formats.sheets.xlsx import parse_xlsx, read_xlsx
from ingest.types import Document
from tests.ingest.documents import check_form, headings_of, lines_of, page_of


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def first_of(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def read(book: Workbook) -> Document:
    return check_form(read_xlsx(page_of(saved(book), url="rates-2026.xlsx")))


def test_sheets_are_sections_and_rows_say_their_header() -> None:
    book = Workbook()
    sheet = first_of(book)
    sheet.title = "Rates"
    for row in (
        ["Daily allowances"],
        [],
        ["Country", "Amount", "Since"],
        ["Finland", 53, date(2026, 1, 1)],
        ["Sweden", None, None],
    ):
        sheet.append(row)
    sheet["B4"].number_format = '#,##0.00 "€"'
    other = book.create_sheet("Offices")
    other.append(["Office", "Open"])
    other.append(["Turku", True])
    book.create_sheet("Drafts").sheet_state = "hidden"
    book["Drafts"].append(["not", "shown"])
    document = read(book)

    assert document.title == "Rates 2026"
    assert headings_of(document) == [(("Rates",), None), (("Offices",), None)]
    assert lines_of(document) == [
        "Rates",
        "Daily allowances",
        "| Country: Finland | Amount: 53.00 € | Since: 2026-01-01",
        "| Country: Sweden",
        "Offices",
        "| Office: Turku | Open: TRUE",
    ]


def test_a_second_table_brings_its_own_header() -> None:
    book = Workbook()
    for row in (["Name", "Phone"], ["Anna", "12"], [], ["Room", "Seats"], ["Blue", 8]):
        first_of(book).append(row)
    for cell in first_of(book)[4]:
        cell.font = Font(bold=True)

    assert lines_of(read(book)) == ["Sheet", "| Name: Anna | Phone: 12", "| Room: Blue | Seats: 8"]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.255, "0.0%", "25.5 %"),
        (0.25, "0%", "25 %"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.0, "General", "1234"),
        (0.1 + 0.2, "General", "0.3"),
        (12, "[$€-40B] 0.00", "€ 12.00"),
        (1234.5, '#,##0.00\\ "€"', "1,234.50 €"),
        (1234.5, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', "1,234.50 €"),
        (-1234.5, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', "-1,234.50 €"),
        (612.5, '"£"#,##0.00', "£612.50"),
        (-612.5, "#,##0.00;[Red](#,##0.00)", "(612.50)"),
        (-5, '"£"0', "-£5"),
        (12500, "# ##0", "12 500"),
        (0.031, "+0.0%;-0.0%;0.0%", "+3.1 %"),
        (0.0, "+0.0%;-0.0%;0.0%", "0.0 %"),
        (12, '0 "kg"', "12 kg"),
        (401234567, r"0000\ 000\ 000", "401234567"),
        (5551234567, r"[<=9999999]###\-####;\(###\)\ ###\-####", "5551234567"),
        (12500, r'#\ ##0\ "€"', "12 500 €"),
        (-500, "#,##0;[Red]#,##0", "-500"),
        (-500, "#,##0 [$€-40B];[Red]#,##0 [$€-40B]", "-500 €"),
        (-500, "#,##0.00;#,##0.00-", "500.00-"),
        (1500000, '0.0,," M€"', "1.5 M€"),
        (1500000, '#,##0,"k"', "1,500k"),
        (500, '[>=1000]#,##0," t";0" kg"', "500"),
        (-5, "[Red]-0.0;;@", "-5.0"),
        (24, '0" %"', "24 %"),
        (time(22, 0), "h:mm", "22:00"),
        (time(22, 0, 5), "h:mm:ss", "22:00:05"),
        (datetime(2026, 3, 1), "yyyy-mm-dd", "2026-03-01"),
        (datetime(2026, 3, 1, 9, 30), "yyyy-mm-dd hh:mm", "2026-03-01 09:30"),
        ("  a\nb ", "General", "a b"),
    ],
)
def test_a_value_is_shown_about_as_the_sheet_shows_it(value: object, number_format: str, shown: str) -> None:
    book = Workbook()
    sheet = first_of(book)
    sheet.append(["Name", "Value"])
    sheet.append(["x", value])
    sheet["B2"].number_format = number_format

    assert lines_of(read(book))[-1] == f"| Name: x | Value: {shown}"


def test_a_workbook_of_too_many_rows_says_so() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    for number in range(50_002):
        sheet.append([number])

    with pytest.raises(PageError, match=r"'a.xlsx' has more than 50,000 rows"):
        parse_xlsx(page_of(saved(book), url="a.xlsx"))


def test_an_empty_workbook_says_so() -> None:
    with pytest.raises(PageError, match=r"'a.xlsx' holds no text"):
        parse_xlsx(page_of(saved(Workbook()), url="a.xlsx"))


def test_the_child_reads_what_we_would() -> None:
    book = Workbook()
    first_of(book).append(["Name", "Value"])
    page = page_of(saved(book))

    assert parse_xlsx(page) == read_xlsx(page)


def test_a_cell_merged_over_rows_holds_for_each() -> None:
    book = Workbook()
    for row in (["Hall", "Team"], ["A", "Receiving"], [None, "Picking"], ["B", "Packing"]):
        first_of(book).append(row)
    first_of(book).merge_cells("A2:A3")

    assert lines_of(read(book))[1:] == [
        "| Hall: A | Team: Receiving",
        "| Hall: A | Team: Picking",
        "| Hall: B | Team: Packing",
    ]


def test_a_header_merged_over_columns_names_each_of_them() -> None:
    book = Workbook()
    for row in (["", "2025", "", "2026"], ["Cost", "Jan", "Feb", "Jan"], ["Fuel", 61, 58, 59]):
        first_of(book).append(row)
    first_of(book).merge_cells("B1:C1")

    assert lines_of(read(book))[1:] == ["| Cost: Fuel | 2025 Jan: 61 | 2025 Feb: 58 | 2026 Jan: 59"]


CONTACTS = (["Sales", "Anna Aho", "anna@x.fi", "Turku"], ["IT", "Bo Ek", "bo@x.fi", "Oulu"])


@pytest.mark.parametrize(("team", "name"), [("Team", "Team: "), (None, "")])
def test_a_first_row_of_words_under_a_merged_header_is_no_header(team: str | None, name: str) -> None:
    book = Workbook()
    for row in ([team, "Contact", None, "Place"], *CONTACTS):
        first_of(book).append(row)
    first_of(book).merge_cells("B1:C1")

    assert lines_of(read(book))[1:] == [
        f"| {name}Sales | Contact: Anna Aho | Contact: anna@x.fi | Place: Turku",
        f"| {name}IT | Contact: Bo Ek | Contact: bo@x.fi | Place: Oulu",
    ]


def test_a_header_of_two_rows_is_one_where_a_name_reaches_over_both() -> None:
    book = Workbook()
    for row in (["Team", "Contact", None, "Place"], [None, "Name", "Mail"], *CONTACTS):
        first_of(book).append(row)
    first_of(book).merge_cells("A1:A2")
    first_of(book).merge_cells("B1:C1")

    assert lines_of(read(book))[1:] == [
        "| Team: Sales | Contact Name: Anna Aho | Contact Mail: anna@x.fi | Place: Turku",
        "| Team: IT | Contact Name: Bo Ek | Contact Mail: bo@x.fi | Place: Oulu",
    ]
