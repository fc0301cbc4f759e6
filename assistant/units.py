"""What can be quoted: the sentences, lists, rows and code of the passages that were found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.negation import takes_back
from assistant.surroundings import first_of_run, introduction, lead_above, run_from, turned_by
from index.ledger.ledger import StoredPage
from index.types import Hit
from ingest.blocks import Block, cells_of, read_blocks
from ingest.sentences import split_sentences

UnitKind = Literal["sentence", "list", "item", "outline", "row", "code"]

_POINTS_BACK = re.compile(
    r"(?:It|Its|They|Their|He|His|She|Her|These|Those|This|That|Such|Se|Sen|Ne|Niiden|Hän|Tämä|Nämä|"
    r"Denna|Detta|Dessa|Han|Hon) (?!end\b)|(?:However|Otherwise|In (?:that|this|these|such) cases?)\b"
)
_MOST_CARRIED = 3  # sentences before one that points back, each of which points back itself
_MIN_OUTLINE, _MAX_OUTLINE = 3, 12  # headings side by side that read as a list of what they name
_MAX_ITEM_WORDS = 30  # a longer item is quoted sentence by sentence, as a paragraph is
_MAX_LIST_WORDS = 160  # a longer list is quoted item by item
_CODE_LINE = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a page that can be quoted by itself: ``text[start:end]`` of its document, verbatim.

    ``parts`` are the character ranges of its lines as shown: the sentence itself, or a list's lead and items. An
    ``item`` is one of a list's with the line before it that turns what it says, and of a row longer than a passage a
    ``row`` is what one cell says, with the row's first cell before it; ``start`` is the item's or the cell's own.
    ``setting`` is what a reader of the page would know on reaching it: headings, and the line that introduces it.
    ``hit`` is the place (from 0) of the passage it was found in.
    """

    kind: UnitKind
    page: StoredPage
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    path: tuple[str, ...]
    setting: str
    hit: int
    has_lead: bool = False
    page_number: int | None = None
    anchor: str | None = None

    @property
    def text(self) -> str:
        """The quoted text; an outline's headings a line each, without what stands between them."""
        text = self.page.document.text
        if self.kind == "outline":
            return "\n".join(text[start:end] for start, end in self.parts)
        return text[self.start : self.end]

    @property
    def words(self) -> int:
        """How many words it shows."""
        return len(self.text.split())


def units_of(hits: Sequence[Hit], pages: dict[str, StoredPage]) -> list[Unit]:
    """The units that begin in the hits' passages, each once, in the order of the hits."""
    units: list[Unit] = []
    seen: set[tuple[str, int, int]] = set()
    for place, hit in enumerate(hits):
        page = pages.get(hit.chunk.url)
        if page is None:
            continue
        found = _units_in(page, hit.chunk.start, hit.chunk.end, place)
        for unit in [*found, *_outlines(page, hit.chunk.heading_path, place)]:
            key = (hit.chunk.url, unit.start, unit.end)
            if key not in seen:
                seen.add(key)
                units.append(unit)
    return units


def _units_in(page: StoredPage, start: int, end: int, place: int) -> list[Unit]:
    blocks = read_blocks(page.document)
    text = page.document.text
    units: list[Unit] = []
    listed = -1
    for index, block in enumerate(blocks):
        if block.end <= start or block.line_start >= end or block.kind == "heading":
            continue
        if block.kind == "paragraph":
            units += _sentences(page, block, lead_above(blocks, index, text), place, start, end)
            if (
                text[: block.end].endswith(":")
                and index + 1 < len(blocks)
                and blocks[index + 1].kind in ("item", "row")
            ):
                run = run_from(blocks, index + 1)
                units += _list(page, [block, *run], True, lead_above(blocks, index, text), place)
                listed = index + len(run)
        elif block.kind in ("item", "row"):
            first = first_of_run(blocks, index)
            lead = lead_above(blocks, first, text)
            if index > listed:
                run = run_from(blocks, first)
                above = introduction(blocks, first, text)
                if above:
                    units += _list(page, [above, *run], True, lead_above(blocks, first - 1, text), place)
                else:
                    units += _list(page, run, False, lead, place)
                listed = first + len(run) - 1
            units += _entry(page, blocks, index, lead, place, start, end)
        else:
            units += _code(page, block, lead_above(blocks, index, text), place, start, end)
    return units


def _entry(
    page: StoredPage, blocks: Sequence[Block], index: int, lead: str, place: int, start: int, end: int
) -> list[Unit]:
    """A list's item or a table's row by itself."""
    block, text = blocks[index], page.document.text
    whole = (block.start, block.end)
    if block.kind == "row":
        if _is_within(block, start, end):
            return [_unit("row", page, block, (whole,), lead, place)]
        return _cells(page, block, lead, place, start, end)
    if not _is_short(text[slice(*whole)]):
        return _sentences(page, block, lead, place, start, end)
    turned = turned_by(blocks, first_of_run(blocks, index), index, text)
    if turned is None:
        return [_unit("sentence", page, block, (whole,), lead, place)]
    # "Lend your laptop to others" says the opposite without the "You may not:" above it.
    told = text[slice(*turned)]
    return [_unit("item", page, block, (turned, whole), told if told.endswith(":") else lead, place, True, block.start)]


