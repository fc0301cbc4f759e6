"""A Word table → rows under their header's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.formats.word.text import W, is_bold, text_of

if TYPE_CHECKING:
    from docx.table import Table
    from lxml.etree import _Element

    from ingest.blocks import DocumentBuilder

_MAX_HEADER = 80  # characters; longer cells in the first row are values
_VALUE = re.compile(r"[\d,@;]|.{41}")  # what beside a label is no column's name


def write_table(out: DocumentBuilder, table: Table) -> None:
    """Write the rows. A cell over several rows holds for each; one over several columns stands in the first."""
    grid: list[list[_Element]] = [[cell._tc for cell in row.cells] for row in table.rows]
    while len(grid) > 1 and len(set(grid[0])) == 1:  # a line over the whole table
        out.paragraph(_said(grid.pop(0)[0]))
    if all(len(row) == 2 for row in grid) and _is_form(grid):
        for label, value in grid:
            out.row([_said(value)], [_said(label)])
        return
    heads = _heads(table, grid)
    header = [" ".join(dict.fromkeys(map(_said, column))) for column in zip(*grid[:heads], strict=False)]
    for row in grid[heads:]:
        repeated = [index > 0 and cell is row[index - 1] for index, cell in enumerate(row)]
        out.row(["" if again else _said(cell) for cell, again in zip(row, repeated, strict=True)], header or None)


def _is_form(grid: list[list[_Element]]) -> bool:
    """Whether the left column names what stands in the right one."""
    labels = [_said(label) for label, _ in grid]
    bold = all(is_bold(label) for label, _ in grid) and not is_bold(grid[0][1])
    return all(labels) and (bold or all(label.endswith(":") for label in labels))


def _heads(table: Table, grid: list[list[_Element]]) -> int:
    """How many rows on top name the columns."""
    marked = 0
    for row in table.rows[: len(grid) - 1]:
        if row._tr.find(f"{W}trPr/{W}tblHeader") is None:
            break
        marked += 1
    if marked or len(grid) < 2:
        return marked
    first, second = grid[0], grid[1]
    texts = [_said(cell) for cell in first]
    if len(grid) > 2 and len(set(second)) == len(second) == len(first) == len(grid[2]) and _is_second(*grid[:3]):
        return 2
    if set(first) & set(second):  # a label of both rows
        return 0
    named = all(text and len(text) <= _MAX_HEADER for text in texts)
    beside = len(first) == 2 and _VALUE.search(texts[1]) and not all(map(is_bold, first)) and not _is_styled(table)
    return int(named and not beside)


def _is_second(first: list[_Element], second: list[_Element], third: list[_Element]) -> bool:
    """Whether below names over several columns stands what each of them is, and no first row of values.

    Sure is that where another name reaches down; or where only figures follow, and nothing is below the other names.
    """
    several = [index for index, cell in enumerate(first) if first.count(cell) > 1]
    others = [index for index in range(len(first)) if index not in several]
    if not several or not others:
        return False
    if any(second[index] is first[index] for index in others):
        return True
    figures = all(re.search(r"\d", _said(third[index])) for index in several)
    return figures and not any(_said(second[index]) for index in others)


def _is_styled(table: Table) -> bool:
    """Whether the table's style sets its first row apart."""
    parts = [] if table.style is None else table.style.element.findall(f"{W}tblStylePr")
    return any(part.get(f"{W}type") == "firstRow" for part in parts)


def _said(cell: _Element) -> str:
    return " ".join(" ".join(text_of(p).split()) for p in cell.iter(f"{W}p")).strip()
