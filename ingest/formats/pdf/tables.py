"""Tables of a PDF, which are lines whose cells stand below each other, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.blocks import DocumentBuilder
from ingest.formats.pdf.lines import Cell, Line

_LONGEST = 40  # letters in a cell on average; longer ones side by side are columns of text
_ROW_GAP = 3.5  # of the letters' size: rows further apart are not one table
_SAME_SIZE = 0.15  # of the letters' size: a row in larger print is a heading
_MARK = re.compile(r"(?:[\dIVXivx]{1,4}(?:\.\d{1,2})*|[a-zA-Z])?[.)§]?|[•▪◦‣●○■–—*-]|\uf0b7")
_BULLET = re.compile(r"[•▪◦‣●○■]|\uf0b7")
_NUMBER = re.compile(r"\d[\d.,:]*(?:\s\d{3})*")
_AMOUNT = re.compile(r"[€$£]?\s?[-–−]?\d[\d.,\s]*[€$£%]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FEWEST_AMOUNTS = 3  # columns of nothing but amounts that make words above them names


class Tables:
    """Writes tables, and remembers the last one's header, as it goes on over the page."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._out = builder
        self._header: list[str] = []
        self._last: Line | None = None

    def write(self, rows: Sequence[Line], follows: bool) -> None:
        """Write the rows, under the names of their columns if the first row has these.

        ``follows`` says whether no line stands between these rows and the last that were written.
        """
        texts = [[cell.text for cell in row.cells] for row in rows]
        goes_on = follows and self._last is not None and _continues(self._last, rows[0])
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
        self._last = rows[-1]


def table_length(lines: Sequence[Line], start: int) -> int:
    """Of how many lines the table is made that begins at this one; 0 where none begins."""
    first = lines[start]
    if not _may_be_row(first):
        return 0
    end = start + 1
    while end < len(lines) and _goes_on(lines[end - 1], lines[end]):
        end += 1
    rows = lines[start:end]
    if len(rows) < 2 or not _have_room_between(rows):
        return 0
    # A header may be set otherwise than its column, but then the rows themselves must show that they are in line.
    body = rows[1:] if len(rows) > 2 and _is_header(rows) else rows
    if not all(_stand_under(a, b) for a, b in pairwise(body)):
        return 0
    cells = [cell.text for row in rows for cell in row.cells]
    return len(rows) if sum(map(len, cells)) <= _LONGEST * len(cells) else 0


def _goes_on(last: Line, line: Line) -> bool:
    near = last.page == line.page and 0 < last.y - line.y <= _ROW_GAP * line.size
    alike = abs(last.size - line.size) <= _SAME_SIZE * line.size
    return near and alike and _may_be_row(line) and len(line.cells) == len(last.cells)


def _continues(last: Line, line: Line) -> bool:
    """Whether the line, the first of its page, may be a row of the table that ends the page before."""
    return line.page == last.page + 1 and len(line.cells) == len(last.cells) and _stand_under(last, line)


def _may_be_row(line: Line) -> bool:
    if len(line.cells) < 2 or line.monospaced or _BULLET.fullmatch(line.cells[0].text.strip()):
        return False
    return len(line.cells) > 2 or not _is_mark(line.cells[0])


def _is_mark(cell: Cell) -> bool:
    return _MARK.fullmatch(cell.text.strip()) is not None


def _stand_under(above: Line, below: Line) -> bool:
    return all(b.stands_under(a) for a, b in zip(above.cells, below.cells, strict=True))


def _have_room_between(rows: Sequence[Line]) -> bool:
    """Whether no cell reaches below or above another column's."""
    columns = list(zip(*(row.cells for row in rows), strict=True))
    return all(max(cell.end for cell in a) < min(cell.x for cell in b) for a, b in pairwise(columns))


def _is_header(rows: Sequence[Line]) -> bool:
    """Whether the first row names the columns: it is bold and they are not, or it has words above mere amounts."""
    first, *others = rows
    names = [cell.text.strip() for cell in first.cells]
    columns = [[cell.text.strip() for cell in column] for column in zip(*(row.cells for row in others), strict=True)]
    if len(set(names)) < len(names) or any(name.endswith(":") for name in names):
        return False
    if len(others) == 1 and len(names) == 2:  # may as well be two lines of an address or of a card
        return False
    if first.bold:
        # The last row may be a sum, and this is bold often.
        plain = not any(row.bold for row in others[:-1] or others)
        return plain and all(map(_may_name, names, columns))
    capitals = all(name[:1].isupper() and not any(map(str.isdigit, name)) for name in names)
    amounts = [all(map(_AMOUNT.fullmatch, column)) for column in columns]
    return len(others) > 1 and capitals and not others[0].bold and sum(amounts) >= _FEWEST_AMOUNTS


def _may_name(text: str, column: Sequence[str]) -> bool:
    """Whether the text may be the column's name: a price above prices, or a time above times, is none."""
    if _YEAR.fullmatch(text) or not any(map(str.isdigit, text)):
        return True
    shape = _NUMBER.sub("#", text)
    return any(map(str.isalpha, text)) and all(_NUMBER.sub("#", cell) != shape for cell in column)
