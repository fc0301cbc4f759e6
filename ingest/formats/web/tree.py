"""HTML → a tree of elements, of bounded size and depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import PageError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_BYTES = 10_000_000  # took 10 s and 300 MB; the longest books on one page have 2 MB
_DEEPEST = 2_048  # elements inside each other where libxml2 gives up, and leaves out the rest of the page
_MAX_DEPTH = 100  # elements inside each other; real pages reach 60, and deeper ones are flattened
_ROW = ("tr", "td")
_PARTS = {
    **dict.fromkeys(("table", "thead", "tbody", "tfoot"), _ROW),
    **dict.fromkeys(("ul", "ol", "menu"), ("li",)),
    "tr": ("td",),
    "dl": ("dd",),
}
"""What alone holds text in these elements."""


def check_size(size: int, url: str) -> None:
    """Raise ``PageError`` for a page of so many bytes of HTML that they are not read."""
    if size > _MAX_BYTES:
        raise PageError(
            f"{url!r} has {size:,} bytes of HTML, more than the {_MAX_BYTES:,} that are read",
            hint="split the page, or leave it out with the source's `exclude`",
        )


def parse_tree(text: str, url: str) -> HtmlElement | None:
    """The page as a tree, without comments, or None where there is nothing in it.

    Raises ``PageError`` where elements stand too deep in each other to be read to the end.
    """
    from lxml import etree
    from lxml import html as lxml_html

    # huge_tree lifts the depth of 256, below which text would be lost without a word.
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return None
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise PageError(
            f"{url!r} has more than {_DEEPEST:,} elements inside each other",
            hint="close its tags, or leave it out with the source's `exclude`",
        )
    _flatten(root)
    return root


def _flatten(root: HtmlElement) -> None:
    """Turn what lies deeper than ``_MAX_DEPTH`` into plain text: nothing after this has to fear deep trees."""
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in element]
    for element in level:
        text = " ".join(element.itertext())
        element.text, element[:] = None, []
        inner = element
        for part in _PARTS.get(element.tag, ()):
            inner.append(inner.makeelement(part))
            inner = inner[0]
        inner.text = text
