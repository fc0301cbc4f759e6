from __future__ import annotations

from tests.ingest.documents import headings_of, lines_of
from tests.ingest.formats.opendocument.opendocuments import BOLD, cells, h, listed, p, read, sheet


def test_tables_are_rows_under_their_header() -> None:
    merged = (
        f'<table:table-row><table:table-cell table:number-rows-spanned="2">{p("Finland")}</table:table-cell>'
        f"<table:table-cell>{p('day')}</table:table-cell><table:table-cell>{p('53 €')}</table:table-cell>"
        "</table:table-row>"
        f"<table:table-row><table:covered-table-cell/><table:table-cell>{p('night')}</table:table-cell>"
        f"<table:table-cell>{p('16 €')}</table:table-cell></table:table-row>"
    )
    header = cells("Country", "For", "Amount", style="Table_20_Heading")
    columns = '<table:table-column table:number-columns-repeated="3"/>'
    body = (
        f"<table:table table:name='Table1'>{columns}<table:table-header-rows>{header}</table:table-header-rows>{merged}"
        '<table:table-row><table:table-cell table:number-columns-spanned="2">'
        f"{p('Sweden')}</table:table-cell><table:covered-table-cell/><table:table-cell>{p('9 €')}</table:table-cell>"
        "</table:table-row></table:table>"
        + p("Next:")
        + f"<table:table>{cells('Name', 'Phone', 'Room')}{cells('Anna', '12', 'A')}</table:table>"
        + f"<table:table><table:table-header-rows>{cells('Team', '2026')}</table:table-header-rows>{cells('Ads', '9')}"
        + f"</table:table><table:table>{cells('Open:', '9-15')}{cells('Closed:', 'in July')}</table:table>"
        + f"<table:table><table:table-row><table:table-cell>{h(2, 'Note')}{p('In a box.')}</table:table-cell>"
        "</table:table-row></table:table>"
    )

    assert lines_of(read("text", body)) == [
        "| Country: Finland | For: day | Amount: 53 €",
        "| Country: Finland | For: night | Amount: 16 €",
        "| Country: Sweden | Amount: 9 €",
        "Next:",
        "| Name: Anna | Phone: 12 | Room: A",
        "| Team: Ads | 2026: 9",
        "| Open: 9-15",
        "| Closed: in July",
        "Note",
        "In a box.",
    ]


SHEETS = (
    '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    + BOLD.format("ce1", "table-cell")
)
EMPTY = (
    '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)
BLANKS = '<table:table-cell table:number-columns-repeated="16380"/>'


def test_sheets_are_sections_and_rows_say_their_header() -> None:
    value = (
        "<table:table-row>"
        f'<table:table-cell table:number-columns-repeated="1" office:value-type="string">{p("Finland")}'
        f"<office:annotation>{p('Sure?')}</office:annotation></table:table-cell>"
        '<table:table-cell office:value-type="currency" office:currency="EUR" office:value="53" '
        f'table:formula="of:=50+3">{p("53,00 €")}</table:table-cell>'
        f'<table:table-cell office:value-type="date" office:date-value="2026-01-03">{p("03.01.26")}</table:table-cell>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true">'
        f"{p('WAHR')}</table:table-cell>{BLANKS}</table:table-row>"
    )
    header = cells("Country", "Amount", "Since", "Paid")
    body = (
        '<table:calculation-settings/><table:tracked-changes/>'
        + sheet("Rates", cells("Daily allowances") + EMPTY.format(2) + header + value + EMPTY.format(1_048_570))
        + sheet("Drafts", cells("not", "shown"), "ta2")
        + sheet("Offices", cells("Office", "Open") + cells("Turku", "9-15"))
        + '<table:named-expressions/>'
    )  # fmt: skip
    document = read("spreadsheet", body, styles=SHEETS)

    assert document.title == "Staff handbook"
    assert headings_of(document) == [(("Rates",), None), (("Offices",), None)]
    assert lines_of(document) == [
        "Rates",
        "Daily allowances",
        "| Country: Finland | Amount: 53,00 € | Since: 2026-01-03 | Paid: TRUE",
        "Offices",
        "| Office: Turku | Open: 9-15",
    ]


def test_a_merged_cell_of_a_sheet_holds_for_each_row_and_a_repeated_row_is_said_once() -> None:
    rows = (
        cells("Team", "Phone")
        + f'<table:table-row><table:table-cell office:value-type="string" table:number-rows-spanned="3">{p("Sales")}'
        f"</table:table-cell><table:table-cell office:value-type='float' office:value='1'>{p('1')}</table:table-cell>"
        "</table:table-row><table:table-row table:number-rows-repeated='2'><table:covered-table-cell/>"
        f"<table:table-cell office:value-type='float' office:value='2'/></table:table-row>"
        + cells("Stores", "4")
        + EMPTY.format(1)
        + cells("Room", "Seats").replace("<table:table-cell", '<table:table-cell table:style-name="ce1"')
        + cells("Blue", "8", kind="float")
    )

    assert lines_of(read("spreadsheet", sheet("S", rows), styles=SHEETS))[1:] == [
        "| Team: Sales | Phone: 1",
        "| Team: Sales | Phone: 2",
        "| Team: Stores | Phone: 4",
        "| Room: Blue | Seats: 8",
    ]


def shape(kind: str, inner: str) -> str:
    return f'<draw:frame presentation:class="{kind}"><draw:text-box>{inner}</draw:text-box></draw:frame>'


def slide(*shapes: str, style: str = "dp1") -> str:
    return f'<draw:page draw:name="page" draw:style-name="{style}">{"".join(shapes)}</draw:page>'


def test_what_a_program_writes_where_a_slide_has_no_title_is_none() -> None:
    empty = shape("title", p("Click to add Title")).replace(">", ' presentation:placeholder="true">', 1)
    document = read(
        "presentation", slide(empty, shape("outline", p("Two more days"))) + slide(shape("title", p("May")))
    )

    assert (document.title, lines_of(document)) == ("May", ["Two more days", "May"])


def test_slides_are_sections_with_their_number() -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
        '</text:list-style><style:style style:name="dp2" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    outline = listed(p("Two more days") + listed(p("from May on")), style="L1")
    notes = f"<presentation:notes>{shape('notes', p('Do not say'))}</presentation:notes>"
    table = f"<table:table>{cells('Office', 'Open')}{cells('Turku', '9-15')}</table:table>"
    group = f"<draw:g><draw:custom-shape>{p('In a group')}<draw:enhanced-geometry/></draw:custom-shape></draw:g>"
    body = (
        slide(shape("title", p("All hands")), shape("subtitle", p("Spring 2026")))
        + slide(
            shape("outline", outline),
            shape("title", p("What<text:line-break/>changes")),
            shape("footer", p("Confidential")),
            notes,
        )
        + slide(shape("title", p("Not decided")), style="dp2")
        + slide(f"<draw:frame>{table}<draw:image/></draw:frame>", group)
        + "<presentation:settings/>"
    )
    document = read("presentation", body, styles=styles)

    assert document.title == "All hands"
    assert [(section.heading_path, section.page_number) for section in document.sections] == [
        (("All hands",), 1),
        (("What changes",), 2),
        ((), 4),
    ]
    assert lines_of(document) == [
        "All hands",
        "Spring 2026",
        "What changes",
        "- Two more days",
        "  - from May on",
        "| Office: Turku | Open: 9-15",
        "In a group",
    ]
