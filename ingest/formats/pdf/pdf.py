"""PDF → ``Document``: paragraphs, lists and headings, each with the number of its page."""

from __future__ import annotations

import dataclasses
import io
import re
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import one_line
from ingest.errors import PageError
from ingest.formats.child import read_in_child
from ingest.formats.pdf.layout import add_lines, without_running_lines
from ingest.formats.pdf.lines import Cell, Line
from ingest.formats.pdf.widths import Widths
from ingest.formats.plain.text import file_title
from ingest.types import Document, Page

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MAX_PAGES = 5_000
_EXCLUDE = "or leave it out with the source's `exclude`"
_NO_TITLE = re.compile(
    r"^(?:untitled.*|\(?anonymous\)?|microsoft \w+ - .*|.*\.(?:docx?|pptx?|xlsx?|indd|tex|pdf|dvi)|document\d*)$",
    re.IGNORECASE,
)


def parse_pdf(page: Page) -> Document:
    """A PDF's document. Raises ``PageError`` for one that is empty, cut short, encrypted, scanned, damaged or huge."""
    if not page.body:
        raise PageError(f"{page.url!r} is empty", hint=f"fill the file, {_EXCLUDE}")
    if b"%PDF-" not in page.body[:1024]:
        raise PageError(f"{page.url!r} is no PDF, whatever its name says", hint=f"correct its name, {_EXCLUDE}")
    if b"startxref" not in page.body[-2048:]:
        raise PageError(f"{page.url!r} is cut short: its end is missing", hint=f"copy the file again, {_EXCLUDE}")
    return read_in_child(read_pdf, page)


def read_pdf(page: Page) -> Document:
    """What ``parse_pdf`` does in a child process."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(page.body))
    if reader.is_encrypted and not reader.decrypt(""):
        raise PageError(f"{page.url!r} is encrypted and asks for a password", hint=f"save it without one, {_EXCLUDE}")
    count = len(reader.pages)
    if count > _MAX_PAGES:
        raise PageError(
            f"{page.url!r} has {count:,} pages, more than the {_MAX_PAGES:,} that are read",
            hint=f"split it, {_EXCLUDE}",
        )
    pages = without_running_lines([_lines(one, number) for number, one in enumerate(reader.pages, start=1)])
    builder = DocumentBuilder()
    largest = add_lines(builder, pages)
    title = _title(reader)
    document = builder.build(page.url, title or largest or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text", hint=f"if it is scanned, run OCR on it first (ocrmypdf), {_EXCLUDE}"
        )
    return dataclasses.replace(document, keywords=_keywords(reader))


def _lines(page: PageObject, number: int) -> list[Line]:
    """The page's lines in the order they are drawn, with where and how large they stand."""
    lines: list[Line] = []
    open_line = False
    widths = Widths()

    def visit(text: str, cm: list[float], tm: list[float], font: dict[str, object] | None, size: float) -> None:
        nonlocal open_line
        if not text.strip():
            open_line = open_line and "\n" not in text
            return
        height = abs(size * (tm[3] or tm[1]) * (cm[3] or cm[1])) or abs(size)
        x, y = cm[0] * tm[4] + cm[2] * tm[5] + cm[4], cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        name = str((font or {}).get("/BaseFont", ""))
        for index, part in enumerate(text.split("\n")):
            if index:
                open_line = False
            if not part.strip():
                continue
            last = lines[-1] if lines else None
            piece = Cell(part, x, x + height * widths.of(part.lstrip(), font))
            if last and open_line and abs(last.y - y) <= 0.6 * max(height, last.size):
                lines[-1] = last.extended(piece, height, name)
            elif last and abs(last.y - y) <= 0.2 * height and x > last.x:  # an item's mark and its text, a row's cells
                lines[-1] = last.extended(dataclasses.replace(piece, text=f" {part}"), height, name)
            else:
                lines.append(Line.begun(piece, y, height, name, number))
            open_line = True

    page.extract_text(visitor_text=visit)
    cleaned = (
        dataclasses.replace(
            line,
            text=_folded(line.text),
            cells=tuple(dataclasses.replace(cell, text=_folded(cell.text)) for cell in line.cells),
        )
        for line in lines
    )
    return [line for line in cleaned if line.text]


def _folded(text: str) -> str:
    # 7F is what WinAnsiEncoding, and so most programs, has for a bullet.
    return one_line(text.replace("\x7f", "•"))


def _title(reader: PdfReader) -> str:
    title = _folded(str((reader.metadata and reader.metadata.title) or ""))
    return "" if _NO_TITLE.fullmatch(title) else title


def _keywords(reader: PdfReader) -> tuple[str, ...]:
    said = str((reader.metadata and reader.metadata.get("/Keywords")) or "")
    return tuple(dict.fromkeys(word for part in re.split("[,;]", said) if (word := _folded(part))))
