from __future__ import annotations

import io

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation as Slides
from pptx.util import Inches

from ingest.errors import PageError
from ingest.formats.pptx import parse_pptx, read_pptx
from ingest.types import Document
from tests.ingest.documents import check_form, lines_of, page_of


def saved(slides: Slides) -> bytes:
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


def read(slides: Slides) -> Document:
    return check_form(read_pptx(page_of(saved(slides), url="all_hands.pptx")))


def test_slides_are_sections_with_their_number() -> None:
    slides = Presentation()
    first = slides.slides.add_slide(slides.slide_layouts[0])
    first.shapes.title.text = "All hands"
    first.placeholders[1].text = "Spring 2026"
    second = slides.slides.add_slide(slides.slide_layouts[1])
    second.shapes.title.text = "What changes"
    frame = second.placeholders[1].text_frame
    frame.text = "Two more days of leave"
    deeper = frame.add_paragraph()
    deeper.text, deeper.level = "from May on", 1
    second.notes_slide.notes_text_frame.text = "Do not say this aloud"
    hidden = slides.slides.add_slide(slides.slide_layouts[1])
    hidden.shapes.title.text = "Not decided"
    hidden._element.set("show", "0")
    last = slides.slides.add_slide(slides.slide_layouts[6])
    table = last.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for column, (header, value) in enumerate([("Office", "Turku"), ("Open", "9-15")]):
        table.cell(0, column).text, table.cell(1, column).text = header, value
    group = last.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    document = read(slides)

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
        "- Two more days of leave",
        "  - from May on",
        "| Office: Turku | Open: 9-15",
        "In a group",
    ]


def test_slides_without_text_say_so() -> None:
    slides = Presentation()
    slides.slides.add_slide(slides.slide_layouts[6])

    with pytest.raises(PageError, match=r"'a.pptx' holds no text") as caught:
        parse_pptx(page_of(saved(slides), url="a.pptx"))
    assert "OCR" in caught.value.hint


def test_the_child_reads_what_we_would() -> None:
    slides = Presentation()
    slides.slides.add_slide(slides.slide_layouts[0]).shapes.title.text = "All hands"
    page = page_of(saved(slides))

    assert parse_pptx(page) == read_pptx(page)


def test_a_chart_is_the_figures_that_it_draws() -> None:
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "Satisfaction"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["Finland", "Sweden"]
    data.add_series("2024", (4.4, None))  # type: ignore[no-untyped-call]
    data.add_series("2025", (4.5, 3.9))  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data)

    assert lines_of(read(slides)) == ["Satisfaction", "| Finland | 2024: 4.4 | 2025: 4.5", "| Sweden | 2025: 3.9"]


@pytest.mark.parametrize("edit", ["bar3DChart", "stockChart", "empty", "text"])
def test_a_chart_that_is_not_known_leaves_the_slides_readable(edit: str) -> None:
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "Satisfaction"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["Finland"]
    data.add_series("2024", (4.4,))  # type: ignore[no-untyped-call]
    drawn = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data)
    area = drawn.chart._chartSpace.chart.plotArea
    (bars,) = [element for element in area if element.tag.endswith("}barChart")]
    if edit == "empty":
        area.remove(bars)
    elif edit == "text":
        bars.xpath("c:ser/c:val//c:v")[0].text = "#N/A"
    else:
        bars.tag = bars.tag.replace("barChart", edit)

    assert lines_of(read(slides)) == ["Satisfaction"]
