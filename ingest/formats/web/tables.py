"""HTML tables made regular: one header row, one cell a column, and no tables that only lay a page out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_COLUMNS = 100
_MAX_ROW_SPAN = 500
_MAX_COPIES = 5_000  # a few spans can claim millions of cells
_TABLE_PARTS = frozenset(("thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "col"))


def regulate_tables(root: HtmlElement) -> None:
    """Change every table below ``root`` so that each row has its columns' cells, in order.

    Spanned cells are repeated down their rows (the text holds for each), header rows become one, and tables that lay
    the page out become plain blocks.
    """
    for table in list(root.iter("table")):
        if _lays_out(table):
            _unmake(table)
        else:
            if sum(_claimed(cell) for cell in table.iter("td", "th")) <= _MAX_COPIES:
                _fill_spans(table)
            for cell in table.iter("td", "th"):
                cell.attrib.pop("colspan", None)
                cell.attrib.pop("rowspan", None)
            _name_columns(table)
            _join_headers(table)


def _name_columns(table: HtmlElement) -> None:
    """Make a first row that alone is bold the header of a table that marks none."""
    rows = _rows(table)
    if len(rows) > 1 and not any(cell.tag == "th" for row in rows for cell in _cells(row)):
        first, second = ([_is_bold(cell) for cell in _cells(row)] for row in rows[:2])
        if len(first) > 1 and all(first) and not all(second):
            for cell in _cells(rows[0]):
                cell.tag = "th"


def _is_bold(cell: HtmlElement) -> bool:
    said = "".join(cell.itertext()).strip()
    return said != "" and any("".join(part.itertext()).strip() == said for part in cell.iter("b", "strong"))


def _rows(table: HtmlElement) -> list[HtmlElement]:
    return [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _lays_out(table: HtmlElement) -> bool:
    if table.get("role", "").lower() in ("presentation", "none"):
        return True
    nested = next(table.iterdescendants("table", "h1", "h2", "h3", "h4"), None) is not None
    return nested and not any(cell.tag == "th" for row in _rows(table) for cell in _cells(row))


def _unmake(table: HtmlElement) -> None:
    own = [part for part in table.iter(*_TABLE_PARTS) if next(part.iterancestors("table"), None) is table]
    for part in own:
        part.tag = "div"
    table.tag = "div"


def _fill_spans(table: HtmlElement) -> None:
    below: dict[int, tuple[HtmlElement, int]] = {}  # column → the cell from above and for how many rows more
    for row in _rows(table):
        filled: list[HtmlElement] = []
        own = _cells(row)
        while own or len(filled) in below:
            column = len(filled)
            if column >= _MAX_COLUMNS:
                break
            if column in below:
                cell, left = below.pop(column)
                filled.append(copy.deepcopy(cell))
                if left > 1:
                    below[column] = (cell, left - 1)
                continue
            cell = own.pop(0)
            width, height = _span(cell, "colspan", _MAX_COLUMNS), _span(cell, "rowspan", _MAX_ROW_SPAN)
            header = cell.tag == "th"
            for offset in range(min(width, _MAX_COLUMNS - column)):
                part = cell if offset == 0 else _blank(cell, keep_text=header)
                filled.append(part)
                if height > 1:
                    below[column + offset] = (_bare(part), height - 1)
        for cell in filled:
            cell.tail = None
        row[:] = filled


def _claimed(cell: HtmlElement) -> int:
    return _span(cell, "colspan", _MAX_COLUMNS) * _span(cell, "rowspan", _MAX_ROW_SPAN) - 1


def _span(cell: HtmlElement, name: str, most: int) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 8 else 1


def _blank(cell: HtmlElement, *, keep_text: bool) -> HtmlElement:
    """The further columns of a wide cell: a header names each of them, a value stands in the first."""
    part = _bare(cell)
    if not keep_text:
        part.text = None
        part[:] = []
    return part


def _bare(cell: HtmlElement) -> HtmlElement:
    part = copy.deepcopy(cell)
    part.tail = None
    for name in ("colspan", "rowspan", "id"):
        part.attrib.pop(name, None)
    return part


def _join_headers(table: HtmlElement) -> None:
    """Header rows on top of each other become one: ``Leave`` over ``Days`` reads ``Leave Days``."""
    rows = _rows(table)
    heads: list[HtmlElement] = []
    for row in rows:
        parent = row.getparent()
        cells = _cells(row)
        if (parent is not None and parent.tag == "thead") or (cells and all(cell.tag == "th" for cell in cells)):
            heads.append(row)
        else:
            break
    if len(heads) < 2 or len(heads) == len(rows):
        return
    lines = [[" ".join("".join(cell.itertext()).split()) for cell in _cells(row)] for row in heads]
    for column, cell in enumerate(_cells(heads[-1])):
        texts = dict.fromkeys(line[column] for line in lines if column < len(line) and line[column])
        cell[:] = []
        cell.text = " ".join(texts)
    for row in heads[:-1]:
        row.drop_tree()
