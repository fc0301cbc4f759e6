"""How good what is found for questions is, whoever found it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.gold import GoldQuestion, fold, same_page
from tests.bench.tables import Row

Found = Sequence[Sequence[str]]
"""Passages, best first, each as its page and its text."""


def askable(questions: Sequence[GoldQuestion]) -> list[GoldQuestion]:
    """Those that have an answer and stand alone: a follow-up needs its conversation, which retrievers are not given."""
    return [gold for gold in questions if gold.answerable and not gold.history and gold.source]


def quality(questions: Sequence[GoldQuestion], found: Sequence[Found]) -> Row:
    """In hundredths of the questions: right page first, and among three; answer in the best passage, and in three."""
    pairs = list(zip(questions, found, strict=True))

    def share(counts: Sequence[bool]) -> float:
        return 100 * sum(counts) / len(counts)

    return {
        "page first, %": share([_page(gold, own, 1) for gold, own in pairs]),
        "page in 3, %": share([_page(gold, own, 3) for gold, own in pairs]),
        "answer in best, %": share([_answer(gold, own, 1) for gold, own in pairs]),
        "answer in 3, %": share([_answer(gold, own, 3) for gold, own in pairs]),
    }


def _page(gold: GoldQuestion, found: Found, pages: int) -> bool:
    """Whether a right page is among the first so many different ones."""
    first = list(dict.fromkeys(page for page, _ in found))[:pages]
    return any(same_page(page, source) for page in first for source in gold.source)


def _answer(gold: GoldQuestion, found: Found, passages: int) -> bool:
    """Whether the first passages, each of a right page, hold all that an answer holds."""
    right = [text for page, text in found[:passages] if any(same_page(page, source) for source in gold.source)]
    text = fold(" ".join(right))
    held = all(fold(part) in text for part in gold.answer_all)
    return bool(right) and held and (not gold.answer_any or any(fold(part) in text for part in gold.answer_any))
