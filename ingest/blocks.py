"""A document's plain text form, written by ``DocumentBuilder`` and read back by ``read_blocks``.

Every parser writes through the builder, so the chunker, the quoter and the source view need to know one form only
(it is described at ``ingest.types.Document``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.types import Document, Section

BlockKind = Literal["heading", "paragraph", "item", "row", "code"]

ITEM = re.compile(r"(?P<indent>(?:  )*)(?P<mark>- |\d{1,4}\. )(?=\S)")
_CODE_INDENT = "    "
MAX_DEPTH = 6
"""How deep lists nest at most, from 0."""

_CELL_GAP = " | "


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, table row or run of code: ``text[start:end]``, without its mark.

    ``start`` is where the block's own words begin (behind ``- ``); ``line_start`` is where its line begins. ``depth``
    is a list item's nesting, from 0. ``path`` is the heading path of its section.
    """

    kind: BlockKind
    line_start: int
    start: int
    end: int
    path: tuple[str, ...] = ()
    depth: int = 0
    page_number: int | None = None
    anchor: str | None = None


class DocumentBuilder:
    """Collects a page's headings, paragraphs, items, rows and code, and builds its ``Document``.

    Texts may hold any white space; it is folded. Empty ones are passed over.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._last: BlockKind | None = None
        self._path: list[tuple[int, str]] = []
        self._marks: list[tuple[int, tuple[str, ...], str | None, int | None]] = [(0, (), None, None)]
        self._page: int | None = None

    def heading(self, level: int, text: str, anchor: str | None = None) -> None:
        """Open a section. ``level`` 1 is the outermost; deeper sections that are open close."""
        text = _fold(text)
        if not text:
            return
        self.close(level)
        self._path.append((level, text))
        self._write("heading", text, self._headings(), anchor)

    def close(self, level: int) -> None:
        """Close every open section of this level or deeper: what follows belongs to the one around it."""
        while self._path and self._path[-1][0] >= level:
            self._path.pop()

    def page_break(self, number: int) -> None:
        """What follows stands on page ``number`` (from 1)."""
        self._page = number

    def paragraph(self, text: str) -> None:
        """A paragraph."""
        text = _fold(text)
        # A paragraph that happens to look like an item or a row must not be read back as one.
        if ITEM.match(text) or text.startswith("| "):
            text = "\u2060" + text
        self._add("paragraph", text)

    def item(self, text: str, depth: int = 0, number: int | None = None) -> None:
        """A list item; numbered when ``number`` is given."""
        text = _fold(text)
        if text:
            mark = "- " if number is None else f"{number % 10_000}. "
            self._add("item", "  " * min(depth, MAX_DEPTH) + mark + text)

    def row(self, cells: Sequence[str], header: Sequence[str] | None = None) -> None:
        """A table row, each cell under its header's name. Empty cells are left out."""
        named = []
        for column, cell in enumerate(map(_fold, cells)):
            name = _fold(header[column]) if header and column < len(header) else ""
            if cell:
                named.append(f"{name.rstrip(':')}: {cell}" if name and name != cell else cell)
        if named:
            self._add("row", "| " + _CELL_GAP.join(part.replace(_CELL_GAP, " / ") for part in named))

    def code(self, text: str) -> None:
        """Lines kept as they stand."""
        lines = [_CODE_INDENT + line.rstrip() for line in text.strip("\n").splitlines()]
        while lines and not lines[-1].strip():
            lines.pop()
        # An empty line would end the block when it is read back.
        self._add("code", "\n".join(line for line in lines if line.strip()))

    def build(self, url: str, title: str, language: str = "") -> Document:
        """The document; its sections cover the text from 0 to its end."""
        text = "".join(self._parts)
        marks = self._marks
        if len(marks) > 1 and marks[1][0] == 0:
            marks = marks[1:]
        ends = [start for start, *_ in marks[1:]] + [len(text)]
        sections = tuple(
            Section(path, start, end, anchor, page)
            for (start, path, anchor, page), end in zip(marks, ends, strict=True)
        )
        return Document(url, _fold(title), language, text, sections)

    def _headings(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._path)

    def _add(self, kind: BlockKind, text: str) -> None:
        if not text.strip():
            return
        mark = self._marks[-1]
        path = self._headings()
        same_place = mark[1] == path and (mark[3] == self._page or self._length == 0)
        self._write(kind, text, None if same_place and self._length else path, None)

    def _write(self, kind: BlockKind, text: str, path: tuple[str, ...] | None, anchor: str | None) -> None:
        if self._parts:
            gap = "\n" if kind == self._last and kind in ("item", "row") else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        if path is not None:
            self._marks.append((self._length, path, anchor, self._page))
        self._parts.append(text)
        self._length += len(text)
        self._last = kind


def _fold(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=512)
def read_blocks(document: Document) -> tuple[Block, ...]:
    """The document's blocks in order. Each lies in one section."""
    blocks: list[Block] = []
    for section in document.sections:
        position = section.start
        first = True
        while position < section.end:
            newline = document.text.find("\n", position, section.end)
            end = section.end if newline < 0 else newline
            line = document.text[position:end]
            if line.strip():
                block = _read_line(line, position, end, section, first)
                last = blocks[-1] if blocks else None
                if block.kind == "code" and last and last.kind == "code" and last.end == position - 1 and not first:
                    blocks[-1] = Block(
                        "code", last.line_start, last.start, end, last.path, 0, last.page_number, last.anchor
                    )
                else:
                    blocks.append(block)
                first = False
            position = end + 1
    return tuple(blocks)


def cells_of(text: str, row: Block) -> Iterator[tuple[int, int]]:
    """Where each cell of a table row begins and ends in the document's text, its header's name with it."""
    start = row.start
    for cell in text[row.start : row.end].split(_CELL_GAP):
        yield start, start + len(cell)
        start += len(cell) + len(_CELL_GAP)


def introduces(text: str, block: Block, below: Block | None) -> bool:
    """Whether a block belongs to what stands below it: it ends in a colon, or asks what is answered there.

    An item does so only over what it holds, as the next item of its list says something of its own.
    """
    if block.kind == "paragraph" and text[block.end - 1] == ":":
        return True
    if below is None or below.path != block.path or text[block.end - 1] not in ":?":
        return False
    return block.kind == "paragraph" or (block.kind == "item" and (below.kind != "item" or below.depth > block.depth))


def _read_line(line: str, start: int, end: int, section: Section, first: bool) -> Block:
    def block(kind: BlockKind, offset: int = 0, depth: int = 0) -> Block:
        return Block(kind, start, start + offset, end, section.heading_path, depth, section.page_number, section.anchor)

    if first and section.heading_path and line == section.heading_path[-1]:
        return block("heading")
    if item := ITEM.match(line):
        return block("item", item.end(), len(item["indent"]) // 2)
    if line.startswith("| "):
        return block("row", 2)
    if line.startswith(_CODE_INDENT):
        return block("code", len(_CODE_INDENT))
    return block("paragraph", 1 if line.startswith("\u2060") else 0)
