from __future__ import annotations

import io

import docx
import pytest
from docx.document import Document as Word
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.errors import PageError
from ingest.formats.word.docx import parse_docx, read_docx
from ingest.types import Document
from tests.ingest.documents import check_form, headings_of, lines_of, page_of


def saved(word: Word) -> bytes:
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _control(content: str) -> str:
    return f"<w:sdt {nsdecls('w')}><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def read(word: Word, url: str = "sick_leave.docx") -> Document:
    return check_form(read_docx(page_of(saved(word), url=url)))


@pytest.fixture
def word() -> Word:
    return docx.Document()


def test_headings_paragraphs_lists_and_tables(word: Word) -> None:
    word.add_heading("Staff handbook", 0)
    word.add_heading("Leave", 1)
    word.add_paragraph("You earn two days").add_run(" a month.").bold = True
    word.add_heading("Sick leave", 2)
    word.add_paragraph("Call your lead", style="List Number")
    word.add_paragraph("before nine", style="List Bullet 2")
    word.add_paragraph("Send the form", style="List Number")
    table = word.add_table(rows=3, cols=2)
    for row, texts in zip(table.rows, [("Years", "Days"), ("0-3", "24"), ("4+", "30")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    word.add_heading("Pay", 1)
    word.add_paragraph("On the fifteenth.")
    document = read(word)

    assert document.title == "Staff handbook"
    assert headings_of(document) == [
        (("Staff handbook",), None),
        (("Staff handbook", "Leave"), None),
        (("Staff handbook", "Leave", "Sick leave"), None),
        (("Staff handbook", "Pay"), None),
    ]
    assert lines_of(document) == [
        "Staff handbook",
        "Leave",
        "You earn two days a month.",
        "Sick leave",
        "1. Call your lead",
        "  - before nine",
        "2. Send the form",
        "| Years: 0-3 | Days: 24",
        "| Years: 4+ | Days: 30",
        "Pay",
        "On the fifteenth.",
    ]


def test_a_cell_over_several_columns_stands_once(word: Word) -> None:
    table = word.add_table(rows=2, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Office", "Mon", "Tue"), strict=True):
        cell.text = text
    table.cell(1, 0).text = "Turku"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "9-15"

    assert lines_of(read(word)) == ["| Office: Turku | Mon: 9-15"]


def test_what_is_deleted_is_not_read_and_content_controls_and_links_are(word: Word) -> None:
    paragraph = word.add_paragraph("Leave is ")
    for xml in (
        f"<w:del {nsdecls('w')}><w:r><w:delText>ten</w:delText></w:r></w:del>",
        f"<w:ins {nsdecls('w')}><w:r><w:t>twenty</w:t></w:r></w:ins>",
        f'<w:hyperlink {nsdecls("w")}><w:r><w:t xml:space="preserve"> days</w:t></w:r></w:hyperlink>',
        _control('<w:r><w:t xml:space="preserve"> a year.</w:t></w:r>'),
    ):
        paragraph._p.append(parse_xml(xml))
    word.element.body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )

    assert lines_of(read(word)) == ["In a box.", "Leave is twenty days a year."]


def test_a_box_around_text_is_text(word: Word) -> None:
    cell = word.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "Mind the step."
    cell.add_paragraph("One", style="List Bullet")

    assert lines_of(read(word)) == ["Mind the step.", "- One"]


def test_headers_and_footers_are_left_out(word: Word) -> None:
    word.sections[0].header.paragraphs[0].text = "Secret header"
    word.add_paragraph("The text.")

    assert read(word).text == "The text."


def test_the_title_is_the_document_s_or_the_file_s(word: Word) -> None:
    word.add_paragraph("The text.")
    assert read(word).title == "Sick leave"
    word.core_properties.title = "All about leave"
    assert read(word).title == "All about leave"


def test_a_document_without_text_says_so(word: Word) -> None:
    with pytest.raises(PageError, match=r"'a.docx' holds no text") as caught:
        parse_docx(page_of(saved(word), url="a.docx"))
    assert "OCR" in caught.value.hint


def test_the_child_reads_what_we_would(word: Word) -> None:
    word.add_heading("Leave", 1)
    page = page_of(saved(word))

    assert parse_docx(page) == read_docx(page)


_OUTLINE = (("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"), ("lowerRoman", "%4)"))


def _level(depth: int, form: str, text: str, more: str = "") -> str:
    shape = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{shape}</w:lvl>'


def define(word: Word, levels: str, **lists: str) -> None:
    """Define one multi-level list, and the lists that are counted by it, each with what it changes."""
    root = word.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    for name, changed in lists.items():
        xml = f'<w:num {nsdecls("w")} w:numId="{name[1:]}"><w:abstractNumId w:val="77"/>{changed}</w:num>'
        root.append(parse_xml(xml))


def numbered(paragraph: Paragraph, depth: int, list_id: int = 77) -> None:
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>')
    )


def test_clauses_and_headings_bear_the_numbers_that_word_shows(word: Word) -> None:
    define(word, "".join(_level(depth, *level) for depth, level in enumerate(_OUTLINE)), n77="")
    for depth, text in [
        (0, "Term"), (1, "It runs for three years."), (0, "Fees"), (1, "The fee is 5 euros."),
        (1, "It may rise if:"), (2, "fuel does;"), (2, "taxes do:"), (3, "here"), (3, "abroad"), (1, "Pay monthly."),
    ]:  # fmt: skip
        numbered(word.add_paragraph(text, style=None if depth else "Heading 1"), depth)

    assert lines_of(read(word)) == [
        "1. Term",
        "  - 1.1 It runs for three years.",
        "2. Fees",
        "  - 2.1 The fee is 5 euros.",
        "  - 2.2 It may rise if:",
        "    - (a) fuel does;",
        "    - (b) taxes do:",
        "      - i) here",
        "      - ii) abroad",
        "  - 2.3 Pay monthly.",
    ]


def test_lists_of_one_definition_are_counted_as_one_until_one_begins_anew(word: Word) -> None:
    define(
        word,
        _level(0, "decimal", "%1."),
        n77="",
        n78="",
        n79='<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>',
        n80=f'<w:lvlOverride w:ilvl="0">{_level(0, "lowerLetter", "%1)")}</w:lvlOverride>',
    )
    for list_id, text in ((77, "Apply"), (77, ""), (78, "Wait"), (79, "Pay"), (79, "Go"), (80, "Rest")):
        numbered(word.add_paragraph(text), 0, list_id)

    assert lines_of(read(word)) == ["1. Apply", "3. Wait", "7. Pay", "8. Go", "- i) Rest"]


def test_a_legal_number_is_all_figures(word: Word) -> None:
    define(word, _level(0, "upperRoman", "Article %1.") + _level(1, "decimal", "%1.%2", "<w:isLgl/>"), n77="")
    for depth, text in ((0, "Term"), (1, "It runs for three years.")):
        numbered(word.add_paragraph(text), depth)

    assert lines_of(read(word)) == ["- Article I. Term", "  - 1.1 It runs for three years."]


def test_footnotes_stand_below_their_section(word: Word) -> None:
    word.add_heading("Leave", 1)
    paragraph = word.add_paragraph("Give two months' notice")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    paragraph.add_run(" in writing, in rooms of 20 m")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run(".")
    word.add_paragraph("Pay goes on.")
    word.add_heading("Pay", 1)
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p>'
        "<w:r><w:footnoteRef/></w:r><w:r><w:t>Adoptive parents: two weeks.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, notes.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert lines_of(read(word)) == [
        "Leave",
        "Give two months' notice¹ in writing, in rooms of 20 m².",
        "Pay goes on.",
        "¹ Adoptive parents: two weeks.",
        "Pay",
    ]


