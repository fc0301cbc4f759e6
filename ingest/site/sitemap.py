"""The addresses that a sitemap names: XML, an index of others, gzip, or plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.errors import PageError
from ingest.site.client import Reply, WebClient
from ingest.site.inflate import gunzip
from ingest.site.urls import host_of, normalise
from ingest.xml_tree import xml_tree

_MAX_BYTES = 50 * 1024 * 1024  # the protocol's own limit for an unpacked sitemap
_MAX_DEPTH = 3  # an index of indexes is already rare
_MAX_FILES = 1_000
_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap file names: pages, and other sitemaps where it is an index."""

    pages: tuple[str, ...] = ()
    children: tuple[str, ...] = ()


def read_sitemap(client: WebClient, url: str) -> tuple[str, ...]:
    """Every page that the sitemap and those below it name, in order, each once.

    Raises ``PageError`` when any of them cannot be read: half a list would make the other half look deleted.
    """
    pages: dict[str, None] = {}
    waiting = [(url, 0)]
    seen = {url}
    while waiting:
        address, depth = waiting.pop(0)
        sitemap = _fetch(client, address)
        pages.update(dict.fromkeys(sitemap.pages))
        for child in sitemap.children:
            if child not in seen:
                if not client.allows(child):
                    raise PageError(
                        f"{address!r} names a sitemap on another host, {child!r}",
                        hint=f"add {host_of(child)!r} to the source's `hosts`",
                    )
                if depth >= _MAX_DEPTH or len(seen) >= _MAX_FILES:
                    raise PageError(
                        f"the sitemap {url!r} nests or splits without end", hint="name the sitemaps of pages themselves"
                    )
                seen.add(child)
                waiting.append((child, depth + 1))
    return tuple(pages)


def _fetch(client: WebClient, url: str) -> Sitemap:
    reply = client.get(url, any_type=True)
    if not isinstance(reply, Reply):
        raise PageError(f"the sitemap {url!r} is not there", hint="correct the source's `sitemaps`")
    body = gunzip(reply.body, _MAX_BYTES) if reply.body.startswith(_GZIP_MAGIC) else reply.body
    return parse_sitemap(body, reply.url)


def parse_sitemap(body: bytes, url: str) -> Sitemap:
    """What the sitemap's (unpacked) bytes name. Raises ``PageError`` for anything that is no sitemap."""
    from lxml import etree

    body = body.lstrip()  # an empty line before the declaration is damage to XML, and common
    if not body.removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
        return Sitemap(_plain(body, url))
    try:
        root = xml_tree(body)
    except etree.XMLSyntaxError as error:
        if not _ROOT.search(body[:2_000]):
            raise _no_sitemap(url) from None
        # Read as far as it goes, a sitemap that is cut short would make the rest look deleted.
        raise PageError(f"the sitemap {url!r} is damaged or cut short: {error.msg}", hint="mend the sitemap") from None
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        raise _no_sitemap(url)
    found = (
        normalise(element.text, url)
        for entry in root.iterchildren("{*}url", "{*}sitemap")
        for element in entry.iterchildren("{*}loc")
        if element.text
    )
    addresses = tuple(address for address in found if address)
    return Sitemap(children=addresses) if kind == "sitemapindex" else Sitemap(pages=addresses)


def _plain(body: bytes, url: str) -> tuple[str, ...]:
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines or any(urlsplit(line).scheme not in ("http", "https") for line in lines):
        raise _no_sitemap(url)
    return tuple(address for line in lines if (address := normalise(line)))


def _no_sitemap(url: str) -> PageError:
    return PageError(
        f"{url!r} is no sitemap", hint="correct the source's `sitemaps`; a page to start from belongs in `urls`"
    )
