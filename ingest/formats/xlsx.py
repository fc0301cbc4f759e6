"""XLSX → ``Document``: a section a sheet, its rows under their header's names."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.child import read_in_child
from ingest.formats.text import file_title
from ingest.types import Document, Page

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

    AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell

_MAX_ROWS = 50_000  # with text in them; more is a data set, not a page
_MAX_COLUMNS = 200
_CURRENCY = re.compile(r"\[\$(?P<code>[^\]-]+)[^\]]*\]|(?P<sign>[€$£¥])")


def parse_xlsx(page: Page) -> Document:
    """A workbook's document. Raises ``PageError`` for one that is empty, damaged, encrypted, too long or a zip bomb."""
    check_archive(page, "xl/workbook.xml", "Excel workbook (.xlsx)")
    return read_in_child(read_xlsx, page)


def read_xlsx(page: Page) -> Document:
    """What ``parse_xlsx`` does in a child process. Hidden sheets are not read; formulas give the value last shown."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(page.body), read_only=True, data_only=True, keep_links=False)
    builder = DocumentBuilder()
    count = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # files claim sizes of a million rows
        builder.close(1)
        reader = _Sheet(builder, sheet.title)
        for row in sheet.iter_rows(max_col=_MAX_COLUMNS):
            count += reader.add(row)
            if count > _MAX_ROWS:
                raise PageError(
                    f"{page.url!r} has more than {_MAX_ROWS:,} rows",
                    hint="split the workbook, or leave it out with the source's `exclude`",
                )
    said = " ".join(clean_text(book.properties.title or "").split())
    document = builder.build(page.url, said or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text", hint="fill the workbook, or leave it out with the source's `exclude`"
        )
    return document


class _Sheet:
    """Writes a sheet's rows; the sheet's name becomes its heading with the first of them."""

    def __init__(self, builder: DocumentBuilder, name: str) -> None:
        self._out = builder
        self._name = name
        self._header: list[str] | None = None
        self._after_gap = True
        self._empty = True

    def add(self, row: Sequence[AnyCell]) -> int:
        """Write the row. Returns how many rows that made, 0 or 1."""
        texts = [_shown(cell) for cell in row]
        filled = [text for text in texts if text]
        if not filled:
            self._after_gap = True
            return 0
        if self._empty:
            self._out.heading(1, self._name)
            self._empty = False
        if len(filled) == 1 and (self._header is None or self._after_gap):
            self._out.paragraph(filled[0])
            return 1
        if self._is_header(row, texts):
            self._header = texts
        else:
            self._out.row(texts, self._header)
        self._after_gap = False
        return 1

    def _is_header(self, row: Sequence[AnyCell], texts: list[str]) -> bool:
        """A sheet's first full row if it is all words; further down, behind an empty row, one that is all bold too."""
        cells = [cell for cell, text in zip(row, texts, strict=True) if text]
        if not self._after_gap or not all(isinstance(cell.value, str) for cell in cells):
            return False
        return self._header is None or all(cell.font is not None and cell.font.b for cell in cells)


def _shown(cell: AnyCell) -> str:
    """The cell's value about as the sheet shows it."""
    value = cell.value
    if value is None or (isinstance(value, timedelta) and not value):
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, datetime):
        whole_day = value.time() == time() and "h" not in str(cell.number_format).lower()
        return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(clean_text(str(value)).split())


def _number(value: float, shape: str) -> str:
    shape = shape.split(";")[0]
    decimals = re.search(r"[0#]\.(0+)", shape)
    if "%" in shape:
        return f"{value * 100:.{len(decimals[1])}f} %" if decimals else f"{value * 100:.10g} %"
    if decimals:
        text = f"{value:,.{len(decimals[1])}f}" if "#,##" in shape else f"{value:.{len(decimals[1])}f}"
    else:
        text = f"{value:,.10g}" if "#,##" in shape else f"{value:.15g}"
    currency = _CURRENCY.search(shape)
    return f"{currency['code'] or currency['sign']} {text}" if currency else text
