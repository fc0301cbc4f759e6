"""CSV and TSV → ``Document``: rows under their header's names, as a sheet's."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, takewhile

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text
from ingest.errors import PageError
from ingest.formats.decode import decode
from ingest.formats.plain.text import file_title
from ingest.formats.sheets.sheet import MAX_COLUMNS, MAX_ROWS, too_many_rows
from ingest.types import Document, Page

Row = list[str]

_DELIMITERS = ("\t", ";", "|", ",")  # of two that fit as well, what is rarer in a text goes first
_ONE_COLUMN = "\x1f"  # parts nothing
_END = "\x1e"
_SAMPLE = 100  # rows by which a delimiter and a header are told
_FITS = 0.6  # from which share of these rows on a delimiter fits
_SAID = re.compile(r'"?sep=([^\w\s"]|\t)"?[ \t]*(?:\r\n?|\n|$)', re.IGNORECASE)  # as Excel writes it
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_FIGURE = re.compile(r"\W*\d")
_PERIOD = re.compile(r"(?:19|20)\d\d(?:[/–-]\d{1,4})?|\d{1,2}\.\d{1,2}\.(?:\d{4})?")
_ADDRESS = re.compile(r"\S@\S|://")


def parse_csv(page: Page) -> Document:
    """A table's document. Raises ``PageError`` for a file that is empty, no text, or too long for a page."""
    text = decode(page).replace(_END, "")
    said = _SAID.match(text)
    if said:
        text = text[said.end() :]
    delimiter = said[1] if said else _delimiter_of(text)
    try:
        rows = _read(text, delimiter, MAX_ROWS + 1)
    except csv.Error:
        raise PageError(
            f"{page.url!r} has a cell of more than {csv.field_size_limit():,} characters",
            hint="close its quotation mark, or leave the file out with the source's `exclude`",
        ) from None
    if sum(map(bool, rows)) > MAX_ROWS:
        raise too_many_rows(page.url, "file")
    builder = DocumentBuilder()
    _write(builder, rows, delimiter)
    document = builder.build(page.url, file_title(page.url))
    if not any(map(str.isalnum, document.text)):
        raise PageError(
            f"{page.url!r} holds no text", hint="fill the file, or leave it out with the source's `exclude`"
        )
    return document


def _delimiter_of(text: str) -> str:
    """What parts most of the first rows into the same number of cells, more than one."""
    widths = {delimiter: _widths(text, delimiter) for delimiter in _DELIMITERS}
    above = min(sum(1 for _ in takewhile(lambda width: width < 2, found)) for found in widths.values())
    fits = {delimiter: _fit(found[above:]) for delimiter, found in widths.items()}
    ranked = sorted(_DELIMITERS, key=lambda delimiter: -fits[delimiter])
    if ranked[0] == "," and (rest := _fit(_widths(_DECIMAL_COMMA.sub(".", text), ","))) < _FITS:
        # Without those of "2,50" it does not fit: they may be nothing else, and are not where none is left.
        ranked = [*ranked[1:], ","] if rest else ranked[1:]
    return next((delimiter for delimiter in ranked if fits[delimiter] >= _FITS), _ONE_COLUMN)


def _widths(text: str, delimiter: str) -> list[int]:
    """How many cells the delimiter makes of each of the first rows, comments left out."""
    try:
        rows = _read(text, delimiter, _SAMPLE)
    except csv.Error:
        return []
    return [len(row) for row in rows if row and not row[0].startswith("#")]


def _fit(widths: list[int]) -> float:
    """The share of the rows that have as many cells as most that are parted; parted otherwise, they count half."""
    parted = [width for width in widths if width > 1]
    count = max(Counter(parted).values(), default=0)
    return (count + len(parted)) / 2 / max(1, len(widths))


