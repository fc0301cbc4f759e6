"""OpenDocument → ``Document``: texts, sheets as sections of rows, slides as sections with their number."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import one_line
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.child import read_in_child
from ingest.formats.opendocument.blocks import BlockWriter
from ingest.formats.opendocument.sheets import write_sheets
from ingest.formats.opendocument.styles import DRAW, OFFICE, SLIDES, Styles
from ingest.formats.opendocument.text import is_unseen
from ingest.formats.plain.text import file_title
from ingest.types import Document, Page
from ingest.xml_tree import xml_tree

if TYPE_CHECKING:
    from lxml.etree import _Element

_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_KINDS = tuple(f"{OFFICE}{name}" for name in ("text", "spreadsheet", "presentation"))
_MAX_DEPTH = 100  # elements inside each other; documents that people wrote reach 40


def parse_opendocument(page: Page) -> Document:
    """An OpenDocument file's document. Raises ``PageError`` for one that is empty, damaged, encrypted or a zip bomb."""
    check_archive(page, _MANIFEST, "file in OpenDocument form (.odt, .ods, .odp)")
    return read_in_child(read_opendocument, page)


def read_opendocument(page: Page) -> Document:
    """What ``parse_opendocument`` does in a child process. What the file holds counts, not what its name says."""
    with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
        if next(xml_tree(archive.read(_MANIFEST)).iter(_ENCRYPTED), None) is not None:
            raise PageError(
                f"{page.url!r} is encrypted and asks for a password",
                hint="save it without one, or leave it out with the source's `exclude`",
            )
        content = xml_tree(archive.read("content.xml"))
        names = archive.namelist()
        named = xml_tree(archive.read("styles.xml")) if "styles.xml" in names else None
        meta = xml_tree(archive.read("meta.xml")) if "meta.xml" in names else None
    _check_depth(content, page.url)
    kind = next((part for part in content.iterfind(f"{OFFICE}body/*") if part.tag in _KINDS), None)
    if kind is None:
        raise PageError(
            f"{page.url!r} is no OpenDocument text, spreadsheet or presentation, whatever its name says",
            hint="correct its name, or leave it out with the source's `exclude`",
        )
    styles = Styles(content, named)
    builder = DocumentBuilder()
    shown = ""
    if kind.tag == f"{OFFICE}spreadsheet":
        write_sheets(builder, kind, styles, page.url)
    elif kind.tag == f"{OFFICE}presentation":
        shown = _write_slides(builder, kind, styles, page.url)
    else:
        writer = BlockWriter(builder, styles, page.url, bold_headings=True)
        writer.write(kind)
        writer.write_notes()
        shown = writer.title or writer.opening
    said = "" if meta is None else one_line(meta.findtext(f".//{_TITLE}") or "")
    document = builder.build(page.url, shown or said or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text",
            hint="if its pages are pictures, run OCR on them first; or leave it out with the source's `exclude`",
        )
    return document


def _check_depth(root: _Element, url: str) -> None:
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in element]
    if level:
        raise PageError(
            f"{url!r} has more than {_MAX_DEPTH} elements inside each other",
            hint="save its text anew, or leave it out with the source's `exclude`",
        )


def _write_slides(out: DocumentBuilder, presentation: _Element, styles: Styles, url: str) -> str:
    """Write the slides that are shown, without the speaker's notes. Returns the first title."""
    writer = BlockWriter(out, styles, url, bold_headings=False)
    first = ""
    for number, slide in enumerate(presentation.iterchildren(f"{DRAW}page"), start=1):
        style = slide.get(f"{DRAW}style-name", "")
        if styles.value("drawing-page", style, f"{SLIDES}visibility", "drawing-page") == "hidden":
            continue
        out.page_break(number)
        out.close(1)
        shapes = list(slide)
        titles = (shape for shape in shapes if shape.get(f"{SLIDES}class") == "title" and not is_unseen(shape))
        heading = next(titles, None)
        if heading is not None:
            title = writer.reader.text_of(heading)
            shapes.remove(heading)
            out.heading(1, title)
            first = first or title
        writer.write(shapes)
        writer.write_notes()
    return first
