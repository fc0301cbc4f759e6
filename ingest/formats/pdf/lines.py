"""Lines on a PDF's page, and the pieces that they are made of."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

_MONOSPACED = re.compile(r"mono|courier|consol|cmtt|typewriter|menlo", re.IGNORECASE)
_BOLD = re.compile(r"bold|black|heavy|cmbx|semibold|demi", re.IGNORECASE)
_CELL_GAP = 0.7  # of the letters' size, beside a space: what stands further off is another cell
_ALIGNED = 3.0  # points between two cells' left ends, right ends or middles


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line with room around it: its words, and where it begins and ends, in points."""

    text: str
    x: float
    end: float

    def stands_under(self, other: Cell) -> bool:
        """Whether both stand in one column, whichever side of it they keep to."""
        left, right = self.x - other.x, self.end - other.end
        return min(abs(left), abs(right), abs(left + right) / 2) <= _ALIGNED


@dataclass(frozen=True, slots=True)
class Line:
    """One line on a page: its words, where it begins (points from the lower left), its size and how it is set.

    ``cells`` are its pieces with room between them.
    """

    text: str
    x: float
    y: float
    size: float
    page: int
    bold: bool = False
    monospaced: bool = False
    cells: tuple[Cell, ...] = ()

    @classmethod
    def begun(cls, piece: Cell, y: float, size: float, font: str, page: int) -> Line:
        """A line of one piece."""
        bold, monospaced = bool(_BOLD.search(font)), bool(_MONOSPACED.search(font))
        return cls(piece.text, piece.x, y, size, page, bold, monospaced, (piece,))

    def extended(self, piece: Cell, size: float, font: str) -> Line:
        """The line with a further piece. Bold and monospaced are what all of it is; its larger part sets the size."""
        *before, last = self.cells
        text, apart = piece.text, piece.x - last.end > _CELL_GAP * size
        cells = (*self.cells, piece) if apart else (*before, Cell(last.text + text, last.x, piece.end))
        return dataclasses.replace(
            self,
            text=self.text + text,
            size=self.size if len(self.text.strip()) >= len(text.strip()) else size,
            bold=self.bold and bool(_BOLD.search(font)),
            monospaced=self.monospaced and bool(_MONOSPACED.search(font)),
            cells=cells,
        )
