"""A document → chunks that the embedding model can read whole, with exact offsets.

A chunk never crosses the middle of what belongs together if it can be helped: a heading stays with what it is over, a
list with the line that introduces it, a sentence in one piece. Where a chunk ends depends on the text near by only, so
an edit changes the chunks around it and no others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from pydantic import BaseModel, Field

from ingest.blocks import Block, introduces, read_blocks
from ingest.repeats import Range
from ingest.sentences import split_sentences
from ingest.types import Chunk, Document, digest_of, embedded_text

# Characters to a token, at most: to WordPiece a word of more than 100 letters is a single unknown token, however long.
_MOST_LETTERS = 16
_SURELY = 0.85  # of the window


class ChunkOptions(BaseModel, frozen=True, extra="forbid"):
    """How pages are cut into passages."""

    tokens: int = Field(
        160, ge=32, description="Length to aim at, in tokens of the embedding model; never beyond its window."
    )
    small: int = Field(
        60, ge=0, description="A section shorter than this many tokens is kept in one passage with the next."
    )
    repeated: float = Field(
        0.1, ge=0, le=1,
        description="A paragraph on this share of a source's pages, and on five or more, is indexed on one of them "
        "only; 0 keeps all.",
    )  # fmt: skip


class TokenCounter(Protocol):
    """The embedding model's own idea of length."""

    @property
    def window(self) -> int:
        """How many tokens the model reads, special tokens included."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """Text that should not be parted: its range, its length in tokens, and what ties it to its neighbours.

    ``opens``: a section begins with it; ``leads``: it introduces what follows; ``listed``: it is a list's item;
    ``parted``: text that is left out stands before it.
    """

    start: int
    end: int
    tokens: int
    opens: bool
    leads: bool
    listed: bool
    parted: bool
    path: tuple[str, ...]


def chunk_document(
    document: Document, counter: TokenCounter, options: ChunkOptions, left_out: Sequence[Range] = ()
) -> list[Chunk]:
    """The document's chunks in order. Together they hold all its text but the white space between them.

    ``left_out`` are ranges of whole blocks that no chunk is to hold or to reach across.
    """
    limit = min(options.tokens, counter.window)
    ranges = _pack(_atoms(document, counter, frozenset(left_out)), limit, options.small)
    seen: Counter[str] = Counter()
    chunks: list[Chunk] = []
    for start, end, tokens in ranges:
        for begin, stop, context in _fit(document, start, end, tokens, counter):
            text = document.text[begin:stop]
            embedded = embedded_text(context, text)
            identity = digest_of(document.url, embedded, str(seen[embedded]))
            seen[embedded] += 1
            section = next(s for s in reversed(document.sections) if s.start <= begin)
            chunk = Chunk(
                identity, document.url, len(chunks), document.title, context, section.heading_path, text, begin, stop,
                section.anchor, section.page_number,
            )  # fmt: skip
            chunks.append(chunk)
    return chunks


def _atoms(document: Document, counter: TokenCounter, left_out: Set[Range]) -> list[_Atom]:
    blocks = read_blocks(document)
    lengths = counter.count([document.text[b.line_start : b.end] for b in blocks])
    special = counter.count([""])[0]
    atoms: list[_Atom] = []
    pending: list[Block] = []
    tokens = 0
    parted = False
    for block, below, length in zip(blocks, [*blocks, None][1:], lengths, strict=True):
        out = (block.line_start, block.end) in left_out
        if not out:
            pending.append(block)
            tokens += length - special
            if block.kind == "heading":
                continue
        if pending:
            atoms.append(_atom(document, pending, below, tokens, parted))
            pending, tokens = [], 0
        parted = out
    if pending:
        atoms.append(_atom(document, pending, None, tokens, parted))
    return atoms


def _atom(document: Document, blocks: Sequence[Block], below: Block | None, tokens: int, parted: bool) -> _Atom:
    last = blocks[-1]
    leads = introduces(document.text, last, below)
    opens, listed = blocks[0].kind == "heading", last.kind == "item"
    return _Atom(blocks[0].line_start, last.end, tokens, opens, leads, listed, parted, last.path)


def _pack(atoms: Sequence[_Atom], limit: int, small: int) -> list[tuple[int, int, int]]:
    """Ranges of whole atoms, each within the limit where its atoms are, and how many tokens these have together."""
    ranges: list[tuple[int, int, int]] = []
    run: list[_Atom] = []
    for index, atom in enumerate(atoms):
        if run and (_breaks(run, atom, limit, small) or _parts_list(run, atoms, index, limit)):
            ranges.append((run[0].start, run[-1].end, sum(atom.tokens for atom in run)))
            run = []
        run.append(atom)
    if run:
        ranges.append((run[0].start, run[-1].end, sum(atom.tokens for atom in run)))
    return ranges


def _breaks(run: Sequence[_Atom], atom: _Atom, limit: int, small: int) -> bool:
    if atom.parted:
        return True
    length = sum(a.tokens for a in run)
    if run[-1].leads:  # the line that introduces stays with what it introduces, unless that is hopeless
        return length + atom.tokens > 2 * limit
    if length + atom.tokens > limit:
        return True
    moved = atom.opens or atom.path != run[-1].path
    return moved and length >= small


def _parts_list(run: Sequence[_Atom], atoms: Sequence[_Atom], index: int, limit: int) -> bool:
    """Whether a list that begins here with its introduction would be parted by the limit, and would not on its own."""
    if run[-1].leads or run[-1].listed or not (atoms[index].leads or atoms[index].listed):
        return False
    length = atoms[index].tokens
    for atom in atoms[index + 1 :]:
        if not atom.listed or atom.parted or length > limit:
            break
        length += atom.tokens
    return length <= limit < length + sum(a.tokens for a in run)


def _fit(
    document: Document, start: int, end: int, tokens: int | None, counter: TokenCounter
) -> list[tuple[int, int, str]]:
    """The range with its context; cut at the best place, again and again, while the model could not read it whole.

    ``tokens`` is the sum of what its parts were counted to have, where that is known.
    """
    context = _context(document, start, counter)
    if end - start <= 1 or _fits(document, start, end, context, tokens, counter):
        return [(start, end, context)]
    middle = _cut(document.text, start, end)
    left = len(document.text[start:middle].rstrip()) + start
    right = end - len(document.text[middle:end].lstrip())
    return [*_fit(document, start, left, None, counter), *_fit(document, right, end, None, counter)]


def _fits(document: Document, start: int, end: int, context: str, tokens: int | None, counter: TokenCounter) -> bool:
    """Whether the model can read the range and its context at once."""
    if end - start > _MOST_LETTERS * counter.window:
        return False
    # Counted only where the sum comes near the window: to most tokenizers a text has as many tokens as its lines have.
    if tokens is not None and tokens + counter.window // 4 <= _SURELY * counter.window:
        return True
    return counter.count([embedded_text(context, document.text[start:end])])[0] <= counter.window


def _cut(text: str, start: int, end: int) -> int:
    """The place nearest the middle to part a range: between lines, else sentences, else words, else anywhere."""
    middle = (start + end) // 2
    stretch = text[start:end]
    lines = [start + i + 1 for i, c in enumerate(stretch) if c == "\n" and stretch[:i].strip() and stretch[i:].strip()]
    if lines:
        return min(lines, key=lambda place: abs(place - middle))
    sentences = [start + b for (_, _), (b, _) in pairwise(split_sentences(stretch))]
    if sentences:
        return min(sentences, key=lambda place: abs(place - middle))
    words = [start + i for i, c in enumerate(stretch) if c == " " and stretch[:i].strip() and stretch[i:].strip()]
    return min(words, key=lambda place: abs(place - middle)) if words else middle


def _context(document: Document, start: int, counter: TokenCounter) -> str:
    """Title and headings around a place, in at most a quarter of the model's window."""
    section = next(s for s in reversed(document.sections) if s.start <= start)
    path = list(section.heading_path)
    opening = path.pop() if path and start == section.start else None  # the passage says this heading itself
    parts = [part for part in dict.fromkeys([document.title, *path]) if part and part != opening]
    while parts:
        context = " > ".join(parts)
        if counter.count([context])[0] <= counter.window // 4:
            return context
        if len(parts) > 2:
            del parts[1]
        else:
            longest = max(range(len(parts)), key=lambda i: len(parts[i]))
            parts[longest] = parts[longest][: len(parts[longest]) * 2 // 3].rstrip()
            parts = [part for part in parts if part]
    return ""