def test_a_short_line_all_in_bold_is_a_heading(word: Word) -> None:
    word.add_heading("Travel", 1)
    word.add_paragraph().add_run("Hotels").bold = True
    word.add_paragraph("A room may cost 160 euros.")
    word.add_paragraph().add_run("Keep every receipt.").bold = True
    mixed = word.add_paragraph()
    mixed.add_run("Meals").bold = True
    mixed.add_run(" are paid for")

    assert [path for path, _ in headings_of(read(word))] == [("Travel",), ("Travel", "Hotels")]


def test_a_bullet_all_in_bold_is_no_heading(word: Word) -> None:
    for text in ("Bring a towel", "Closed on Sundays", "Pets are welcome"):
        word.add_paragraph(style="List Bullet").add_run(text).bold = text.startswith("Closed")

    assert lines_of(read(word)) == ["- Bring a towel", "- Closed on Sundays", "- Pets are welcome"]
    assert headings_of(read(word)) == []


def test_raised_cents_are_part_of_the_price_and_struck_text_is_not_shown(word: Word) -> None:
    paragraph = word.add_paragraph()
    paragraph.add_run("25 € ").font.strike = True
    for text in ("19,", "9", "0"):
        paragraph.add_run(text).font.superscript = text.isdecimal()
    paragraph.add_run(" € for 20 m")
    paragraph.add_run("2").font.superscript = True

    assert lines_of(read(word)) == ["19,90 € for 20 m²"]


