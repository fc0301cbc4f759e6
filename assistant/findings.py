"""What was found for a question, before anything is said; and the findings of two questions put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.question.question import Question
from assistant.quoting import Ranges
from assistant.ranking.evidence import Evidence
from assistant.ranking.ranking import Ranked
from assistant.ranking.verdict import Verdict
from index.ledger.ledger import StoredPage
from index.types import Hit


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question.

    ``shown``: what to quote where that is decided: of each of two things that the question asks about; else empty.
    """

    question: Question
    hits: tuple[Hit, ...]
    pages: dict[str, StoredPage]
    ranges: Ranges
    ranked: list[Ranked]
    evidence: Evidence
    verdict: Verdict
    shown: tuple[Ranked, ...] = ()


def joined(whole: Findings, one: Findings, other: Findings, shown: tuple[Ranked, ...]) -> Findings:
    """The findings for the two things that ``whole`` asks about, as its own: answered where both of them are."""
    both = {one.verdict.outcome, other.verdict.outcome} == {"answered"}
    verdict = Verdict(
        "answered" if both else "partial",
        min(one.verdict.topic, other.verdict.topic),
        min(one.verdict.answer, other.verdict.answer),
    )
    hits = {hit.chunk.id: hit for hit in (*one.hits, *other.hits)}
    return replace(
        whole,
        hits=tuple(hits.values()),
        pages=one.pages | other.pages,
        ranges={**one.ranges, **other.ranges},
        ranked=[*one.ranked, *other.ranked],
        verdict=verdict,
        shown=shown,
    )
