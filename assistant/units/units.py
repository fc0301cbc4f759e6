"""What can be quoted: the sentences, lists, rows and code of the passages that were found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.units.leaning import leans, quoted_with
from assistant.units.surroundings import (
    first_of_run,
    held_by,
    introduction,
    is_contents,
    last_sentence,
    lead_above,
    line_over,
    run_from,
    turned_by,
)
from index.ledger.ledger import StoredPage
from index.types import Hit
from ingest.blocks import Block, cells_of, introduces, read_blocks
from ingest.repeats import Range
from ingest.sentences import split_sentences

UnitKind = Literal["sentence", "list", "item", "outline", "row", "code"]

_MIN_OUTLINE, _MAX_OUTLINE = 3, 12  # headings side by side that read as a list of what they name
_MAX_ITEM_WORDS = 30  # a longer item is quoted sentence by sentence, as a paragraph is
_MAX_LIST_WORDS = 160  # a longer list is quoted item by item
_BETWEEN = 4  # white space between a heading and what stands first under it
_CODE_LINE = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a page that can be quoted by itself: ``text[start:end]`` of its document, verbatim.

    ``parts`` are the character ranges of its lines as shown: the sentence itself, or a list's lead and items; a reply
    has its question before it, code the line over it. An ``item`` is one of a list's with the line before it that turns
    what it says, and of a row longer than a passage a ``row`` is what one cell says, with the row's first cell before
    it; ``start`` is then the item's, the code's or the cell's own.
    ``setting`` is what a reader of the page would know on reaching it: headings, and the line that introduces it.
    ``hit`` is the place (from 0) of the passage it was found in.
    """

    kind: UnitKind
    page: StoredPage
    start: int
    end: int
    parts: tuple[Range, ...]
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
    def heading_above(self) -> str:
        """The heading that it is the first under; ``""`` where other text stands between."""
        heading = self.path[-1] if self.path else ""
        above = self.page.document.text[max(0, self.start - len(heading) - _BETWEEN) : self.start]
        return heading if above.rstrip().endswith(heading) else ""

    @property
    def only_leads(self) -> bool:
        """Whether it says no more than what is to follow: "Supported formats:"."""
        return self.kind in ("sentence", "item") and self.text.endswith(":")

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
    blocks, text = read_blocks(page.document), page.document.text
    units: list[Unit] = []
    listed, contents = -1, range(0)
    for index, block in enumerate(blocks):
        if block.end <= start or block.line_start >= end or block.kind == "heading":
            continue
        lead, over = lead_above(blocks, index, text), line_over(blocks, index, text)
        below = blocks[index + 1] if index + 1 < len(blocks) else None
        first = index + 1 if below and introduces(text, block, below) else len(blocks)
        if block.kind in ("item", "row"):
            first = first_of_run(blocks, index)
            lead = lead_above(blocks, first, text)
        if listed < first < len(blocks) and blocks[first].kind in ("item", "row"):
            run, above = run_from(blocks, first), introduction(blocks, first, text)
            listed = first + len(run) - 1
            if is_contents(blocks, run, above, text):
                contents = range(first, listed + 1)
            else:
                units += _list(page, above, run, lead_above(blocks, first - bool(above), text), place)
        if block.kind == "paragraph":
            units += _sentences(page, block, lead, place, start, end, over)
        elif block.kind == "code":
            units += _code(page, block, lead, place, start, end, over)
        elif index not in contents:
            units += _entry(page, blocks, index, lead, place, start, end)
    # A question of the page by itself would be shown as if it answered.
    return [unit for unit in units if unit.kind not in ("sentence", "item", "row") or not unit.text.endswith("?")]


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
    turned = turned_by(blocks, first_of_run(blocks, index), index, text)
    held = held_by(blocks, index)
    units: list[Unit] = []
    if len(held) > 1 or (held and introduces(text, block, held[0])):
        units += _list(page, block, held, lead, place, turned)
    if not _is_short(text[slice(*whole)]):
        return units + _sentences(page, block, lead, place, start, end)
    if turned is None:
        return [*units, _unit("sentence", page, block, (whole,), lead, place)]
    # "Lend your laptop to others" says the opposite without the "You may not:" above it.
    told = text[slice(*turned)]
    lead = told if told.endswith(":") else lead
    return [*units, _unit("item", page, block, (turned, whole), lead, place, True, block.start)]


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


def _code(page: StoredPage, code: Block, lead: str, place: int, start: int, end: int, over: Range | None) -> list[Unit]:
    """Code below the line over it, or its lines where no passage holds it whole: half a command is another command."""
    whole = (code.start, code.end)
    if _is_within(code, start, end):
        return [_unit("code", page, code, _below(over, whole), lead, place, bool(over), code.start)]
    lines = [line.span() for line in _CODE_LINE.finditer(page.document.text, *whole)]
    return [
        _unit("code", page, code, ((low, high),), lead, place) for low, high in lines if start <= low and high <= end
    ]


def _below(over: Range | None, *parts: Range) -> tuple[Range, ...]:
    return (over, *parts) if over else parts


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


def _sentences(
    page: StoredPage, block: Block, lead: str, place: int, start: int, end: int, over: Range | None = None
) -> list[Unit]:
    """The sentences of a block. ``over``: the line or question above it that belongs to the first of them."""
    text = page.document.text
    found = []
    setting = lead
    spans = [(block.start + low, block.start + high) for low, high in split_sentences(text[block.start : block.end])]
    for index, (begin, stop) in enumerate(spans):
        if stop > start and begin < end:
            first, last = quoted_with(text, spans, index, start)
            above = over if first == 0 and over and leans(text[slice(*over)], text[slice(*spans[0])]) else None
            parts = _below(above, *spans[first : last + 1])
            found.append(_unit("sentence", page, block, parts, setting, place, bool(above)))
        setting = text[begin:stop]
    return found


def _list(
    page: StoredPage, above: Block | None, items: list[Block], lead: str, place: int, turned: Range | None = None
) -> list[Unit]:
    """The list as one unit, below what turns its lead; none if it is too long to be shown whole, or no list."""
    text = page.document.text
    shown = (above or items[0]).line_start, items[-1].end
    if (len(items) < 2 and not above) or len(text[slice(*shown)].split()) > _MAX_LIST_WORDS:
        return []
    over = last_sentence(above, text) if above else None
    parts = _below(over, *((block.start, block.end) for block in items))
    if over and len(items) == 1:
        return [_unit("item", page, items[0], _below(turned, *parts), text[slice(*over)], place, True, items[0].start)]
    start = over[0] if over else items[0].line_start
    return [_unit("list", page, items[0], _below(turned, *parts), lead, place, bool(over), start)]


def _unit(
    kind: UnitKind, page: StoredPage, block: Block, parts: tuple[Range, ...], lead: str, place: int,
    has_lead: bool = False, start: int | None = None,
) -> Unit:  # fmt: skip
    path = [part for part in dict.fromkeys([page.document.title, *block.path]) if part]
    setting = " > ".join(path) + (f"\n{lead}" if lead else "")
    begin = parts[0][0] if start is None else start
    return Unit(
        kind, page, begin, parts[-1][1], parts, block.path, setting, place, has_lead, block.page_number, block.anchor
    )
