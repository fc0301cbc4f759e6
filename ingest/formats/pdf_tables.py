"""Tables of a PDF, which are lines whose cells stand below each other, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.blocks import DocumentBuilder
from ingest.formats.pdf_lines import Cell, Line

_LONGEST = 40  # letters in a cell on average; longer ones side by side are columns of text
_ROW_GAP = 3.5  # of the letters' size: rows further apart are not one table
_MARK = re.compile(r"(?:[\dIVXivx]{1,4}(?:\.\d{1,2})*|[a-zA-Z])?[.)§]?|[•▪◦‣●○■–—*-]|\uf0b7")


class Tables:
    """Writes tables, and remembers the last one's header, as it goes on over the page."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._out = builder
        self._header: list[str] = []
        self._last_page = 0

    def write(self, rows: Sequence[Line]) -> None:
        """Write the rows, under the names of their columns if the first row has these."""
        texts = [[cell.text for cell in row.cells] for row in rows]
        goes_on = rows[0].page == self._last_page + 1 and len(texts[0]) == len(self._header)
        if _is_header(rows):
            self._header = texts[0]
            rows, texts = rows[1:], texts[1:]
        elif not goes_on:
            self._header = []
        for row, cells in zip(rows, texts, strict=True):
            self._out.page_break(row.page)
            if len(cells) == 2 and cells[0].endswith(":"):
                self._out.row(cells[1:], cells[:1])
            else:
                self._out.row(cells, self._header or None)
        self._last_page = rows[-1].page


def table_length(lines: Sequence[Line], start: int) -> int:
    """Of how many lines the table is made that begins at this one; 0 where none begins."""
    first = lines[start]
    if not _may_be_row(first):
        return 0
    end = start + 1
    while end < len(lines) and _goes_on(lines[end - 1], lines[end]):
        end += 1
    rows = lines[start:end]
    if len(rows) > 1 and not _stand_under(rows[0], rows[1]) and not _is_header(rows):
        return 0
    # Below a header that is set otherwise than its column, the rows themselves must be in line.
    if not all(_stand_under(a, b) for a, b in pairwise(rows[1:])):
        return 0
    cells = [cell.text for row in rows for cell in row.cells]
    return len(rows) if len(rows) > 1 and sum(map(len, cells)) <= _LONGEST * len(cells) else 0


def _goes_on(last: Line, line: Line) -> bool:
    near = last.page == line.page and 0 < last.y - line.y <= _ROW_GAP * line.size
    return near and _may_be_row(line) and len(line.cells) == len(last.cells)


def _may_be_row(line: Line) -> bool:
    return len(line.cells) > 1 and not line.monospaced and not (len(line.cells) == 2 and _is_mark(line.cells[0]))


def _is_mark(cell: Cell) -> bool:
    return _MARK.fullmatch(cell.text.strip()) is not None


def _stand_under(above: Line, below: Line) -> bool:
    return all(b.stands_under(a) for a, b in zip(above.cells, below.cells, strict=True))


def _is_header(rows: Sequence[Line]) -> bool:
    """Whether the first row names the columns: it alone is bold, or it alone holds no figure."""
    first, *others = rows
    if first.bold != others[0].bold:
        return first.bold
    figures = [any(map(str.isdigit, cell.text)) for row in others for cell in row.cells[1:]]
    return len(others) > 1 and any(figures) and not any(map(str.isdigit, first.text)) and first.text[-1] != ":"
