"""One question, one answer, as a stream of typed events."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from pydantic import BaseModel, Field

from assistant.checker.verify import Checker
from assistant.findings import Findings, joined
from assistant.language_model.generate import generate
from assistant.language_model.llm import LanguageModel
from assistant.language_model.rewrite import rewrite
from assistant.question.amounts import with_currency
from assistant.question.halves import halves_of
from assistant.question.question import Question, read_question
from assistant.question.respelling import respellings
from assistant.question.small_talk import GREETING_NOTE, is_small_talk
from assistant.quoting import Footnotes, can_be_cited, choose, passage_link, state
from assistant.ranking.brackets import fit
from assistant.ranking.comparison import pair, sides_of, speaks_of_both
from assistant.ranking.evidence import gather
from assistant.ranking.ranking import rank_units, read_passages
from assistant.ranking.verdict import judge
from assistant.reader.reading import Reader
from assistant.types import Answer, Event, Finished, Place, Said, Searched, Started, Statement
from assistant.units.units import units_of
from index.ledger.ledger import Ledger
from index.search import Searcher
from index.types import Hit
from ingest.errors import FootnotedError

_MARGIN = 0.2  # of the best line's score: what lies further below it is not said beside it
_TIED = 0.1  # of a half's best line's score: what lies so near to it is said beside it
_TRIES = 3  # searches for a question while pages are replaced
PARTIAL_NOTE = "The pages don't say this directly; the closest passages:"
ABSTAINED_NOTE = "The pages don't say."


class AnswerOptions(BaseModel, frozen=True, extra="forbid"):
    """How questions are answered."""

    sentences: int = Field(2, ge=1, le=10, description="Sentences shown at most in an answer; a list counts as one.")
    passages: int = Field(15, ge=1, le=100, description="Passages that are looked through for the answer.")
    closest: int = Field(4, ge=1, le=10, description="Passages quoted at most when the pages do not say it directly.")
    words: int = Field(82, ge=20, le=1000, description="Words at which no further sentence is added.")
    threshold: float = Field(
        0.5,
        ge=0,
        le=1,
        description="How sure to be (0 to 1) before calling it an answer; higher hedges more and errs less.",
    )
    contact: str = Field("", description="Whom to ask when the pages don't say, shown with a refusal.")
    old_days: int = Field(
        0, ge=0, description="Days after its last change from which an answer's page is said to be old; 0: never."
    )


class Assistant:
    """Answers questions from the index by quoting it. Safe to use from several threads."""

    def __init__(
        self,
        searcher: Searcher,
        ledger: Ledger,
        reader: Reader | None = None,
        options: AnswerOptions | None = None,
        model: LanguageModel | None = None,
        checker: Checker | None = None,
        turn: Callable[[bool], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        """``turn`` gives what is held while an answer computes, told whether it has begun; not while a model writes."""
        self._searcher = searcher
        self._ledger = ledger
        self._reader = reader
        self._options = options or AnswerOptions()
        self._model = model
        self._checker = checker or Checker(reader=reader)
        self._turn = turn

    def ask(self, question: str, history: Sequence[str] = (), here: str = "") -> Iterator[Event]:
        """The events of one answer, the last of them ``Finished``. ``history``: earlier questions, oldest first.

        ``here``: the address of the page that is asked from; it and its section rank first among equals.

        A part that is down ends in the outcome ``failed``, with a note that says which.
        """
        timings: dict[str, float] = {}
        started = time.perf_counter()
        yield Started(question)
        if is_small_talk(question):
            note = Statement("note", GREETING_NOTE)
            yield Said(note, ())
            yield Finished(Answer("abstained", (note,)))
            return
        try:
            with self._turn(False):
                read = self._searcher.correct(asked := self._searcher.as_written(question))
            mended, history = self._whole(read, history)
            with self._turn(True):
                mended, hits = self._hits(mended, history, here)
            timings["search"] = time.perf_counter() - started
            yield Searched(hits)
            with self._turn(True):
                hits = self._standing(mended, history, here, hits)
                findings = self._parted(self._look(read_question(mended), history, hits), history, here)
                timings["read"] = time.perf_counter() - started - timings["search"]
                footnotes = Footnotes(findings.ranges)
        except FootnotedError as error:
            timings["total"] = time.perf_counter() - started
            note = Statement("note", f"{error.message}. {error.hint}".strip())
            yield Said(note, ())
            yield Finished(Answer("failed", (note,), timings=timings))
            return
        shown: set[int] = set()
        statements: list[Statement] = []
        for statement in self._write(findings, footnotes):
            statements.append(statement)
            new = tuple(c for c in footnotes.made if c.number in statement.citations and c.number not in shown)
            shown.update(citation.number for citation in new)
            yield Said(statement, new)
        timings["total"] = time.perf_counter() - started
        verdict = findings.verdict
        closest = self._closest(findings) if verdict.outcome == "abstained" else ()
        made = tuple(footnotes.made)
        answer = Answer(verdict.outcome, tuple(statements), made, closest, hits, verdict.answer, timings)
        yield Finished(replace(answer, respelt=respellings(asked, read, made, findings.pages)))

    def _standing(self, question: str, history: Sequence[str], here: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The hits, or others in their place where one stands no more: a sync replaced its page since.

        Its turn may come seconds after the search, and without the page that says it another would answer.
        """
        for _ in range(_TRIES):
            pages = self._ledger.pages({hit.chunk.url for hit in hits})
            texts = {url: page.document.text for url, page in pages.items()}
            if all(texts.get(c.url, "")[c.start : c.end] == c.text for c in (hit.chunk for hit in hits)):
                break
            hits = tuple(self._searcher.search(question, history, self._options.passages, here))
        return hits

    def _whole(self, question: str, history: Sequence[str]) -> tuple[str, Sequence[str]]:
        """The question made whole by the model, with no conversation left to blend in; or both as they are."""
        whole = rewrite(question, history, self._model)
        return (question, history) if whole is None or whole == question else (whole, ())

    def _write(self, findings: Findings, footnotes: Footnotes) -> Iterator[Statement]:
        """The answer in the words of the model, if there is one and they hold; else in those of the pages."""
        if self._model is None or findings.verdict.outcome != "answered" or findings.shown:
            yield from self._say(findings, footnotes)
            return
        units = [item.unit for item in findings.ranked]
        yield from generate(
            findings.question, findings.hits, units, footnotes, self._model, self._checker,
            lambda: self._say(findings, footnotes), units[0] if units else None,
        )  # fmt: skip

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The whole answer at once."""
        *_, last = self.ask(question, history)
        if not isinstance(last, Finished):
            raise TypeError(f"the last event must be Finished, not {last!r}")
        return last.answer

    def find(self, question: str, history: Sequence[str] = ()) -> Findings:
        """What is found for a question and what it comes to, for measuring and explaining."""
        mended = self._searcher.correct(self._searcher.as_written(question))
        return self._parted(self._search(mended, history), history)

    def quote(self, findings: Findings) -> Answer:
        """What is said of the findings in the pages' own words."""
        footnotes = Footnotes(findings.ranges)
        statements = self._say(findings, footnotes)
        return Answer(findings.verdict.outcome, tuple(statements), tuple(footnotes.made), (), findings.hits)

    def _look(self, question: Question, history: Sequence[str], hits: tuple[Hit, ...]) -> Findings:
        pages = self._ledger.pages({hit.chunk.url for hit in hits})
        readings = read_passages(question, history, hits, self._reader)
        ranges = self._ledger.chunk_ranges(pages)
        units = [unit for unit in units_of(hits, pages) if can_be_cited(unit, ranges)]
        ranked = fit(question, rank_units(question, history, hits, units, self._searcher, readings))
        documents = {url: page.document for url, page in pages.items()}
        evidence = gather(question, history, hits, documents, self._searcher)
        verdict = judge(question, evidence, ranked, self._options.threshold, was_read=bool(readings))
        return Findings(question, hits, pages, ranges, ranked, evidence, verdict)

    def _parted(self, whole: Findings, history: Sequence[str], here: str = "") -> Findings:
        """The findings for each of two things that are asked about, together; ``whole`` for any other question."""
        if halves := halves_of(whole.question.text):
            return self._each_asked(whole, halves, history, here)
        sides = sides_of(whole.question)
        if sides is None or (whole.ranked and speaks_of_both(whole.ranked[0], sides)):
            return whole
        one, other = (self._search(side.question, (), here) for side in sides)
        found = pair(sides, (one.ranked, other.ranked))
        if found is None or "abstained" in (one.verdict.outcome, other.verdict.outcome):
            return whole
        return joined(whole, one, other, found)

    def _each_asked(self, whole: Findings, halves: tuple[str, str], history: Sequence[str], here: str) -> Findings:
        """The best line for each of two questions in one, or for the one of them that the pages know of."""
        one = self._search(halves[0], history, here)
        other = self._search(halves[1], (*history, halves[0]), here)
        known = [half.ranked for half in (one, other) if half.verdict.outcome != "abstained"]
        best = [choose(ranked, 1, sys.maxsize, math.inf)[0] for ranked in known]
        if not known or len(choose(best, len(known), sys.maxsize, math.inf)) < len(known):
            return whole  # one line is the best for both, and is found without parting them
        lines = [
            line
            for ranked in known
            for line in choose(ranked, self._options.sentences, self._options.words // 2, _TIED)
        ]
        return joined(whole, one, other, tuple(choose(lines, len(lines), sys.maxsize, math.inf)))

    def _hits(self, question: str, history: Sequence[str], here: str) -> tuple[str, tuple[Hit, ...]]:
        """The question, a bare sum in it read in the pages' currency, and the passages for it."""
        hits = tuple(self._searcher.search(question, history, self._options.passages, here))
        told = with_currency(question, (hit.chunk.text for hit in hits))
        if told != question:
            hits = tuple(self._searcher.search(told, history, self._options.passages, here))
        return told, hits

    def _search(self, question: str, history: Sequence[str], here: str = "") -> Findings:
        question, hits = self._hits(question, history, here)
        return self._look(read_question(question), history, hits)

    def _say(self, findings: Findings, footnotes: Footnotes) -> list[Statement]:
        outcome, options = findings.verdict.outcome, self._options
        if outcome == "abstained":
            note = " ".join(part for part in (ABSTAINED_NOTE, options.contact) if part)
            return [Statement("note", note)]
        count = options.sentences if outcome == "answered" else options.closest
        chosen = findings.shown or choose(findings.ranked, count, options.words, _MARGIN)
        statements = state(findings.question, chosen, findings.ranked, footnotes, bold=outcome == "answered")
        if outcome == "partial":
            statements.insert(0, Statement("note", PARTIAL_NOTE))
        return statements

    def _closest(self, findings: Findings) -> tuple[Place, ...]:
        """The pages nearest to a question that they do not answer."""
        places = {hit.chunk.url: hit for hit in reversed(findings.hits[: self._options.closest])}
        return tuple(
            Place(
                findings.pages[url].document.title, passage_link(findings.pages[url], hit.chunk.start, hit.chunk.start)
            )
            for url, hit in reversed(places.items())
            if url in findings.pages
        )
