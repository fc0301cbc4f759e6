"""Gold questions → how many are answered right: the measure that every change is held to."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator

from assistant.types import Answer
from ingest.errors import UsageError

_QUOTES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
    }
)
_MARKERS = re.compile(r" ?\[\d+\]")


class GoldQuestion(BaseModel, frozen=True, extra="forbid"):
    """One question of an evaluation file, with what a right answer holds."""

    id: str
    kind: str
    question: str
    history: tuple[str, ...] = ()
    answer_any: tuple[str, ...] = ()
    answer_all: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    expected: str | bool | None = None
    why: str = ""
    related: tuple[str, ...] = ()

    @field_validator("source", "related", "answer_any", "answer_all", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        values = [value] if isinstance(value, str | int | float) else value
        return [str(item) for item in values] if isinstance(values, list | tuple) else values

    @property
    def answerable(self) -> bool:
        """Whether the pages hold the answer."""
        return self.kind != "unanswerable"

    @property
    def near_miss(self) -> bool:
        """Whether the pages hold the topic but not the fact."""
        return "near-miss" in self.tags


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with the answer that was given and what became of it."""

    gold: GoldQuestion
    answer: Answer
    right: bool
    page_cited: bool


class Report(BaseModel):
    """The figures of an evaluation. Shares are of the answerable questions, 0 to 1."""

    questions: int
    right: int
    wrong: int
    false_refusals: float = Field(description="share of answerable questions that were refused")
    hedged: float = Field(description="share of answerable questions answered as partial")
    page_cited: float = Field(description="share of answerable questions with a right page among the citations")
    citation_precision: float = Field(
        description="share of the citations, over answerable questions, that are to a right page"
    )
    mean_words: float = Field(
        description="words of an answer's text, footnote numbers left out, over answerable questions"
    )
    by_kind: dict[str, dict[str, int]]
    failures: list[dict[str, object]]


@dataclass(slots=True)
class Evaluation:
    """All the questions of a file, judged."""

    judged: list[Judged] = field(default_factory=list)

    def report(self) -> Report:
        """The figures."""
        answerable = [j for j in self.judged if j.gold.answerable]
        groups: dict[str, list[Judged]] = defaultdict(list)
        for judged in self.judged:
            groups[_kind(judged.gold)].append(judged)
        return Report(
            questions=len(self.judged),
            right=sum(j.right for j in self.judged),
            wrong=sum(not j.right for j in self.judged),
            false_refusals=_share(answerable, lambda j: j.answer.outcome in ("abstained", "failed")),
            hedged=_share(answerable, lambda j: j.answer.outcome == "partial"),
            page_cited=_share(answerable, lambda j: j.page_cited),
            citation_precision=_citation_precision(answerable),
            mean_words=round(sum(count_words(j.answer) for j in answerable) / len(answerable), 1)
            if answerable
            else 0.0,
            by_kind={kind: _counts(group) for kind, group in sorted(groups.items())},
            failures=[_failure(judged) for judged in self.judged if not judged.right],
        )


def load_questions(path: Path) -> list[GoldQuestion]:
    """The questions of a YAML file. Raises ``UsageError`` naming the first thing that is wrong in it."""
    try:
        return TypeAdapter(list[GoldQuestion]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(
            f"the questions {str(path)!r} cannot be read: {error.strerror}", hint="name a YAML file of questions"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{str(path)!r} is no YAML: {error}", hint="see docs/evaluation.md for the form") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{str(path)!r}, at {place}: {first['msg']}", hint="see docs/evaluation.md for the form"
        ) from error


def evaluate(
    questions: Sequence[GoldQuestion],
    ask: Callable[[str, Sequence[str]], Answer],
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Ask every question and judge the answers."""
    evaluation = Evaluation()
    for number, gold in enumerate(questions, 1):
        evaluation.judged.append(judge_answer(gold, ask(gold.question, gold.history)))
        if progress:
            progress(number)
    return evaluation


def judge_answer(gold: GoldQuestion, answer: Answer) -> Judged:
    """Whether an answer is right.

    Answerable: *answered* or *partial*, the gold string in the text and a citation to one of its sources. A near miss:
    anything but *answered*. Any other unanswerable: *abstained*, with no citation.
    """
    if not gold.answerable:
        right = answer.outcome not in ("answered", "failed") if gold.near_miss else answer.outcome == "abstained"
        return Judged(gold, answer, right and (bool(answer.citations) <= (answer.outcome == "partial")), False)
    text = fold(_MARKERS.sub("", answer.text))
    held = all(fold(gold_string) in text for gold_string in gold.answer_all)
    held = held and (not gold.answer_any or any(fold(gold_string) in text for gold_string in gold.answer_any))
    cited = any(same_page(citation.url, source) for citation in answer.citations for source in gold.source)
    cited = cited or not gold.source
    return Judged(gold, answer, answer.outcome in ("answered", "partial") and held and cited, cited)


def fold(text: str) -> str:
    """Text with case, white space, quotes and dashes folded, so that typography decides nothing."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold().split())


def same_page(url: str, source: str) -> bool:
    """Whether a citation's address names a gold source: equal, or one ends in the other's whole path."""
    one, other = PurePosixPath(url).parts, PurePosixPath(source).parts
    shorter = min(len(one), len(other))
    return shorter > 0 and one[-shorter:] == other[-shorter:]


def count_words(answer: Answer) -> int:
    """Words of an answer's text, footnote numbers and list marks left out."""
    return len(re.sub(r"^- ", "", _MARKERS.sub("", answer.text), flags=re.MULTILINE).split())


def _kind(gold: GoldQuestion) -> str:
    if gold.answerable:
        return gold.kind
    return "near-miss" if gold.near_miss else "far" if "far" in gold.tags else gold.kind


def _counts(group: Sequence[Judged]) -> dict[str, int]:
    return {
        "questions": len(group),
        "right": sum(j.right for j in group),
        "answered": sum(j.answer.outcome == "answered" for j in group),
        "partial": sum(j.answer.outcome == "partial" for j in group),
        "abstained": sum(j.answer.outcome == "abstained" for j in group),
    }


def _share(group: Sequence[Judged], counts: Callable[[Judged], bool]) -> float:
    return round(sum(map(counts, group)) / len(group), 4) if group else 0.0


def _citation_precision(answerable: Sequence[Judged]) -> float:
    cited = [
        any(same_page(citation.url, source) for source in judged.gold.source) or not judged.gold.source
        for judged in answerable
        for citation in judged.answer.citations
    ]
    return round(sum(cited) / len(cited), 4) if cited else 0.0


def _failure(judged: Judged) -> dict[str, object]:
    gold, answer = judged.gold, judged.answer
    return {
        "id": gold.id,
        "kind": _kind(gold),
        "question": gold.question,
        "history": list(gold.history),
        "wanted": list(gold.answer_all or gold.answer_any),
        "source": list(gold.source),
        "outcome": answer.outcome,
        "answer": answer.text,
        "cited": [citation.url for citation in answer.citations],
    }
