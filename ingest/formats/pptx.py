"""PPTX → ``Document``: a section a slide, its number as the page's."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ingest.blocks import DocumentBuilder
from ingest.clean import one_line
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.child import read_in_child
from ingest.formats.plain.text import file_title
from ingest.types import Document, Page

if TYPE_CHECKING:
    from pptx.chart.chart import Chart
    from pptx.shapes.base import BaseShape
    from pptx.table import Table
    from pptx.text.text import TextFrame

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MAX_DEPTH = 20  # groups inside groups


def parse_pptx(page: Page) -> Document:
    """A presentation's document. Raises ``PageError`` for one that is empty, damaged, encrypted or a zip bomb."""
    check_archive(page, "ppt/presentation.xml", "PowerPoint presentation (.pptx)")
    return read_in_child(read_pptx, page)


def read_pptx(page: Page) -> Document:
    """What ``parse_pptx`` does in a child process. Hidden slides and speaker's notes are not shown and not read."""
    from pptx import Presentation

    slides = Presentation(io.BytesIO(page.body))
    builder = DocumentBuilder()
    first = ""
    for number, slide in enumerate(slides.slides, start=1):
        if slide._element.get("show") == "0":
            continue
        builder.page_break(number)
        builder.close(1)
        heading = slide.shapes.title
        title = one_line(heading.text_frame.text) if heading is not None else ""
        builder.heading(1, title)
        first = first or title
        _shapes(builder, (shape for shape in slide.shapes if heading is None or shape.shape_id != heading.shape_id), 0)
    said = one_line(slides.core_properties.title or "")
    document = builder.build(
        page.url, first or ("" if said == "PowerPoint Presentation" else said) or file_title(page.url)
    )
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text",
            hint="if its slides are pictures, run OCR on them first; or leave it out with `exclude`",
        )
    return document


def _shapes(builder: DocumentBuilder, shapes: Iterable[BaseShape], depth: int) -> None:
    for shape in shapes:
        inner: Any = shape
        if hasattr(shape, "shapes"):
            if depth < _MAX_DEPTH:
                _shapes(builder, inner.shapes, depth + 1)
        elif getattr(shape, "has_table", False):
            _table(builder, inner.table)
        elif getattr(shape, "has_chart", False):
            _chart(builder, inner.chart)
        elif shape.has_text_frame and not _is_furniture(shape):
            _frame(builder, inner.text_frame, listed=_is_body(shape))


def _is_furniture(shape: BaseShape) -> bool:
    """Whether the shape is the date, the footer or the slide number, which every slide repeats."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    return shape.is_placeholder and shape.placeholder_format.type in (
        KIND.DATE,
        KIND.FOOTER,
        KIND.SLIDE_NUMBER,
        KIND.HEADER,
    )


def _is_body(shape: BaseShape) -> bool:
    """Whether the shape's paragraphs are bullets unless they say otherwise."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    return shape.is_placeholder and shape.placeholder_format.type in (KIND.BODY, KIND.OBJECT, KIND.VERTICAL_BODY)


def _frame(builder: DocumentBuilder, frame: TextFrame, *, listed: bool) -> None:
    paragraphs = [paragraph for paragraph in frame.paragraphs if one_line(paragraph.text)]
    for paragraph in paragraphs:
        marks = {child.tag.removeprefix(_A) for child in paragraph._p.iterfind(f"{_A}pPr/*")}
        bullet = "buNone" not in marks and (
            (listed and len(paragraphs) > 1) or bool(marks & {"buChar", "buAutoNum", "buBlip"})
        )
        if bullet:
            builder.item(one_line(paragraph.text), paragraph.level)
        else:
            builder.paragraph(one_line(paragraph.text))


def _table(builder: DocumentBuilder, table: Table) -> None:
    rows = [[one_line(cell.text) for cell in row.cells] for row in table.rows]
    header = rows[0] if table.first_row and len(rows) > 1 else None
    for row in rows[1:] if header else rows:
        builder.row(row, header)


def _chart(builder: DocumentBuilder, chart: Chart) -> None:
    """What a chart draws, as rows: its categories, with the value that each series has for it."""
    if chart.has_title and chart.chart_title.has_text_frame:
        builder.paragraph(one_line(chart.chart_title.text_frame.text))
    try:
        plot = chart.plots[0]
        names = ["", *(one_line(series.name or "") for series in plot.series)]
        columns = [tuple(series.values) for series in plot.series]
        categories = [one_line(str(category)) for category in plot.categories]
    except (ValueError, IndexError):  # a kind of chart that is not known, an empty one, a value that is no figure
        return
    for index, category in enumerate(categories):
        values = [column[index] if index < len(column) else None for column in columns]
        builder.row([category, *("" if value is None else f"{value:.10g}" for value in values)], names)
