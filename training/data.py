"""Training examples for the reader, made from SQuAD 2.0 in the form the product meets them.

A reader that serves people's own questions over handbook pages has to say "not here" far more often than SQuAD's
contestants. Half of the examples therefore have no answer in the passage, from five sources: SQuAD's own unanswerable
questions, neighbouring passages of the same article, the answer's passage with the answering sentence taken out, and
questions with a name, number, relation or condition changed. How a question is worded (keywords, typos, lead-ins,
back-translation) is drawn independently of whether it has an answer, so that wording gives nothing away.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training import perturb


@dataclass(frozen=True, slots=True)
class Example:
    """One question over one passage; `start` and `end` are characters of `text`, -1 where it has no answer."""

    question: str
    context: str
    text: str
    start: int = -1
    end: int = -1

    @property
    def answerable(self) -> bool:
        """Whether the passage holds an answer."""
        return self.start >= 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the data file has it: its passage's number, both wordings, and the answer's place if any."""

    passage: int
    wording: str
    original: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the examples by kind; they need not add up to one."""

    answer: float = 0.45
    polar: float = 0.03
    impossible: float = 0.29
    neighbour: float = 0.08
    removed: float = 0.07
    swapped: float = 0.08


class Squad:
    """The data file in memory: passages, their titles, and questions with and without answers."""

    def __init__(self, rows: Sequence[dict[str, object]]) -> None:
        self.titles: list[str] = []
        self.texts: list[str] = []
        self.answerable: list[Question] = []
        self.impossible: list[Question] = []
        self.articles: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            title = str(row["title"]).replace("_", " ")
            self.titles.append(title)
            self.texts.append(str(row["context"]))
            self.articles.setdefault(title, []).append(number)
            for qa in row["qas"]:  # type: ignore[attr-defined]
                self._add(number, qa)
        self.words = [frozenset(perturb.content_words(text)) for text in self.texts]
        counts = Counter(word for words in self.words for word in words)
        self.idf = {word: math.log(len(self.texts) / count) for word, count in counts.items()}
        self.names = {title: self._names(title) for title in self.articles}

    def _add(self, number: int, qa: dict[str, object]) -> None:
        answers = qa["answers"]
        wording = str(qa["question"])
        if qa["is_impossible"] or not answers:
            self.impossible.append(Question(number, wording, None, -1, -1))
            return
        answer = answers[0]  # type: ignore[index]
        start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        original = qa.get("question_original")
        self.answerable.append(Question(number, wording, None if original is None else str(original), start, end))

    def _names(self, title: str) -> list[str]:
        found = {name for number in self.articles[title] for name in perturb.names(self.texts[number])}
        return sorted(found)

    def overlap(self, question: str, words: frozenset[str]) -> float:
        """Summed rarity of the question's words found among `words`."""
        return sum(self.idf.get(word, 0.0) for word in set(perturb.content_words(question)) & words)

    def neighbour(self, question: Question, wording: str, rng: random.Random) -> int | None:
        """The number of a passage close to the question that does not hold its answer, None where there is none."""
        answer = self.texts[question.passage][question.start : question.end].lower()
        others = [n for n in self.articles[self.titles[question.passage]] if n != question.passage]
        others = [n for n in others if answer not in self.texts[n].lower()]
        if not others:
            return None
        best = sorted(others, key=lambda n: self.overlap(wording, self.words[n]), reverse=True)[:3]
        return rng.choice(best)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The data file's passages, each with its questions; gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def load(path: Path, held_out: int = 12) -> tuple[Squad, Squad]:
    """The training articles and the last `held_out` articles kept aside for calibration."""
    rows = read_rows(path)
    kept = set(list(dict.fromkeys(row["title"] for row in rows))[-held_out:]) if held_out else set()
    trained_on = [row for row in rows if row["title"] not in kept]
    return Squad(trained_on), Squad([row for row in rows if row["title"] in kept])


