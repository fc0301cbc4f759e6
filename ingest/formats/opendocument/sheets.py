"""An OpenDocument spreadsheet's sheets → sections of rows, read as those of an Excel workbook are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text, one_line
from ingest.formats.opendocument.styles import OFFICE, TABLE, TEXT, Look, Styles
from ingest.formats.opendocument.tables import repeats
from ingest.formats.opendocument.text import TextReader
from ingest.formats.sheets.sheet import MAX_COLUMNS, MAX_ROWS, Sheet, SheetCell, too_many_rows
from ingest.formats.sheets.values import moment

if TYPE_CHECKING:
    from lxml.etree import _Element

_LAST = 2_000_000  # more rows than any program's sheets have
_EMPTY = SheetCell("", False, lambda: False)


def write_sheets(out: DocumentBuilder, spreadsheet: _Element, styles: Styles, url: str) -> None:
    """Write the sheets that are shown. Raises ``PageError`` where they have too many rows with text in them."""
    reader = TextReader(styles)
    count = 0
    for sheet in spreadsheet.iterchildren(f"{TABLE}table"):
        if styles.value("table", sheet.get(f"{TABLE}style-name", ""), f"{TABLE}display", "table") == "false":
            continue
        merged: dict[tuple[int, int], tuple[int, int]] = {}
        rows: list[tuple[int, list[SheetCell]]] = []
        for number, row in _rows(sheet, reader, styles, merged):
            rows.append((number, row))
            count += bool(row)
            if count > MAX_ROWS:
                raise too_many_rows(url, "spreadsheet")
        out.close(1)
        writer = Sheet(out, clean_text(sheet.get(f"{TABLE}name", "")), merged)
        width = max((len(row) for _, row in rows), default=0)
        filled = [(number, [*row, *[_EMPTY] * (width - len(row))]) for number, row in rows]
        for (number, row), (_, below) in pairwise(chain(filled, [(0, [])])):
            writer.add(number, row, below)


def _rows(
    sheet: _Element, reader: TextReader, styles: Styles, merged: dict[tuple[int, int], tuple[int, int]]
) -> Iterator[tuple[int, list[SheetCell]]]:
    """The sheet's rows with their numbers, without the empty cells at their end; adds to ``merged`` what is covered.

    A row that is repeated is given once: the next says nothing new.
    """
    number = 1
    for element in sheet.iter(f"{TABLE}table-row"):
        row: list[SheetCell] = []
        for place in element.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            cell = _cell(place, reader, styles)
            _cover(merged, number, len(row) + 1, place)
            row += [cell] * repeats(place, "columns", MAX_COLUMNS - len(row))
        while row and not row[-1].text:
            row.pop()
        yield number, row
        number += repeats(element, "rows", _LAST)


def _cover(merged: dict[tuple[int, int], tuple[int, int]], top: int, left: int, place: _Element) -> None:
    wide, high = (place.get(f"{TABLE}number-{what}-spanned", "1")[:9] for what in ("columns", "rows"))
    if not wide.isdecimal() or not high.isdecimal() or not 1 < int(wide) * int(high) <= MAX_ROWS - len(merged):
        return
    for row in range(top, top + int(high)):
        for column in range(left, min(left + int(wide), MAX_COLUMNS + 1)):
            merged[row, column] = (top, left)


def _cell(place: _Element, reader: TextReader, styles: Styles) -> SheetCell:
    if place.tag == f"{TABLE}covered-table-cell":
        return _EMPTY
    text = " ".join(filter(None, map(reader.text_of, place.iterchildren(f"{TEXT}p"))))
    kind = place.get(f"{OFFICE}value-type", "string")
    if not text and kind == "string":
        return _EMPTY
    is_bold = partial(_is_bold, place, styles)
    if kind == "string":
        return SheetCell(one_line(text), True, is_bold)
    if kind == "boolean":
        return SheetCell("TRUE" if place.get(f"{OFFICE}boolean-value") == "true" else "FALSE", False, is_bold)
    if kind == "date":
        with suppress(ValueError):  # a day that is none stays as it is shown
            text = moment(datetime.fromisoformat(place.get(f"{OFFICE}date-value", "")))
    return SheetCell(one_line(text or place.get(f"{OFFICE}value", "")), False, is_bold)


def _is_bold(place: _Element, styles: Styles) -> bool:
    return styles.look("table-cell", place.get(f"{TABLE}style-name", ""), Look()).bold
