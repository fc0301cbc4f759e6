"""A page → its document, by the parser for its media type."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ingest import media
from ingest.errors import PageError
from ingest.formats.child import read_in_child
from ingest.formats.mail import parse_mail
from ingest.formats.opendocument.document import parse_opendocument
from ingest.formats.pdf.pdf import parse_pdf
from ingest.formats.plain.text import parse_text
from ingest.formats.pptx import parse_pptx
from ingest.formats.sheets.csv_table import parse_csv
from ingest.formats.sheets.xlsx import parse_xlsx
from ingest.formats.web.html import parse_html
from ingest.formats.web.markdown import parse_markdown
from ingest.formats.word.docx import parse_docx
from ingest.language import detect_language
from ingest.types import Document, Page

Parser = Callable[[Page], Document]

PARSERS: dict[str, Parser] = {
    media.TEXT: parse_text,
    media.MARKDOWN: parse_markdown,
    media.HTML: parse_html,
    media.XHTML: parse_html,
    media.PDF: parse_pdf,
    media.DOCX: parse_docx,
    media.PPTX: parse_pptx,
    media.XLSX: parse_xlsx,
    media.ODT: parse_opendocument,
    media.ODS: parse_opendocument,
    media.ODP: parse_opendocument,
    media.CSV: parse_csv,
    media.TSV: parse_csv,
    media.MAIL: parse_mail,
}
"""The parser of every kind of page that ``ingest.media`` calls readable."""

_LARGE = 300_000  # bytes; as many of "<p>a" take 13 s, and a real page of that size takes one
_HEADERS = 50_000  # bytes before the text of a mail; 280,000 made up for it take 3 GB

PARSER_VERSION = 8  # raised when a parser's output changes, so that unchanged pages are parsed again


def parse(page: Page) -> Document:
    """The page's document, its language detected. Raises ``PageError`` when it cannot be read."""
    kind = page.media_type.split(";")[0].strip().lower()
    parser = PARSERS.get(kind)
    if parser is None:
        raise PageError(
            f"{page.url!r} is of type {kind!r}, which is not read", hint="leave it out with the source's `exclude`"
        )
    try:
        document = read_in_child(parser, page) if _is_odd(kind, page.body) else parser(page)
    except PageError:
        raise
    except Exception as error:
        # One page that a parser trips over must not cost the others.
        raise PageError(
            f"{page.url!r} cannot be read: its parser failed with {type(error).__name__}: {error}",
            hint="leave it out with the source's `exclude`, and report it with the page",
        ) from error
    return document if document.language else dataclasses.replace(document, language=detect_language(document.text))


def _is_odd(kind: str, body: bytes) -> bool:
    """Whether a page could take very long or a lot of memory, as none does that is written for people.

    It is read like a PDF then, in a child process that is ended in time; that costs 0.3 s, too much for every page.
    """
    if kind in (media.HTML, media.XHTML, media.MARKDOWN, media.CSV, media.TSV):
        return len(body) > _LARGE
    if kind == media.MAIL:
        return len(body) > _LARGE or len(body.replace(b"\r", b"").partition(b"\n\n")[0]) > _HEADERS
    return False
