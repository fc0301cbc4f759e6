"""Paragraphs that a site repeats on page after page: how they are told apart, and where on a page they stand.

Which of them repeat is counted over the pages of a source (``index.repeats``); here one page is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2b

from ingest.blocks import Block, read_blocks
from ingest.clean import has_letters
from ingest.types import Document

_LEAST_LETTERS = 20  # shorter ones are labels ("Monday to Friday"), whose meaning is in what stands around them
_WORD = re.compile(r"\w+")

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """What of a page may be boilerplate: the digests of its paragraphs and list items of some length, ascending.

    ``others`` says whether it holds anything else than those and headings.
    """

    digests: tuple[int, ...] = ()
    others: bool = False


def page_blocks(document: Document) -> PageBlocks:
    """The document's paragraphs and items as digests of their words, 64 bits each."""
    found: set[int] = set()
    others = False
    for block in read_blocks(document):
        digest = _digest(document, block)
        if digest is not None:
            found.add(digest)
        elif block.kind != "heading":
            others = True
    return PageBlocks(tuple(sorted(found)), others)


def ranges_of(document: Document, digests: Container[int]) -> tuple[Range, ...]:
    """Where blocks with those digests stand, as whole lines, with every heading that nothing else is under."""
    blocks = read_blocks(document)
    left_out = [_digest(document, block) in digests for block in blocks]
    for index in reversed(range(len(blocks))):
        if blocks[index].kind == "heading":
            under = _under(blocks, index)
            left_out[index] = bool(under) and all(left_out[i] for i in under)
    return tuple((b.line_start, b.end) for b, out in zip(blocks, left_out, strict=True) if out)


def _under(blocks: tuple[Block, ...], heading: int) -> range:
    """The blocks under a heading, deeper headings among them."""
    path = blocks[heading].path
    last = heading + 1
    while last < len(blocks) and blocks[last].path[: len(path)] == path:
        if blocks[last].kind == "heading" and len(blocks[last].path) == len(path):
            break
        last += 1
    return range(heading + 1, last)


def _digest(document: Document, block: Block) -> int | None:
    """A digest of the block's words, or None for one that cannot be boilerplate.

    Case, white space and punctuation are folded. Figures are not: "Open from 9 to 17" on one branch's page and "from
    10 to 18" on another's are two facts, while a notice that is repeated has the same ones everywhere.
    """
    if block.kind not in ("paragraph", "item"):
        return None
    words = _WORD.findall(document.text[block.start : block.end].casefold())
    if not has_letters("".join(words), _LEAST_LETTERS):
        return None
    return int.from_bytes(blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