def filled(word: Word, rows: list[list[str]]) -> Table:
    table: Table = word.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def test_a_header_of_two_rows_is_one(word: Word) -> None:
    table = filled(word, [["Service", "Days of leave", ""], ["", "Office", "Terminal"], ["1 year", "24", "26"]])
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Service"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Days of leave"

    assert lines_of(read(word)) == ["| Service: 1 year | Days of leave Office: 24 | Days of leave Terminal: 26"]


def test_a_line_over_the_whole_table_is_no_header(word: Word) -> None:
    table = filled(word, [["Rooms in 2026", ""], ["Room", "Seats"], ["Blue", "8"]])
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Rooms in 2026"

    assert lines_of(read(word)) == ["Rooms in 2026", "| Room: Blue | Seats: 8"]


def test_labels_beside_values_name_these(word: Word) -> None:
    form = filled(word, [["Present", "Maria Lind, Jonas Berg"], ["Absent", "Tom Clarke"]])
    assert lines_of(read(word)) == ["| Present | Maria Lind, Jonas Berg", "| Absent | Tom Clarke"]
    for row in form.rows:
        row.cells[0].paragraphs[0].runs[0].bold = True
    assert lines_of(read(word)) == ["| Present: Maria Lind, Jonas Berg", "| Absent: Tom Clarke"]


def test_the_only_heading_of_the_first_level_is_the_title_where_the_document_begins_with_it(word: Word) -> None:
    word.add_heading("Meeting of 14 May", 1)
    word.add_heading("Decisions", 2)
    assert read(word, "2026-05-14 minutes.docx").title == "Meeting of 14 May"
    word.add_heading("Annex", 1)
    assert read(word, "2026-05-14 minutes.docx").title == "2026-05-14 minutes"


def test_a_first_row_of_values_is_no_part_of_the_header(word: Word) -> None:
    rows = [["Team", "Contact", ""], ["Sales", "Anna Aho", "anna@x.fi"], ["IT", "Bo Ek", "bo@x.fi"]]
    table = filled(word, rows)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "Contact"

    assert lines_of(read(word)) == [
        "| Team: Sales | Contact: Anna Aho | Contact: anna@x.fi",
        "| Team: IT | Contact: Bo Ek | Contact: bo@x.fi",
    ]


def test_a_label_over_the_first_rows_is_no_header(word: Word) -> None:
    table = filled(word, [["Weekdays", "Mon-Thu", "8-16"], ["", "Fri", "8-15"], ["Weekend", "Sat", "10-14"]])
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Weekdays"

    assert lines_of(read(word)) == ["| Weekdays | Mon-Thu | 8-16", "| Weekdays | Fri | 8-15", "| Weekend | Sat | 10-14"]


def test_a_table_with_a_row_of_fewer_cells_is_read(word: Word) -> None:
    short = filled(word, [["Name", "Anna"], ["Phone", ""], ["Mail", "a@x.fi"]]).rows[1]._tr
    short.remove(short.tc_lst[1])
    short.get_or_add_trPr().append(parse_xml(f'<w:gridAfter {nsdecls("w")} w:val="1"/>'))

    assert lines_of(read(word)) == ["| Name: Phone", "| Name: Mail | Anna: a@x.fi"]


def test_a_table_in_a_box_stands_once(word: Word) -> None:
    cell = word.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "Opening hours"
    for text in ("In the box", "In its box"):
        cell = cell.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = text

    assert lines_of(read(word)) == ["Opening hours", "In the box", "In its box"]
