"""Pages to parse, and the check that every parsed document keeps to the one plain form."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ingest.blocks import read_blocks
from ingest.types import Document, Page


def page_of(body: bytes | str, media_type: str = "text/html", url: str = "page") -> Page:
    """A page of these bytes."""
    data = body.encode() if isinstance(body, str) else body
    return Page(url, data, media_type, datetime(2026, 1, 2, tzinfo=UTC))


def lines_of(document: Document) -> list[str]:
    """The document's lines that hold something."""
    return [line for line in document.text.splitlines() if line.strip()]


def headings_of(document: Document) -> list[tuple[tuple[str, ...], str | None]]:
    """Every heading path with its anchor, in order."""
    return [(section.heading_path, section.anchor) for section in document.sections if section.heading_path]


def check_form(document: Document) -> Document:
    """Assert that text and sections are as ``ingest.types.Document`` describes them; returns the document."""
    text = document.text
    assert text == text.strip("\n")
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert document.sections[0].start == 0
    assert document.sections[-1].end == len(text)
    for before, after in zip(document.sections, document.sections[1:], strict=False):
        assert before.end == after.start
    covered = "".join(text[block.line_start : block.end] for block in read_blocks(document))
    assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", text)
    return document
