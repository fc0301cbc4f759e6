"""Lines as they stand on paper → paragraphs, list items and headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from ingest.blocks import DocumentBuilder
from ingest.formats.pdf.lines import Line
from ingest.formats.pdf.tables import Tables, table_length

_BULLET = re.compile(r"(?:[•▪◦‣●○■–—*-]|\uf0b7|(?P<number>\d{1,3})[.)])\s+(?=\S)")
_PAGE_NUMBER = re.compile(
    r"(?:page\s+|sivu\s+|sida\s+|- )?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|av)\s*\d{1,4})?(?: -)?", re.IGNORECASE
)
_CONTENTS = re.compile(r"(?:\s?\.){5,}\s*(?:\d{1,4}|[ivxlc]{1,6})$")  # a line of the table of contents
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+[^\W\d_]")  # a heading's number
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_HYPHENATED = re.compile(r"(?P<head>\w*[^\W\d_])-$")

_LARGER = 1.13  # a heading's size against the body's: 11 pt over 9.7 is one, a superscript's rounding is not
_WIDER = 1.2  # a gap against the usual one that parts paragraphs (TeX leaves 1.23 to 1.3, Word 1.5 and more)
_MAX_HEADING = 150  # characters
_EDGE_LINES = 2  # how many lines at the top and at the bottom of a page may be running ones
_SAME_HEIGHT = 4.0  # points
_FEWEST_REPEATS = 3


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without page numbers, tables of contents, and headers and footers that come again and again."""
    body = _body_size([line for page in pages for line in page])
    edges = [_edges(page) for page in pages]

    def key(line: Line) -> str:
        # "Chapter 3" in large print is a heading, however many chapters open a page.
        return line.text if _is_large(line, body) else re.sub(r"\d+", "#", line.text.casefold())

    heights: dict[str, list[float]] = {}
    for lines in edges:
        for line in lines:
            heights.setdefault(key(line), []).append(line.y)

    # A running line that names its chapter comes on few pages, but the number in it goes with the page's.
    offsets = Counter(offset for lines in edges for offset in {_offset(line) for line in lines} if offset is not None)
    often = max(_FEWEST_REPEATS, len(pages) / 20)

    def runs(line: Line) -> bool:
        same = [y for y in heights[key(line)] if abs(y - line.y) <= _SAME_HEIGHT]
        offset = None if _is_large(line, body) else _offset(line)
        counted = 0 if offset is None else offsets[offset]
        return (
            _PAGE_NUMBER.fullmatch(line.text) is not None or len(same) >= often or counted >= max(often, len(pages) / 4)
        )

    dropped = [{id(line) for line in lines if runs(line)} for lines in edges]
    return [
        [line for line in page if id(line) not in gone and not _CONTENTS.search(line.text)]
        for page, gone in zip(pages, dropped, strict=True)
    ]