def _is_within(block: Block, start: int, end: int) -> bool:
    """Whether the passage from ``start`` to ``end`` holds a block whole."""
    return start <= block.start and block.end <= end


def _is_short(text: str) -> bool:
    return len(text.split()) <= _MAX_ITEM_WORDS


def _cells(page: StoredPage, row: Block, lead: str, place: int, start: int, end: int) -> list[Unit]:
    """What the cells say of a row that no passage holds whole, each below the first cell, which names the row."""
    text = page.document.text
    first, *others = cells_of(text, row)
    name = text[slice(*first)]
    named = bool(others) and _is_short(name)
    found: list[Unit] = []
    for low, high in others if named else (first, *others):
        cell = replace(row, start=low, end=high)
        if not _is_short(text[low:high]):
            found += _sentences(page, cell, lead, place, start, end)
        elif _is_within(cell, start, end):
            found.append(_unit("sentence", page, cell, ((low, high),), lead, place))
    if not named:
        return found
    return [
        replace(unit, kind="row", parts=(first, *unit.parts), setting=f"{unit.setting}\n{name}", has_lead=True)
        for unit in found
    ]


def _code(page: StoredPage, code: Block, lead: str, place: int, start: int, end: int) -> list[Unit]:
    """Code whole, or its lines where no passage holds it. A line is not parted: half a command is another command."""
    lines = [code]
    if not _is_within(code, start, end):
        found = _CODE_LINE.finditer(page.document.text, code.start, code.end)
        lines = [replace(code, start=line.start(), end=line.end()) for line in found]
    return [
        _unit("code", page, line, ((line.start, line.end),), lead, place)
        for line in lines
        if _is_within(line, start, end)
    ]


def _outlines(page: StoredPage, path: tuple[str, ...], place: int) -> list[Unit]:
    """The headings right below the passage's own, and below the one above it: "types of leave" may be just that."""
    blocks = read_blocks(page.document)
    units = []
    for parent in {path, path[:-1]} - {()}:
        inside = [b for b in blocks if b.kind == "heading" and len(b.path) == len(parent) + 1 and b.path[:-1] == parent]
        if _MIN_OUTLINE <= len(inside) <= _MAX_OUTLINE:
            parts = tuple((block.start, block.end) for block in inside)
            setting = " > ".join(part for part in dict.fromkeys([page.document.title, *parent]) if part)
            units.append(Unit("outline", page, parts[0][0], parts[-1][1], parts, parent, setting, place))
    return units


def _sentences(page: StoredPage, block: Block, lead: str, place: int, start: int, end: int) -> list[Unit]:
    text = page.document.text
    found = []
    setting = lead
    spans = [(block.start + low, block.start + high) for low, high in split_sentences(text[block.start : block.end])]
    for index, (begin, stop) in enumerate(spans):
        if stop > start and begin < end:
            # "It is valid for a year." says nothing without the sentence that names what is.
            first = index
            while (
                first > max(0, index - _MOST_CARRIED)
                and spans[first - 1][0] >= start
                and _POINTS_BACK.match(text[spans[first][0] : spans[first][1]])
            ):
                first -= 1
            # "However, this does not apply to …" takes back what stands alone before it.
            last = index + (index + 1 < len(spans) and takes_back(text[spans[index + 1][0] : spans[index + 1][1]]))
            found.append(_unit("sentence", page, block, tuple(spans[first : last + 1]), setting, place))
        setting = text[begin:stop]
    return found


def _list(page: StoredPage, blocks: list[Block], has_lead: bool, lead: str, place: int) -> list[Unit]:
    """The list as one unit, unless it is too long to be shown whole or no list at all."""
    text = page.document.text
    items = blocks[1:] if has_lead else blocks
    if len(items) < 2 or len(text[blocks[0].line_start : blocks[-1].end].split()) > _MAX_LIST_WORDS:
        return []
    parts: list[tuple[int, int]] = []
    if has_lead:
        sentences = split_sentences(text[blocks[0].start : blocks[0].end])
        first, last = sentences[-1]
        parts.append((blocks[0].start + first, blocks[0].start + last))
    parts += [(block.start, block.end) for block in items]
    start = parts[0][0] if has_lead else items[0].line_start
    return [_unit("list", page, items[0], tuple(parts), lead, place, has_lead, start)]


def _unit(
    kind: UnitKind, page: StoredPage, block: Block, parts: tuple[tuple[int, int], ...], lead: str, place: int,
    has_lead: bool = False, start: int | None = None,
) -> Unit:  # fmt: skip
    path = [part for part in dict.fromkeys([page.document.title, *block.path]) if part]
    setting = " > ".join(path) + (f"\n{lead}" if lead else "")
    begin = parts[0][0] if start is None else start
    return Unit(
        kind, page, begin, parts[-1][1], parts, block.path, setting, place, has_lead, block.page_number, block.anchor
    )
