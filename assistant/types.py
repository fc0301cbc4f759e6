"""The values of a conversation: a question goes in, a stream of events comes out, the last of them the ``Answer``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from index.types import Hit
from ingest.blocks import MAX_DEPTH

Outcome = Literal["answered", "partial", "abstained", "failed"]
StatementKind = Literal["note", "sentence", "lead", "item", "row"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: ``quote`` stands verbatim at ``start``–``end`` (characters) of the page's text.

    ``before`` and ``after`` are the text around the quote in its passage. ``section`` is the heading path joined with
    `` > ``. ``link`` opens the passage: the page's public address with a text fragment or page number, or the path of
    the marked source view. Sibling pages that say the same words are in ``also``, as (title, link) pairs.
    ``page_number`` counts the pages of a PDF, or slides, from 1; None where there are none.
    """

    number: int
    title: str
    url: str
    link: str
    quote: str
    section: str
    start: int
    end: int
    fetched_at: datetime
    changed_at: datetime
    before: str = ""
    after: str = ""
    also: tuple[tuple[str, str], ...] = ()
    page_number: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of an answer. Every kind but ``note`` (the assistant's own words, which claim nothing) is cited.

    A ``sentence`` that points back ("It is valid …") has the one it points to before it, under the same footnote.
    A ``lead`` introduces the items, rows or sentence after it. ``fact`` is the part of ``text`` (characters) to
    set in bold, when the exact fact asked for can be told. ``depth`` is how deep an ``item`` lies in the list that is
    shown: 0, or at most one more than the item before it.
    """

    kind: StatementKind
    text: str
    citations: tuple[int, ...] = ()
    fact: tuple[int, int] | None = None
    depth: Annotated[int, Field(ge=0, le=MAX_DEPTH)] = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A page to look at, shown when the pages don't say. It is not a citation."""

    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Respelling:
    """A word of the question, ``asked``, that no page holds, and the word of a page that it was ``read`` as."""

    asked: str
    read: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question. ``timings`` are seconds by stage; ``confidence`` is 0 to 1, calibrated.

    ``respelt`` are the words that it rests on and that the question had otherwise. ``id`` names the answer where a log
    of answers is kept; whoever keeps it gives it.
    """

    outcome: Outcome
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...] = ()
    closest: tuple[Place, ...] = ()
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)
    id: str = ""
    respelt: tuple[Respelling, ...] = ()

    @property
    def text(self) -> str:
        """The statements as plain text: each with its footnote numbers, as ``[1]``, behind it; notes, leads, list
        items and rows on lines of their own, the last two behind ``- ``, two spaces further in a level."""
        parts: list[str] = []
        runs_on = False
        for statement in self.statements:
            line = " ".join([statement.text, *(f"[{number}]" for number in statement.citations)])
            listed = statement.kind in ("item", "row")
            if parts:
                parts.append(" " if runs_on and statement.kind == "sentence" else "\n")
            parts.append(f"{'  ' * statement.depth}- {line}" if listed else line)
            runs_on = statement.kind == "sentence"
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Started:
    """The question was taken."""

    question: str


@dataclass(frozen=True, slots=True)
class Searched:
    """The passages were found; an answer follows."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement to show, with the footnotes that it is the first to use."""

    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer, always the last event."""

    answer: Answer


Event = Started | Searched | Said | Finished
