from __future__ import annotations

import io
import zlib
from collections.abc import Collection, Sequence

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, ListFlowable, PageBreak, PageTemplate, Paragraph, Table

from ingest.errors import PageError
from ingest.formats.pdf.pdf import parse_pdf, read_pdf
from ingest.formats.pdf.widths import Widths
from ingest.types import Document
from tests.ingest.documents import check_form, headings_of, lines_of, page_of

PDF = "application/pdf"
LONG = (
    "When you are ill, tell your lead before nine o'clock on the first morning, by telephone or in the chat, and say "
    "when you expect to be back. Nobody needs to know what you have. "
)


def pdf_of(*flowables: Flowable, title: str | None = None) -> bytes:
    """A PDF that reportlab sets, with a header, a footer and a number on every page."""
    out = io.BytesIO()

    def around(canvas: Canvas, template: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, 800, "Staff handbook, people office")
        canvas.drawString(72, 30, f"Page {canvas.getPageNumber()} of many")

    template = BaseDocTemplate(out, pagesize=(595, 842), title=title)
    template.addPageTemplates(PageTemplate(frames=[Frame(72, 60, 451, 720)], onPage=around))
    template.build(list(flowables))
    return out.getvalue()


def drawn(*pages: Sequence[tuple[float, float, str]], bold: Collection[float] = ()) -> bytes:
    """A PDF of pages with these lines at (x, y), bold where y is one of these."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for lines in pages:
        for x, y, text in lines:
            canvas.setFont("Helvetica-Bold" if y in bold else "Helvetica", 12)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def rows_at(y: float, *rows: Sequence[str]) -> list[tuple[float, float, str]]:
    """The lines of a table that begins at this height."""
    return [
        (72 + 130 * column, y - 15 * number, text) for number, row in enumerate(rows) for column, text in enumerate(row)
    ]


def parsed(body: bytes, url: str = "sick_leave.pdf") -> Document:
    return check_form(parse_pdf(page_of(body, PDF, url)))


@pytest.fixture(scope="module")
def handbook() -> bytes:
    style = getSampleStyleSheet()
    body, first, second = style["BodyText"], style["Heading1"], style["Heading2"]
    return pdf_of(
        Paragraph("Sick leave", first),
        Paragraph(LONG, body),
        Paragraph("What to do", second),
        ListFlowable(
            [Paragraph("Call your lead.", body), Paragraph("Send the form.", body)], bulletType="1", bulletFormat="%s."
        ),
        PageBreak(),
        Paragraph("Coming back", second),
        Paragraph(LONG, body),
        PageBreak(),
        Paragraph("Pay", first),
        Paragraph(LONG * 2, body),
        title="The sick leave handbook",
    )


def test_headings_paragraphs_and_page_numbers(handbook: bytes) -> None:
    document = parsed(handbook)

    assert document.title == "The sick leave handbook"
    assert [(section.heading_path, section.page_number) for section in document.sections] == [
        (("Sick leave",), 1),
        (("Sick leave", "What to do"), 1),
        (("Sick leave", "Coming back"), 2),
        (("Pay",), 3),
    ]
    assert lines_of(document) == [
        "Sick leave",
        LONG.strip(),
        "What to do",
        "1. Call your lead.",
        "2. Send the form.",
        "Coming back",
        LONG.strip(),
        "Pay",
        (LONG * 2).strip(),
    ]


def test_headers_footers_and_page_numbers_are_dropped(handbook: bytes) -> None:
    text = parsed(handbook).text

    assert "people office" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(handbook)).pages)
    assert "people office" not in text
    assert "of many" not in text


def test_words_parted_at_a_line_s_end_are_joined_and_compounds_are_not() -> None:
    document = parsed(
        drawn(
            [
                (72, 700, "The self-service desk opens at eight and pays the reim-"),
                (72, 688, "bursement of journeys within ten days; ask the self-"),
                (72, 676, "service desk when it takes longer."),
            ]
        )
    )

    assert document.text == (
        "The self-service desk opens at eight and pays the reimbursement of journeys within ten days; "
        "ask the self-service desk when it takes longer."
    )


def test_a_sentence_that_runs_over_the_page_is_one() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for text in ("First sentence. The second begins on this page and", "ends on the next. The third follows."):
        canvas.drawString(72, 400, text)
        canvas.showPage()
    canvas.save()

    assert parsed(out.getvalue()).text == (
        "First sentence. The second begins on this page and ends on the next. The third follows."
    )


def test_bullets_are_items_by_depth_and_contents_lines_are_dropped() -> None:
    document = parsed(
        drawn(
            [
                (72, 700, "Introduction . . . . . . . . . . . . . . 4"),
                (72, 660, "Bring with you:"),
                (72, 640, "• a passport"),
                (100, 628, "– or an identity card"),
                (72, 616, "• two photographs, not older than"),
                (82, 604, "six months"),
                (72, 570, "Then come to the desk."),
            ]
        )
    )

    assert lines_of(document) == [
        "Bring with you:",
        "- a passport",
        "  - or an identity card",
        "- two photographs, not older than six months",
        "Then come to the desk.",
    ]


def test_without_a_title_the_largest_heading_or_the_file_names_it(handbook: bytes) -> None:
    style = getSampleStyleSheet()
    untitled = pdf_of(Paragraph("Sick leave", style["Heading1"]), Paragraph(LONG, style["BodyText"]))

    assert parsed(untitled).title == "Sick leave"
    assert parsed(drawn([(72, 700, "Only one line of text here.")]), "how-to_pay.pdf").title == "How to pay"


def encrypted(body: bytes, user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(body))
    writer.encrypt(user, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_that_only_its_owner_may_change_is_read(handbook: bytes) -> None:
    assert "tell your lead" in parsed(encrypted(handbook, "", "owner")).text


def blank() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "message", "hint"),
    [
        ("empty", "'a.pdf' is empty", "fill the file"),
        ("html", "'a.pdf' is no PDF, whatever its name says", "correct its name"),
        ("truncated", "'a.pdf' is cut short: its end is missing", "copy the file again"),
        ("encrypted", "'a.pdf' is encrypted and asks for a password", "save it without one"),
        ("scanned", "'a.pdf' holds no text", "if it is scanned, run OCR on it first"),
        ("huge", "'a.pdf' has 5,001 pages, more than the 5,000 that are read", "split it"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(handbook: bytes, kind: str, message: str, hint: str) -> None:
    def huge() -> bytes:
        writer = PdfWriter()
        for _ in range(5_001):
            writer.add_blank_page(10, 10)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    bodies = {
        "empty": lambda: b"",
        "html": lambda: b"<html>Please sign in</html>",
        "truncated": lambda: handbook[: len(handbook) * 2 // 3],
        "encrypted": lambda: encrypted(handbook, "secret", "owner"),
        "scanned": blank,
        "huge": huge,
    }
    with pytest.raises(PageError) as caught:
        parse_pdf(page_of(bodies[kind](), PDF, "a.pdf"))

    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)
    assert caught.value.hint.endswith("or leave it out with the source's `exclude`")


def test_a_damaged_pdf_is_one_error(handbook: bytes) -> None:
    damaged = handbook[:200] + b"\x00" * (len(handbook) - 400) + handbook[-200:]

    with pytest.raises(PageError, match=r"'a.pdf' (is damaged and cannot be read|holds no text)"):
        parse_pdf(page_of(damaged, PDF, "a.pdf"))


def test_the_child_reads_what_we_would(handbook: bytes) -> None:
    page = page_of(handbook, PDF)

    assert parse_pdf(page) == read_pdf(page)


def test_a_pdf_that_unpacks_without_end_is_one_error() -> None:
    packed = zlib.compress(zlib.compress(b"\0" * 200_000_000, 1))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.7\n", []
    for number, held in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"xref\n0 6\n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(body))

    assert len(body) < 20_000
    with pytest.raises(PageError, match=r"is damaged and cannot be read .*LimitReachedError"):
        parse_pdf(page_of(body, PDF))


def test_a_table_over_pages_is_rows_under_its_header() -> None:
    goods = [[f"P-{n}", "Pallet" + " long" * (n % 5), f"{n * 3}.00"] for n in range(100)]
    style = [("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"), ("ALIGN", (2, 0), (2, -1), "RIGHT")]
    table = Table([["Code", "Product", "Price"], *goods], colWidths=[60, 120, 60], repeatRows=1, style=style)
    body = getSampleStyleSheet()["BodyText"]
    document = parsed(pdf_of(Paragraph(LONG, body), table, Paragraph("Prices hold for a year.", body)))

    assert lines_of(document) == [
        LONG.strip(),
        *(f"| Code: {code} | Product: {product} | Price: {price}" for code, product, price in goods),
        "Prices hold for a year.",
    ]
    assert [section.page_number for section in document.sections] == [1, 2, 3]


def test_labels_with_a_colon_name_what_stands_beside_them() -> None:
    document = parsed(
        drawn(
            [
                (72, 700, "Invoice number:"),
                (200, 700, "20250417"),
                (72, 685, "Due date:"),
                (200, 685, "1 May 2025"),
                (72, 640, "Please pay in time."),
            ]
        )
    )

    assert lines_of(document) == ["| Invoice number: 20250417", "| Due date: 1 May 2025", "Please pay in time."]


def test_columns_of_text_and_numbered_items_are_no_table() -> None:
    words = "These words stand beside others on the same line here"
    columns = drawn([(x, y, words) for y in (700, 688, 676) for x in (40, 330)])
    assert "|" not in parsed(columns).text
    steps = [(72, 700, "1."), (90, 700, "Call your lead."), (72, 688, "2."), (90, 688, "Send the form.")]
    assert lines_of(parsed(drawn(steps))) == ["1. Call your lead.", "2. Send the form."]


@pytest.mark.parametrize(
    ("rows", "bold"),
    [
        ([("Monday", "closed"), ("Tuesday", "9-17"), ("Wednesday", "9-18")], False),
        ([("Child", "free", "no pass"), ("Student", "5 €", "20 €"), ("Adult", "10 €", "40 €")], False),
        ([("Anna", "Payroll", "No phone"), ("Bo", "Sales", "040 123"), ("Cia", "IT", "040 124")], False),
        ([("All tickets", "100"), ("Children", "60"), ("Adults", "40")], True),
        ([("Adults", "20 euros"), ("Children", "10 euros"), ("Students", "15.50 euros")], True),
        ([("Name:", "Anna Aho"), ("Unit", "Payroll"), ("Town", "Vaasa")], True),
        ([("Anna Aho", "Head of payroll"), ("Street 1", "00100 Helsinki")], True),
    ],
)
def test_a_first_row_that_may_be_one_of_the_rows_is_no_header(rows: list[tuple[str, ...]], bold: bool) -> None:
    document = parsed(drawn(rows_at(700, *rows), bold=[700] if bold else []))

    expected = ["| " + " | ".join(row) for row in rows]
    assert lines_of(document) == [line.replace("Name: | ", "Name: ") for line in expected]


@pytest.mark.parametrize(
    ("rows", "bold"),
    [
        ([("Key figure", "2024", "2023"), ("Revenue, M€", "48.6", "45.1")], True),
        ([("Ticket", "1 month"), ("Adults", "50 €"), ("Children", "20 €"), ("All", "70 €")], True),
        (
            [("Item", "Pieces", "Unit price", "Total"), ("Storage", "4", "€2", "8.00"), ("Labels", "3", "€1", "3.00")],
            False,
        ),
    ],
)
def test_a_first_row_that_is_surely_a_header_names_the_cells(rows: list[tuple[str, ...]], bold: bool) -> None:
    document = parsed(drawn(rows_at(700, *rows), bold=[700] if bold else []))

    assert lines_of(document) == [
        "| " + " | ".join(f"{name}: {cell}" for name, cell in zip(rows[0], row, strict=True)) for row in rows[1:]
    ]


def test_a_bold_line_above_prose_and_words_with_a_little_room_are_no_table() -> None:
    bold = [(72, 700, "Opening"), (150, 700, "hours")]
    prose = [(72, 685, "We are open every day, see the"), (260, 685, "calendar.")]
    assert lines_of(parsed(drawn(bold + prose, bold=[700]))) == [
        "Opening hours",
        "We are open every day, see the calendar.",
    ]
    # TeX draws an underscore as a line, and this leaves room.
    names = [
        (72, 700, "str"),
        (93, 700, "size: how long it is."),
        (72, 685, "str"),
        (93, 685, "len: how much is used."),
    ]
    assert "|" not in parsed(drawn(names)).text
    uneven = [
        (72, 700, "The value must"),
        (170, 700, "have room."),
        (72, 685, "It holds what the call"),
        (210, 685, "wrote."),
    ]
    assert "|" not in parsed(drawn(uneven)).text


def test_bullets_and_lines_in_large_print_are_no_rows() -> None:
    items = [(x, y, text) for y in (700, 685) for x, text in ((72, "•"), (90, "[Desk"), (140, "one], page 22"))]
    assert lines_of(parsed(drawn(items))) == ["- [Desk one], page 22"] * 2
    large = Table([["Spring", "term"], ["Autumn", "term"]], style=[("FONTSIZE", (0, 0), (-1, -1), 18)])
    assert "|" not in parsed(pdf_of(large, Paragraph(LONG, getSampleStyleSheet()["BodyText"]))).text


def test_a_header_holds_over_the_page_only_where_the_table_goes_on() -> None:
    first = rows_at(120, ("Code", "Price"), ("P-1", "8.50"), ("P-2", "9.75"))
    more = [("P-3", "7.00"), ("P-4", "6.50")]
    goes_on = drawn(first, rows_at(700, *more), bold=[120])
    assert lines_of(parsed(goes_on))[-2:] == ["| Code: P-3 | Price: 7.00", "| Code: P-4 | Price: 6.50"]
    elsewhere = [(x + 40, y, text) for x, y, text in rows_at(700, *more)]
    for page in ([(72, 740, "These are the telephones."), *rows_at(700, *more)], elsewhere):
        assert lines_of(parsed(drawn(first, page, bold=[120])))[-2:] == ["| P-3 | 7.00", "| P-4 | 6.50"]


def test_a_font_s_widths_are_its_own_though_another_font_is_gone() -> None:
    def font(name: str) -> DictionaryObject:
        named = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": name, "/Encoding": "/WinAnsiEncoding"}
        return DictionaryObject({NameObject(key): NameObject(value) for key, value in named.items()})

    names = ["/Helvetica", "/Courier", "/Times-Roman"] * 4
    widths = Widths()
    assert [widths.of("wide", font(name)) for name in names] == [Widths().of("wide", font(name)) for name in names]
    assert len({widths.of("wide", font(name)) for name in names}) == 3


def test_a_numbered_heading_is_none_with_the_title_above_it() -> None:
    style = getSampleStyleSheet()
    heading = style["Heading1"]
    flowables = [
        Paragraph("Safety manual", heading),
        Paragraph("1 Equipment", heading),
        Paragraph(LONG, style["BodyText"]),
    ]

    assert [path for path, _ in headings_of(parsed(pdf_of(*flowables)))] == [("Safety manual",), ("1 Equipment",)]