def _read(text: str, delimiter: str, most: int) -> list[Row]:
    """The first rows that hold text, an empty one for what is empty before each. Raises ``csv.Error`` for a huge cell.

    Where a quotation mark is never closed, as the inches of ``"3.5"`` are not, they are all taken for signs.
    """
    rows: list[Row] = []
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        rows, count, gap = [], 0, False
        lines = chain(io.StringIO(text, newline=""), (_END,))
        reader = csv.reader(lines, delimiter=delimiter, quoting=quoting, skipinitialspace=True)
        for cells in reader if quoting == csv.QUOTE_NONE else _until_too_large(reader):
            if cells == [_END]:
                return rows
            row = [clean_text(cell).strip() for cell in cells[:MAX_COLUMNS]]
            if not any(row):
                gap = True
                continue
            rows += [[], row] if gap else [row]
            count, gap = count + 1, False
            if count == most:
                return rows
    return rows


def _until_too_large(reader: Iterator[Row]) -> Iterator[Row]:
    """The rows up to a cell that is too large, as what stands behind a mark that is never closed may be."""
    try:
        yield from reader
    except csv.Error:
        return


def _write(builder: DocumentBuilder, rows: list[Row], delimiter: str) -> None:
    """Write the rows under their header; what stands above it, alone or behind a ``#`` becomes paragraphs."""
    width = Counter(map(len, filter(None, rows))).most_common(1)[0][0] if rows else 0
    used = max((_used(row) for row in rows if len(row) == width), default=0)
    header: Row | None = None
    begun, after_gap, titled = False, True, False
    for number, row in enumerate(rows):
        if not row:
            after_gap = True
            continue
        filled = [cell for cell in row if cell]
        below = rows[number + 1 : number + _SAMPLE]
        alone = len(filled) == 1 and (header is None or after_gap)
        comment = row[0].startswith("#") and len(row) != width
        if alone or comment or (not begun and _used(row) < used and not _is_short_header(row, below, used)):
            builder.paragraph(f"{delimiter} ".join(filled).lstrip("# "))
            titled = after_gap
            continue
        own = list(takewhile(bool, below)) if begun else list(filter(None, below))
        further = after_gap and (titled or _used(row) != _used(header or [])) and _is_over_figures(row, own)
        if (further or not begun) and _is_header(row, own):
            header = row
        elif row != header:
            builder.row(row, header)
        begun, after_gap, titled = True, False, False


def _used(row: Row) -> int:
    """How many cells the row has up to its last that is filled."""
    return max((number for number, cell in enumerate(row, start=1) if cell), default=0)


def _is_short_header(row: Row, below: list[Row], used: int) -> bool:
    """Whether a row that is narrower than the table names its first columns: right below stand values."""
    return bool(below) and _used(below[0]) == used and _is_header(row, below) and not _is_header(below[0], below[1:])


def _is_header(row: Row, below: list[Row]) -> bool:
    """Whether a row names the columns below it: none of its cells is like what stands there."""
    others = [other for other in below if other and other != row]  # it comes again on each page of a report
    columns = [(cell, _column(others, column)) for column, cell in enumerate(row) if cell]
    return bool(others) and not any(_is_like(cell, column) for cell, column in columns)


def _is_like(cell: str, below: list[str]) -> bool:
    """Whether a cell is a value as those below it: a figure, an address, one of them, or written as most of them.

    A year, a month or a day over what are none is a name.
    """
    if cell in below or _ADDRESS.search(cell):
        return True
    if not any(map(str.isdigit, cell)):
        return False
    if _PERIOD.fullmatch(cell):
        return any(map(_PERIOD.fullmatch, below))
    return not any(map(str.isalpha, cell)) or sum(_shape(cell) == _shape(text) for text in below) * 2 > len(below)


def _is_over_figures(row: Row, below: list[Row]) -> bool:
    """Whether a row has words over a column of figures: then it is the header of a further table."""
    columns = [_column(below, column) for column, cell in enumerate(row) if cell and not _FIGURE.match(cell)]
    return any(column and all(map(_FIGURE.match, column)) for column in columns)


def _column(rows: list[Row], column: int) -> list[str]:
    return [row[column] for row in rows if column < len(row) and row[column]]


def _shape(text: str) -> str:
    """How a text is written: "Hall 12" as "a 0"."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text))
