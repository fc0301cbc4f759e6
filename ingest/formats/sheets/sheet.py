"""A sheet's rows → rows under their header's names, whatever program the sheet is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ingest.blocks import DocumentBuilder
from ingest.errors import PageError

MAX_ROWS = 50_000  # with text in them; more is a data set, not a page
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell as the sheet shows it: its text, empty for none, and whether that is words and no figure or day."""

    text: str
    is_words: bool
    is_bold: Callable[[], bool]


def too_many_rows(url: str, file: str) -> PageError:
    """What is said of a file, by its kind, that has more rows than are read."""
    return PageError(
        f"{url!r} has more than {MAX_ROWS:,} rows",
        hint=f"split the {file}, or leave it out with the source's `exclude`",
    )


class Sheet:
    """Writes a sheet's rows; the sheet's name becomes its heading with the first of them.

    ``merged`` are the cells, by row and column from 1, that a merged one covers, each with the one that holds the text.
    """

    def __init__(self, builder: DocumentBuilder, name: str, merged: Mapping[tuple[int, int], tuple[int, int]]) -> None:
        self._out = builder
        self._name = name
        self._merged = merged
        self._held: dict[tuple[int, int], str] = {}  # the texts of merged cells
        self._header: list[str] | None = None
        self._after_gap = True
        self._empty = True
        self._spanned: set[int] = set()  # the columns of names over several, where the row above is a header

    def add(self, number: int, row: Sequence[SheetCell], below: Sequence[SheetCell]) -> int:
        """Write the row, knowing the one below it. Returns how many rows that made, 0 or 1."""
        own = [cell.text for cell in row]
        filled = [text for text in own if text]
        if not filled:
            self._after_gap = True
            self._spanned = set()
            return 0
        if self._empty:
            self._out.heading(1, self._name)
            self._empty = False
        if len(filled) == 1 and (self._header is None or self._after_gap):
            self._out.paragraph(filled[0])
            return 1
        if self._is_header(row):
            self._header, self._spanned = self._spread(number, own)
        elif self._spanned and self._is_second(number, row, own, below):
            above = self._header or []
            self._header = [" ".join(dict.fromkeys(filter(None, pair))) for pair in zip(above, own, strict=False)]
            self._spanned = set()
        else:
            self._spanned = set()
            self._out.row(self._filled_down(number, own), self._header)
        self._after_gap = False
        return 1

    def _spread(self, number: int, texts: list[str]) -> tuple[list[str], set[int]]:
        """A header's texts, one that reaches over several columns in each of them; and which columns these are."""
        names, spanned = list(texts), set[int]()
        for column in range(1, len(names)):
            held = self._merged.get((number, column + 1))
            if held and held[0] == number and held[1] <= column:
                names[column] = names[held[1] - 1]
                spanned |= {held[1] - 1, column}
        return names, spanned

    def _is_second(self, number: int, row: Sequence[SheetCell], texts: list[str], below: Sequence[SheetCell]) -> bool:
        """Whether under a header over several columns stands what each of them is, and no first row of values.

        Sure is that where another of its names reaches down; or where one row leaves out the others, and all that
        stands below in the several columns are figures.
        """
        above = self._header or []
        words = all(cell.is_words for cell in row if cell.text)
        if not words or not all(column < len(texts) and texts[column] for column in self._spanned):
            return False
        others = [column for column in range(min(len(above), len(texts))) if column not in self._spanned]
        if any(self._merged.get((number, column + 1)) == (number - 1, column + 1) for column in others):
            return True
        left_out = not any(texts[column] for column in others)
        hole = left_out or any(texts[column] and not above[column] for column in others)
        values = [below[column] for column in self._spanned if column < len(below)]
        figures = [not cell.is_words for cell in values if cell.text]
        return hole and bool(figures) and all(figures)

    def _filled_down(self, number: int, texts: list[str]) -> list[str]:
        """The row's texts, with what a cell says that was merged over several rows: it holds for each."""
        made = list(texts)
        for column, text in enumerate(texts):
            place = self._merged.get((number, column + 1))
            if place == (number, column + 1):
                self._held[place] = text
            elif place and place[1] == column + 1:
                made[column] = self._held.get(place, "")
        return made

    def _is_header(self, row: Sequence[SheetCell]) -> bool:
        """A sheet's first full row if it is all words; further down, behind an empty row, one that is all bold too."""
        cells = [cell for cell in row if cell.text]
        if not self._after_gap or not all(cell.is_words for cell in cells):
            return False
        return self._header is None or all(cell.is_bold() for cell in cells)
