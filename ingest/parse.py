"""A page → its document, by the parser for its media type."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import PurePosixPath

from ingest.errors import PageError
from ingest.language import detect_language
from ingest.markdown import parse_markdown
from ingest.text import parse_text
from ingest.types import Document, Page

Parser = Callable[[Page], Document]

_PARSERS: dict[str, Parser] = {
    "text/plain": parse_text,
    "text/markdown": parse_markdown,
}
_SUFFIXES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
}

PARSER_VERSION = 1  # raised when a parser's output changes, so that unchanged pages are parsed again


def media_type_of(path: str) -> str | None:
    """The media type that a file's name tells, or None for a kind of file that cannot be read."""
    return _SUFFIXES.get(PurePosixPath(path.lower()).suffix)


def parse(page: Page) -> Document:
    """The page's document, its language detected. Raises ``PageError`` when it cannot be read."""
    kind = page.media_type.split(";")[0].strip().lower()
    parser = _PARSERS.get(kind)
    if parser is None:
        raise PageError(
            f"{page.url!r} is of type {kind!r}, which is not read", hint="leave it out with the source's `exclude`"
        )
    document = parser(page)
    return document if document.language else dataclasses.replace(document, language=detect_language(document.text))
