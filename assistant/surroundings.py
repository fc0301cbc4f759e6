"""What stands around a block and belongs to it: the run it is in, the line that introduces it or turns what it says."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.negation import turns
from ingest.blocks import Block
from ingest.sentences import split_sentences


def introduction(blocks: Sequence[Block], first: int, text: str) -> Block | None:
    """What stands right above a run and belongs to it: a line that ends in a colon, or a heading such as "Not paid"."""
    above = blocks[first - 1] if first else None
    if above is None:
        return None
    if above.kind == "paragraph" and text[: above.end].endswith(":"):
        return above
    return above if above.kind == "heading" and turns(text[above.start : above.end]) else None


def turned_by(blocks: Sequence[Block], first: int, index: int, text: str) -> tuple[int, int] | None:
    """The item or line above an item that turns what it says: "You may not:"."""
    parent = next((b for b in reversed(blocks[first:index]) if b.depth < blocks[index].depth), None)
    for above in (parent, introduction(blocks, first, text)):
        if above is None:
            continue
        low, high = split_sentences(text[above.start : above.end])[-1]
        if turns(text[above.start + low : above.start + high]):
            return above.start + low, above.start + high
    return None


def first_of_run(blocks: Sequence[Block], index: int) -> int:
    """Where the run of items or rows begins that a block is in."""
    while index > 0 and blocks[index - 1].kind == blocks[index].kind and blocks[index - 1].path == blocks[index].path:
        index -= 1
    return index


def run_from(blocks: Sequence[Block], first: int) -> list[Block]:
    """The items or rows of one section that follow each other from a block on."""
    last = first
    while (
        last + 1 < len(blocks)
        and blocks[last + 1].kind == blocks[first].kind
        and blocks[last + 1].path == blocks[first].path
    ):
        last += 1
    return list(blocks[first : last + 1])


def lead_above(blocks: Sequence[Block], index: int, text: str) -> str:
    """The line that introduces a block: a paragraph right above it that ends in a colon, headings looked past."""
    above = index - 1
    # Sibling headings often share the one line that introduces them all ("These are:").
    while above >= 0 and (
        blocks[above].kind == "heading" or (blocks[above].kind == "item" and blocks[above].path != blocks[index].path)
    ):
        above -= 1
    if above < 0 or blocks[above].kind != "paragraph" or not text[: blocks[above].end].endswith(":"):
        return ""
    sentences = split_sentences(text[blocks[above].start : blocks[above].end])
    shown = sentences[-2:]
    return text[blocks[above].start + shown[0][0] : blocks[above].start + shown[-1][1]]
