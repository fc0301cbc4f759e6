from __future__ import annotations

import io

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.errors import PageError
from ingest.formats.docx import parse_docx, read_docx
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