class Stream:
    """Examples by number: example `i` of a seed is always the same, so a run can resume at any step."""

    def __init__(self, squad: Squad, count: int, seed: int, mix: Mix | None = None) -> None:
        mix = mix or Mix()
        self.squad, self.seed = squad, seed
        rng = random.Random(seed)
        kinds = list(mix.__slots__)
        self.kinds = rng.choices(kinds, [getattr(mix, kind) for kind in kinds], k=count)
        sources = {kind: squad.impossible if kind == "impossible" else squad.answerable for kind in kinds}
        decks: dict[str, Iterator[Question]] = {kind: _deck(sources[kind], rng) for kind in kinds}
        self.questions = [next(decks[kind]) for kind in self.kinds]

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, index: int) -> Example:
        rng = random.Random(self.seed * 1_000_003 + index)
        kind, question = self.kinds[index], self.questions[index]
        # the wording as written stands on answerable questions only: keep its share alike on both sides, so that
        # the marks of translation say nothing about the answer. SQuAD's own unanswerables are all translated.
        as_written = question.original is not None and rng.random() < (0.4 if kind == "answer" else 0.75)
        wording = question.original if as_written and question.original else question.wording
        whole = self._whole(question, wording)
        make = {"polar": self._polar, "neighbour": self._neighbour, "removed": self._removed, "swapped": self._swapped}
        made = make[kind](question, whole, rng) if kind in make else None
        return self._dressed(made or whole, rng)

    def _whole(self, question: Question, wording: str) -> Example:
        n = question.passage
        return Example(wording, self.squad.titles[n], self.squad.texts[n], question.start, question.end)

    def _polar(self, _question: Question, whole: Example, rng: random.Random) -> Example | None:
        for start, end in rng.sample(spans := perturb.sentences(whole.text), len(spans)):
            if asked := perturb.polar(whole.text[start:end], rng):
                return replace(whole, question=asked, start=start, end=end)
        return None

    def _neighbour(self, question: Question, whole: Example, rng: random.Random) -> Example | None:
        number = self.squad.neighbour(question, whole.question, rng)
        return None if number is None else Example(whole.question, whole.context, self.squad.texts[number])

    def _removed(self, _question: Question, whole: Example, _rng: random.Random) -> Example | None:
        answer = whole.text[whole.start : whole.end].lower()
        parts = [whole.text[s:e] for s, e in perturb.sentences(whole.text)]
        left = [part for part in parts if answer not in part.lower()]
        if len(left) < 2 or len(left) == len(parts):
            return None
        return replace(whole, text=" ".join(left), start=-1, end=-1)

    def _swapped(self, _question: Question, whole: Example, rng: random.Random) -> Example | None:
        changed = perturb.near_miss(whole.question, whole.text, self.squad.names[whole.context], rng)
        return None if changed is None else replace(whole, question=changed, start=-1, end=-1)

    def _dressed(self, example: Example, rng: random.Random) -> Example:
        """The example cropped, with its question worded and its passage laid out as people and pages do."""
        example = self._cropped(example, rng)
        if rng.random() < 0.1:
            example = _as_list(example)
        context = example.context if rng.random() < 0.6 else ""
        return replace(example, context=context, question=perturb.reworded(example.question, rng))

    def _cropped(self, example: Example, rng: random.Random) -> Example:
        """Whole sentences around the answer, or around the likeliest: one or two of them, or up to 1,000 characters."""
        spans = perturb.sentences(example.text)
        if example.answerable:
            inside = [i for i, (s, e) in enumerate(spans) if s < example.end and e > example.start]
            first, last = inside[0], inside[-1]
        else:
            first = last = max(
                range(len(spans)),
                key=lambda i: self.squad.overlap(
                    example.question, frozenset(perturb.content_words(example.text[spans[i][0] : spans[i][1]]))
                ),
            )
        limit = rng.randint(0, 300) if rng.random() < 0.35 else rng.randint(300, 1000)
        while True:
            ways = []
            if first > 0 and spans[last][1] - spans[first - 1][0] <= limit:
                ways.append(-1)
            if last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= limit:
                ways.append(1)
            if not ways:
                break
            if rng.choice(ways) < 0:
                first -= 1
            else:
                last += 1
        low, high = spans[first][0], spans[last][1]
        moved = (example.start - low, example.end - low) if example.answerable else (-1, -1)
        return replace(example, text=example.text[low:high], start=moved[0], end=moved[1])


def _deck(questions: Sequence[Question], rng: random.Random) -> Iterator[Question]:
    """The questions without end, each once in random order before any comes again."""
    while True:
        yield from rng.sample(questions, len(questions))


def _as_list(example: Example) -> Example:
    """The passage's sentences as list items, the answer moved along."""
    pieces: list[str] = []
    start, end, length = example.start, example.end, 0
    for low, high in perturb.sentences(example.text):
        lead = "\n- " if pieces else "- "
        if example.answerable and low <= example.start < high:
            start, end = example.start - low + length + len(lead), example.end - low + length + len(lead)
            if example.end > high:  # an answer that runs over a sentence's end does not survive the line break
                return example
        pieces.append(lead + re.sub(r"\s+$", "", example.text[low:high]))
        length += len(pieces[-1])
    return replace(example, text="".join(pieces), start=start, end=end)
