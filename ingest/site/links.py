"""What an HTML page says to crawlers: its links, its canonical address, whether it wants to be indexed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ingest.formats.decode import charset_of, decode_as
from ingest.site.urls import normalise

_MAX_LINKS = 10_000  # per page; the largest site index seen names some 3,000


class LinkMemory(Protocol):
    """The links that pages had when they were last read, by address; a ``dict`` is one.

    A crawl needs them for a page whose server says it has not changed, or that cannot be reached today.
    """

    def get(self, url: str, /) -> tuple[str, ...] | None:
        """The page's links, or None if it was never read."""

    def __setitem__(self, url: str, links: tuple[str, ...], /) -> None:
        """Keep the page's links."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says to crawlers. ``canonical`` is None where it names none or itself."""

    links: tuple[str, ...] = ()
    canonical: str | None = None
    noindex: bool = False
    nofollow: bool = False
    asks_to_sign_in: bool = False


def read_facts(body: bytes, url: str, media_type: str = "") -> PageFacts:
    """The facts of an HTML page served at ``url``, as ``media_type``; of a page that is no HTML, none."""
    from lxml import etree
    from lxml import html as lxml_html

    text = _utf8(body, charset_of(media_type))
    try:
        # Without huge_tree links deeper than 256 elements are left out.
        parser = lxml_html.HTMLParser(huge_tree=True, encoding=None if text is None else "utf-8")
        body = body if text is None else text
        root = lxml_html.document_fromstring(body, parser) if body.strip() else None
    except (etree.ParserError, ValueError):
        root = None
    if root is None:
        return PageFacts()
    base = next((normalise(tag.get("href", ""), url) for tag in root.iter("base")), None) or url
    links: dict[str, None] = {}
    for anchor in root.iter("a", "area"):
        if "nofollow" in anchor.get("rel", "").lower().split():
            continue
        if (href := anchor.get("href")) and (link := normalise(href, base)) and link != url:
            links[link] = None
        if len(links) >= _MAX_LINKS:
            break
    orders = " ".join(
        meta.get("content", "").lower() for meta in root.iter("meta") if meta.get("name", "").lower() == "robots"
    )
    canonical = next(
        (link.get("href") for link in root.iter("link") if "canonical" in link.get("rel", "").lower().split()), None
    )
    address = normalise(canonical, base) if canonical else None
    return PageFacts(
        tuple(links),
        address if address != url else None,
        "noindex" in orders or "none" in orders,
        "nofollow" in orders or "none" in orders,
        bool(root.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']")),
    )


def _utf8(body: bytes, charset: str) -> bytes | None:
    """The page in UTF-8, if it is in that or in the charset that it is served in; None: its ``<meta>`` has to tell."""
    for name in ("utf-8", charset):
        try:
            return decode_as(body, name).encode()
        except (LookupError, ValueError):
            continue
    return None