def _edges(page: Sequence[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: -line.y)
    return by_height if len(by_height) <= 2 * _EDGE_LINES else by_height[:_EDGE_LINES] + by_height[-_EDGE_LINES:]


def _offset(line: Line) -> int | None:
    """How far the number at the line's end or beginning is from its page's."""
    number = re.search(r"(?<![\d.,])\d{1,4}$", line.text) or re.match(r"\d{1,4}(?![\d.,])", line.text)
    return int(number[0]) - line.page if number else None


def add_lines(builder: DocumentBuilder, pages: Iterable[Sequence[Line]]) -> str:
    """Write the lines as blocks. Returns the largest heading of the first page that has one, or nothing."""
    lines = [line for page in pages for line in page]
    if not lines:
        return ""
    writer = _Writer(builder, lines)
    tables = Tables(builder)
    body = _body_size(lines)
    index = table_end = 0
    while index < len(lines):
        count = 0 if _is_large(lines[index], body) else table_length(lines, index)
        if count:
            writer.flush()
            tables.write(lines[index : index + count], index == table_end)
            table_end = index + count
        else:
            writer.add(lines[index])
        index += count or 1
    writer.flush()
    return writer.largest


class _Writer:
    """Collects lines until a block is whole."""

    def __init__(self, builder: DocumentBuilder, lines: Sequence[Line]) -> None:
        self._out = builder
        self._body = _body_size(lines)
        pairs = [(a, b) for a, b in pairwise(lines) if a.page == b.page]
        gaps = [a.y - b.y for a, b in pairs if 0 < a.y - b.y < 3 * self._body and _rounded(b.size) == self._body]
        self._pitch = median(gaps) if gaps else 1.2 * self._body
        larger = sorted({_rounded(line.size) for line in lines if _is_large(line, self._body)}, reverse=True)
        self._levels = {size: min(level, 5) for level, size in enumerate(larger, start=1)}
        self._words = Counter(word for line in lines for word in re.findall(r"\w+(?:-\w+)+", line.text.casefold()))
        self._group: list[Line] = []
        self._kind = "paragraph"
        self._item_x: float | None = None
        self.largest = ""
        self._largest_size = 0.0

    def add(self, line: Line) -> None:
        """Take the next line; write what is whole before it."""
        last = self._group[-1] if self._group else None
        kind = self._kind_of(line, last)
        if last is not None and not self._goes_on(last, line, kind):
            self.flush()
        if not self._group:
            self._kind = kind
        self._group.append(line)

    def flush(self) -> None:
        """Write the block that is open."""
        if not self._group:
            return
        lines, self._group = self._group, []
        self._out.page_break(lines[0].page)
        if self._kind == "code":
            self._out.code("\n".join(line.text for line in lines))
            return
        text = self._joined(lines)
        bullet = _BULLET.match(text)
        if self._kind == "heading":
            self._heading(text, lines[0])
        elif self._kind == "item" and bullet:
            number = int(bullet["number"]) if bullet["number"] else None
            self._out.item(text[bullet.end() :], self._depth(lines[0]), number)
        else:
            self._item_x = None
            self._out.paragraph(text)

    def _heading(self, text: str, line: Line) -> None:
        level = self._levels.get(_rounded(line.size), len(self._levels) + 1)
        self._out.heading(level, text)
        if line.size > self._largest_size and (not self.largest or line.page == 1):
            self.largest, self._largest_size = text, line.size

    def _kind_of(self, line: Line, last: Line | None) -> str:
        if line.monospaced and abs(_rounded(line.size) - self._body) <= 1.5 and not _BULLET.match(line.text):
            return "code"
        fits = len(line.text) <= _MAX_HEADING and any(map(str.isalpha, line.text))
        if fits and _is_large(line, self._body):
            return "heading"
        apart = last is None or last.page != line.page or last.y - line.y > _WIDER * self._pitch or last.y < line.y
        if fits and line.bold and apart and len(line.text) <= _MAX_HEADING / 2 and not _SENTENCE_END.search(line.text):
            return "heading"
        return "item" if _BULLET.match(line.text) else "paragraph"

    def _goes_on(self, last: Line, line: Line, kind: str) -> bool:
        """Whether the line belongs to the block that is open."""
        same_page = last.page == line.page
        gap = last.y - line.y if same_page else 0.0
        if self._kind == "heading" or kind == "heading":
            close = same_page and abs(gap) <= 1.7 * max(last.size, line.size)
            apart = _SECTION.match(line.text) is not None
            return self._kind == kind and close and not apart and _rounded(last.size) == _rounded(line.size)
        if self._kind == "code" or kind == "code":
            return self._kind == kind and same_page
        if kind == "item":
            return False
        unfinished = not _SENTENCE_END.search(last.text) and line.text[:1].islower()
        if not same_page or gap < 0:  # the next page or column
            return unfinished
        if gap > _WIDER * self._pitch:
            return unfinished and gap <= 1.6 * self._pitch
        if self._kind == "item":
            return line.x >= self._group[0].x - 1
        indented = line.x > self._group[0].x + 0.8 * self._body and len(self._group) > 1
        return not (indented and _SENTENCE_END.search(last.text))

    def _depth(self, line: Line) -> int:
        if self._item_x is None:
            self._item_x = line.x
        self._item_x = min(self._item_x, line.x)
        return int((line.x - self._item_x) / (1.2 * self._body))

    def _joined(self, lines: Sequence[Line]) -> str:
        """The lines' words, with words that a hyphen parts at a line's end put together again."""
        text = lines[0].text
        for line in lines[1:]:
            tail = re.match(r"\w+", line.text)
            head = _HYPHENATED.search(text)
            if head is None or tail is None or not line.text[:1].islower():
                text = f"{text} {line.text}"
            elif self._words[f"{head['head']}-{tail[0]}".casefold()]:  # a compound that stands unbroken elsewhere
                text += line.text
            else:
                text = text[:-1] + line.text
        return text


def _body_size(lines: Iterable[Line]) -> float:
    """The size that most of the text is set in, in points; 0 where there is none."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[_rounded(line.size)] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _is_large(line: Line, body: float) -> bool:
    return _rounded(line.size) >= _LARGER * body


def _rounded(size: float) -> float:
    return round(size * 2) / 2
