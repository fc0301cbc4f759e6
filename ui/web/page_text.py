"""A document's text as HTML: headings, nested lists, tables and code, with one passage marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup, escape

from ingest.blocks import Block, cells_of, read_blocks
from ingest.types import Document

_Cell = tuple[str, int, int]  # the header's name ("" without one), and where the cell's own words start and end


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A document as HTML. The first mark has the id ``passage``; ``marked`` tells whether there is one."""

    html: Markup
    marked: bool


def marked_text(document: Document, start: int, end: int) -> MarkedText:
    """The document's text as HTML with characters ``start`` to ``end`` of it in ``<mark>``.

    Where ``end`` equals ``start`` the place is only pointed at. A leading heading that only says the title again is
    left out, unless the passage lies in it.
    """
    writer = _Writer(document.text, start, end)
    blocks = list(read_blocks(document))
    titled = bool(blocks) and blocks[0].kind == "heading" and writer.plain(blocks[0]) == document.title
    if titled and not writer.touches(blocks[0].start, blocks[0].end):
        blocks = blocks[1:]
    html = Markup()
    for kind, group in groupby(blocks, lambda block: block.kind):
        run = list(group)
        if kind == "item":
            html += writer.items(run)
        elif kind == "row":
            html += writer.rows(run)
        else:
            html += Markup().join(writer.block(block, titled) for block in run)
    return MarkedText(html, writer.marked)


@dataclass(slots=True)
class _Writer:
    text: str
    start: int
    end: int
    marked: bool = field(default=False)

    def plain(self, block: Block) -> str:
        return self.text[block.start : block.end]

    def touches(self, start: int, end: int) -> bool:
        return max(start, self.start) < min(end, self.end)

    def words(self, start: int, end: int) -> Markup:
        """``text[start:end]``, escaped, what the passage covers of it marked."""
        if self.start == self.end and 0 < self.start <= end and not self.marked:
            self.marked = True
            place = max(start, self.start)
            return Markup('{}<span id="passage"></span>{}').format(self.text[start:place], self.text[place:end])
        low, high = max(start, self.start), min(end, self.end)
        if low >= high or not self.text[low:high].strip():
            return escape(self.text[start:end])
        anchor = Markup() if self.marked else Markup(' id="passage"')
        self.marked = True
        return Markup("{}<mark{}>{}</mark>{}").format(
            self.text[start:low], anchor, self.text[low:high], self.text[high:end]
        )

    def block(self, block: Block, titled: bool) -> Markup:
        if block.kind == "heading":
            # The page's title is the h1; where the text opens with it, its own first level is that same one.
            level = max(2, min(6, len(block.path) + (0 if titled else 1)))
            return Markup("<h{0}>{1}</h{0}>").format(level, self.words(block.start, block.end))
        if block.kind == "code":
            return Markup("<pre><code>{}</code></pre>").format(self.code(block))
        return Markup("<p>{}</p>").format(self.words(block.start, block.end))

    def code(self, block: Block) -> Markup:
        """The block's lines without the indentation that makes them code."""
        lines = Markup()
        position = block.line_start
        for line in self.text[block.line_start : block.end].splitlines(keepends=True):
            lines += self.words(position + (block.start - block.line_start), position + len(line))
            position += len(line)
        return lines

    def items(self, run: Sequence[Block]) -> Markup:
        """A run of list items as nested lists; an item's kind of mark tells its list's."""
        html = Markup()
        open_lists: list[tuple[int, str]] = []
        for block in run:
            mark = self.text[block.line_start : block.start].strip()
            tag = "ul" if mark == "-" else "ol"
            while open_lists and (open_lists[-1][0] > block.depth or open_lists[-1] == (block.depth, _other(tag))):
                html += Markup("</li></{}>").format(open_lists.pop()[1])
            if open_lists and open_lists[-1][0] == block.depth:
                html += Markup("</li>")
            else:
                html += Markup("<{}>").format(tag)
                open_lists.append((block.depth, tag))
            value = Markup(' value="{}"').format(mark.rstrip(".")) if tag == "ol" else ""
            html += Markup("<li{}>{}").format(value, self.words(block.start, block.end))
        return html + Markup().join(Markup("</li></{}>").format(tag) for _, tag in reversed(open_lists))

    def rows(self, run: Sequence[Block]) -> Markup:
        """A run of table rows: a table when every cell names its column, else lines."""
        cells = [self._cells(block) for block in run]
        columns = list(dict.fromkeys(name for row in cells for name, _, _ in row))
        if "" not in columns and all(len({name for name, _, _ in row}) == len(row) for row in cells):
            head = Markup().join(Markup('<th scope="col">{}</th>').format(name) for name in columns)
            lines = (self._line(row, columns) for row in cells)
            return Markup('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>').format(
                head, Markup().join(lines)
            )
        lines = (Markup("<li>{}</li>").format(self.words(block.start, block.end)) for block in run)
        return Markup('<ul class="rows">{}</ul>').format(Markup().join(lines))

    def _line(self, row: Sequence[_Cell], columns: Sequence[str]) -> Markup:
        places = {name: (start, end) for name, start, end in row}
        tds = (Markup("<td>{}</td>").format(self.words(*places[name]) if name in places else "") for name in columns)
        return Markup("<tr>{}</tr>").format(Markup().join(tds))

    def _cells(self, block: Block) -> list[_Cell]:
        cells: list[_Cell] = []
        for start, end in cells_of(self.text, block):
            name, colon, _ = self.text[start:end].partition(": ")
            cells.append((name, start + len(name) + 2, end) if colon else ("", start, end))
        return cells


def _other(tag: str) -> str:
    return "ol" if tag == "ul" else "ul"
