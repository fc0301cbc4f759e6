"""An OpenDocument text's tables → rows under their header's names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.errors import PageError
from ingest.formats.opendocument.styles import TABLE
from ingest.formats.opendocument.text import TextReader
from ingest.formats.web.markup import add_element
from ingest.formats.web.tables import regulate_tables

if TYPE_CHECKING:
    from lxml.etree import _Element

CELL = f"{TABLE}table-cell"
_MAX_CELLS = 200_000  # in a document; a few that repeat can claim billions
_MAX_COLUMNS = 100
_MAX_REPEATED = 100
_MAX_HEADER = 80  # characters; longer cells in the first row are values
_VALUE = re.compile(r"[\d,@;]|.{41}")  # what beside a label is no column's name


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    bold: bool
    wide: str  # how many columns it says that it reaches over
    high: str


class TableWriter:
    """Writes a document's tables."""

    def __init__(self, out: DocumentBuilder, reader: TextReader, url: str) -> None:
        self._out = out
        self._reader = reader
        self._url = url
        self._count = 0

    def write(self, rows: list[_Element]) -> None:
        """Write a table of these rows. A cell over several of them holds for each."""
        grid: list[list[_Cell]] = []
        heads = 0
        for row in rows:
            parent = row.getparent()
            marked = parent is not None and parent.tag == f"{TABLE}table-header-rows"
            cells = self._row(row)
            heads += marked
            again = 1 if marked else repeats(row, "rows", _MAX_REPEATED)
            self._count += again * len(cells)
            self._check_count()
            grid += [cells] * again
        if not heads and _is_form(grid):
            for label, value in grid:
                self._out.row([value.text], [label.text])
            return
        self._write(grid, heads or int(_has_header(grid)))

    def _row(self, row: _Element) -> list[_Cell]:
        cells: list[_Cell] = []
        for cell in row.iterchildren(CELL):
            wide, high = (cell.get(f"{TABLE}number-{what}-spanned", "1") for what in ("columns", "rows"))
            made = _Cell(*self._reader.said(cell), wide, high)
            cells += [made] * repeats(cell, "columns", _MAX_COLUMNS - len(cells))
        return cells

    def _write(self, grid: list[list[_Cell]], heads: int) -> None:
        from lxml import etree
        from lxml import html as lxml_html

        root = lxml_html.Element("div")
        table = etree.SubElement(root, "table")
        for number, cells in enumerate(grid):
            row = etree.SubElement(table, "tr")
            for cell in cells:
                place = etree.SubElement(row, "th" if number < heads else "td", colspan=cell.wide, rowspan=cell.high)
                (etree.SubElement(place, "b") if cell.bold else place).text = cell.text
        regulate_tables(root)
        add_element(self._out, root)

    def _check_count(self) -> None:
        if self._count > _MAX_CELLS:
            raise PageError(
                f"{self._url!r} has more than {_MAX_CELLS:,} table cells",
                hint="split the document, or leave it out with the source's `exclude`",
            )


def repeats(element: _Element, what: str, most: int) -> int:
    """How often a row or a cell stands there, ``most`` times at most."""
    count = element.get(f"{TABLE}number-{what}-repeated", "1")
    return min(int(count[:9]), most) if count.isdecimal() else 1


def _is_form(grid: list[list[_Cell]]) -> bool:
    """Whether the left column names what stands in the right one."""
    if not all(len(row) == 2 and row[0].text for row in grid):
        return False
    bold = all(label.bold for label, _ in grid) and not grid[0][1].bold
    return bold or all(label.text.endswith(":") for label, _ in grid)


def _has_header(grid: list[list[_Cell]]) -> bool:
    """Whether the first row, which the table does not mark, names the columns."""
    first = grid[0]
    named = all(cell.text and len(cell.text) <= _MAX_HEADER and cell.high == "1" for cell in first)
    beside = len(first) == 2 and _VALUE.search(first[1].text) and not all(cell.bold for cell in first)
    return len(grid) > 1 and len(first) > 1 and named and not beside
