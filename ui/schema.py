"""The JSON that programs send and get. The same models serve the HTTP API and the command line's ``--json``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.types import Answer, Citation, Outcome, Place, Statement, StatementKind
from index.types import Hit
from ingest.errors import UsageError

MAX_QUESTION = 2_000
"""Characters of a question. Longer ones are pasted documents: the encoder reads some 1,000 of them."""

MAX_ADDRESS = 2_000
"""Characters of the address of the page that is asked from."""

MAX_HISTORY = 20
"""Earlier questions that are looked at; the older ones are left out."""


def checked_question(question: str) -> str:
    """The question without the white space around it; raises ``UsageError`` when it is empty or too long."""
    question = question.strip()
    if not question:
        raise UsageError("The question is empty.", hint="Ask in a word or a sentence.")
    if len(question) > MAX_QUESTION:
        raise UsageError(
            f"The question is {len(question):,} characters long; at most {MAX_QUESTION:,} are read.",
            hint="Ask for one thing at a time, in a sentence or two.",
        )
    return question


class AskRequest(BaseModel):
    """A question, with the earlier questions of the conversation, oldest first.

    ``here`` is the address of the page that is asked from, if any: it and its section rank first among equals.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    history: Annotated[list[str], Field(default_factory=list)]
    here: Annotated[str, Field(max_length=MAX_ADDRESS)] = ""

    def earlier(self) -> tuple[str, ...]:
        """The earlier questions that are used: the last few, none of them empty or over-long."""
        return usable_history(self.history)


def usable_history(history: list[str]) -> tuple[str, ...]:
    """The last ``MAX_HISTORY`` questions of a conversation, each cut to ``MAX_QUESTION`` characters."""
    return tuple(question.strip()[:MAX_QUESTION] for question in history if question.strip())[-MAX_HISTORY:]


MAX_REASON = 300
"""Characters of what somebody says about an answer."""


class FeedbackRequest(BaseModel):
    """What somebody thinks of the answer that has this ``id``; an empty ``thumb`` takes back what was said."""

    model_config = ConfigDict(extra="forbid")

    answer_id: Annotated[str, Field(max_length=64)]
    thumb: Literal["", "up", "down"]
    reason: Annotated[str, Field(max_length=MAX_REASON)] = ""


class PlaceOut(BaseModel):
    """A page to look at. It is not a citation."""

    title: str
    link: str

    @classmethod
    def of(cls, place: Place) -> PlaceOut:
        """The wire form of a place."""
        return cls(title=place.title, link=place.link)


class CitationOut(BaseModel):
    """A footnote. ``start`` and ``end`` are characters of the page's text; pages in ``also`` say the same words.

    ``page_number`` counts the pages of a PDF, or slides.
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
    before: str
    after: str
    also: list[PlaceOut] = []
    page_number: int | None = None

    @classmethod
    def of(cls, citation: Citation) -> CitationOut:
        """The wire form of a citation."""
        also = [PlaceOut(title=title, link=link) for title, link in citation.also]
        return cls(**{name: getattr(citation, name) for name in cls.model_fields if name != "also"}, also=also)

    def citation(self) -> Citation:
        """The citation that was written."""
        also = tuple((place.title, place.link) for place in self.also)
        return Citation(**self.model_dump(exclude={"also"}), also=also)


class StatementOut(BaseModel):
    """One line of an answer. ``fact`` is the part of ``text``, in characters, that is the very thing asked for;
    ``depth`` how deep an ``item`` lies in its list, from 0."""

    kind: StatementKind
    text: str
    citations: list[int]
    fact: tuple[int, int] | None
    depth: int = 0

    @classmethod
    def of(cls, statement: Statement) -> StatementOut:
        """The wire form of a statement."""
        return cls(**{name: getattr(statement, name) for name in cls.model_fields})

    def statement(self) -> Statement:
        """The statement that was written."""
        return Statement(self.kind, self.text, tuple(self.citations), self.fact, self.depth)


class RespellingOut(BaseModel):
    """A word of the question, ``asked``, that no page holds, and the word of a page that it was ``read`` as."""

    asked: str
    read: str


class AnswerOut(BaseModel):
    """An answer. ``respelt`` are the words that it rests on and that the question had otherwise. ``timings`` are
    seconds by stage, ``confidence`` is 0 to 1, ``id`` is for ``/api/feedback``."""

    answer: str
    outcome: Outcome
    citations: list[CitationOut]
    statements: list[StatementOut]
    closest: list[PlaceOut]
    confidence: float
    timings: dict[str, float]
    id: str = ""
    respelt: list[RespellingOut] = []

    @classmethod
    def of(cls, answer: Answer) -> AnswerOut:
        """The wire form of an answer."""
        return cls(
            answer=answer.text,
            outcome=answer.outcome,
            citations=[CitationOut.of(citation) for citation in answer.citations],
            statements=[StatementOut.of(statement) for statement in answer.statements],
            closest=[PlaceOut.of(place) for place in answer.closest],
            confidence=round(answer.confidence, 4),
            timings={stage: round(seconds, 4) for stage, seconds in answer.timings.items()},
            id=answer.id,
            respelt=[RespellingOut(asked=word.asked, read=word.read) for word in answer.respelt],
        )


class HitOut(BaseModel):
    """A passage found."""

    url: str
    title: str
    text: str
    score: float
    start: int
    end: int

    @classmethod
    def of(cls, hit: Hit) -> HitOut:
        """The wire form of a hit."""
        chunk = hit.chunk
        return cls(url=chunk.url, title=chunk.title, text=chunk.text, score=hit.score, start=chunk.start, end=chunk.end)


class SearchOut(BaseModel):
    """The passages found for a query, best first."""

    hits: list[HitOut]


class ReadyOut(BaseModel):
    """Whether questions can be asked; ``reason`` says why not. ``to_come`` are the parts that are still loaded."""

    status: Literal["ready", "loading", "broken"]
    reason: str = ""
    to_come: list[str] = []


class ErrorOut(BaseModel):
    """What went wrong, what mends it, and the ``reference`` under which the server's log knows it."""

    message: str
    hint: str = ""
    reference: str = ""


class Refusal(BaseModel):
    """The body of every response that is an error."""

    error: ErrorOut
