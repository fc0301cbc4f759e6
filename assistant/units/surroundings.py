"""What stands around a block and belongs to it: its run, what it holds, the line that introduces or turns it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.units.negation import turns
from ingest.blocks import Block, introduces
from ingest.sentences import split_sentences

_CONTENTS = re.compile(
    r"(?:table of )?contents\b|(?:on|in) this (?:page|section|article|guide|document)\b|"
    r"sisäl(?:lys|tö)|täll[äa] sivulla\b|innehåll\b|på (?:den här|denna) sida",
    re.IGNORECASE,
)


def introduction(blocks: Sequence[Block], first: int, text: str) -> Block | None:
    """What stands right above a run and belongs to it: a line or question over it, or a heading such as "Not paid"."""
    above = blocks[first - 1] if first else None
    if above is None:
        return None
    if introduces(text, above, blocks[first]):
        return above
    return above if above.kind == "heading" and turns(text[above.start : above.end]) else None


def turned_by(blocks: Sequence[Block], first: int, index: int, text: str) -> tuple[int, int] | None:
    """The item or line above an item that turns what it says: "You may not:"."""
    for above in (*holders(blocks, first, index), introduction(blocks, first, text)):
        if above is not None and turns(text[slice(*last_sentence(above, text))]):
            return last_sentence(above, text)
    return None


def last_sentence(block: Block, text: str) -> tuple[int, int]:
    """Where a block's last sentence stands: the one that introduces what is below it."""
    low, high = split_sentences(text[block.start : block.end])[-1]
    return block.start + low, block.start + high


def holders(blocks: Sequence[Block], first: int, index: int) -> list[Block]:
    """The items that an item is nested in, the nearest first. ``first``: where its run begins."""
    found: list[Block] = []
    for block in reversed(blocks[first:index]):
        if block.depth < (found[-1] if found else blocks[index]).depth:
            found.append(block)
    return found


def held_by(blocks: Sequence[Block], index: int) -> list[Block]:
    """The deeper items right below an item."""
    last = index + 1
    while (
        last < len(blocks)
        and blocks[last].kind == "item"
        and blocks[last].path == blocks[index].path
        and blocks[last].depth > blocks[index].depth
    ):
        last += 1
    return list(blocks[index + 1 : last])


def is_contents(blocks: Sequence[Block], run: Sequence[Block], above: Block | None, text: str) -> bool:
    """Whether a list only names the page's own headings, and no line says of what kind they are."""
    if above and not _CONTENTS.match(text[above.start : above.end]):
        return False
    headings = {text[block.start : block.end].casefold() for block in blocks if block.kind == "heading"}
    return 2 * sum(text[item.start : item.end].casefold() in headings for item in run) > len(run) > 1


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


def line_over(blocks: Sequence[Block], index: int, text: str) -> tuple[int, int] | None:
    """The line or question right above a block that belongs to it."""
    if not index or not introduces(text, blocks[index - 1], blocks[index]):
        return None
    return last_sentence(blocks[index - 1], text)


def lead_above(blocks: Sequence[Block], index: int, text: str) -> str:
    """The line or question that introduces a block; a line that ends in a colon does so past headings too."""
    above = index - 1
    # Sibling headings often share the one line that introduces them all ("These are:").
    while above >= 0 and (
        blocks[above].kind == "heading" or (blocks[above].kind == "item" and blocks[above].path != blocks[index].path)
    ):
        above -= 1
    if above < 0 or not introduces(text, blocks[above], blocks[index]):
        return ""
    sentences = split_sentences(text[blocks[above].start : blocks[above].end])
    shown = sentences[-2:]
    return text[blocks[above].start + shown[0][0] : blocks[above].start + shown[-1][1]]
