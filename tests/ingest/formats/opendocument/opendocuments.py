"""OpenDocument files, made in the form in which LibreOffice writes them."""

from __future__ import annotations

import io
import zipfile

from ingest.formats.opendocument.document import read_opendocument
from ingest.types import Document
from tests.ingest.documents import check_form, page_of

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"), ("number", "datastyle"), ("meta", "meta"),
        ("presentation", "presentation"), ("script", "script"),
    )
) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
_TYPE = "application/vnd.oasis.opendocument."
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


BOLD = '<style:style style:name="{}" style:family="{}"><style:text-properties fo:font-weight="bold"/></style:style>'
NAMED = (
    '<style:style style:name="Title" style:family="paragraph"/>'
    '<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph"/>'
    + BOLD.format("Table_20_Heading", "paragraph")
)


def p(said: str, style: str = "Standard") -> str:
    """A paragraph."""
    return f'<text:p text:style-name="{style}">{said}</text:p>'


def h(level: int, said: str, more: str = "") -> str:
    """A heading, with ``more`` attributes."""
    return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}"{more}>{said}</text:h>'


def listed(*items: str, style: str = "") -> str:
    """A list; each item is what stands in it."""
    inner = "".join(f"<text:list-item>{item}</text:list-item>" for item in items)
    return f'<text:list text:style-name="{style}">{inner}</text:list>' if style else f"<text:list>{inner}</text:list>"


def cells(*said: str, style: str = "Table_20_Contents", kind: str = "string") -> str:
    """A table's row."""
    inner = "".join(f'<table:table-cell office:value-type="{kind}">{p(one, style)}</table:table-cell>' for one in said)
    return f"<table:table-row>{inner}</table:table-row>"


def sheet(name: str, rows: str, style: str = "ta1") -> str:
    """A spreadsheet's sheet."""
    return f'<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>'


def content_of(kind: str, body: str, styles: str = "") -> str:
    """``content.xml``; ``kind`` is ``"text"``, ``"spreadsheet"`` or ``"presentation"``."""
    return (
        f'{_HEAD}<office:document-content {_NAMES} office:version="1.3"><office:scripts/>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def opendocument(
    kind: str, body: str, *, styles: str = "", named: str = NAMED, title: str = "", content: str = "", sealed: str = ""
) -> bytes:
    """A whole file: ``body`` with its automatic ``styles``, and the ``named`` ones. ``content`` is put in their place,
    ``sealed`` into the list of its parts.
    """
    parts = {
        "mimetype": _TYPE + kind,
        "content.xml": content or content_of(kind, body, styles),
        "styles.xml": f'{_HEAD}<office:document-styles {_NAMES} office:version="1.3"><office:styles>{named}'
        "</office:styles><office:automatic-styles>"
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
        "</office:automatic-styles><office:master-styles/></office:document-styles>",
        "meta.xml": f'{_HEAD}<office:document-meta {_NAMES} office:version="1.3"><office:meta>'
        f"<meta:generator>LibreOffice/24.2</meta:generator><dc:title>{title}</dc:title>"
        "</office:meta></office:document-meta>",
        "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest manifest:version="1.3"'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}{kind}"/>'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{sealed}'
        "</manifest:file-entry></manifest:manifest>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            kept = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, text, compress_type=kept)
    return out.getvalue()


def read(kind: str, body: str, *, styles: str = "", named: str = NAMED, title: str = "") -> Document:
    """The document that is read of such a file."""
    file = opendocument(kind, body, styles=styles, named=named, title=title)
    return check_form(read_opendocument(page_of(file, url="staff_handbook.odt")))
