"""An answer in the language model's words, of which only what the pages bear out is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.checker.sources import ANAPHOR
from assistant.checker.verify import Checker
from assistant.language_model.llm import LanguageModel
from assistant.language_model.prompts import REFUSAL, answer_messages
from assistant.question.question import Question
from assistant.quoting import Footnotes
from assistant.types import Statement
from assistant.units.units import Unit
from index.types import Hit
from ingest.errors import ModelError
from ingest.sentences import split_sentences

MODEL_DOWN_NOTE = "The language model did not answer in time, so this is quoted from the pages."
BROKE_OFF_NOTE = "The language model broke off here."

_MARK = re.compile(r"\s*[\[【]\s*(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\s*[\]】]")
_TRAILING = re.compile(r"(?:\s*[\[【][\d\s,;–-]*[\]】]?[.]?)+\s*")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_MOST_SENTENCES = 6  # a model that goes on for longer has left the question


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as the model wrote it, without its marks, and the numbers they gave."""

    text: str
    numbers: tuple[int, ...]


def generate(
    question: Question,
    hits: Sequence[Hit],
    units: Sequence[Unit],
    footnotes: Footnotes,
    model: LanguageModel,
    checker: Checker,
    fallback: Callable[[], Sequence[Statement]],
    best: Unit | None = None,
) -> Iterator[Statement]:
    """The statements to show, each as soon as it is checked; ``footnotes.made`` grows with them.

    A sentence of the reply is shown when every passage it names is among those given, and units of those passages bear
    it out; its footnotes quote these units. One that names none may rest on any of them. The others are dropped.
    When none is left, or none rests on ``best``, the unit that answers best, the statements of ``fallback`` follow;
    when the server is down or slow, a note says so after them. ``footnotes.ranges`` must cover the pages of the hits.
    """
    passages = [(hit.chunk.context, hit.chunk.text) for hit in hits]
    messages, given = answer_messages(question.text, passages, model.options.budget)
    shown: list[str] = []
    trouble = False
    try:
        for said in read_reply(model.stream(messages)):
            if said.text == REFUSAL or len(shown) == _MOST_SENTENCES:
                break
            statement = _borne_out(said, question, hits[:given], units, footnotes, checker)
            if statement is not None and statement.text not in shown:
                shown.append(statement.text)
                yield statement
    except ModelError:
        trouble = True
    if not shown or (best is not None and not _rests_on(best, footnotes)):
        yield from (statement for statement in fallback() if statement.text not in shown)
    if trouble:
        yield Statement("note", BROKE_OFF_NOTE if shown else MODEL_DOWN_NOTE)


def _rests_on(best: Unit, footnotes: Footnotes) -> bool:
    """Whether a footnote quotes some of a unit."""
    return any(
        made.url == best.page.document.url and made.start < best.end and best.start < made.end
        for made in footnotes.made
    )


def read_reply(pieces: Iterator[str]) -> Iterator[Said]:
    """The sentences of a reply, each as soon as the next one begins: a mark may stand behind the full stop."""
    text = ""
    for piece in pieces:
        text += piece
        plain = _plain(text)
        ends = _ends(plain)
        for start, end in ends[:-1]:
            if said := _said(plain[start:end]):
                yield said
        if len(ends) > 1:
            text = plain[ends[-1][0] :]
    plain = _plain(text)
    for start, end in _ends(plain):
        if said := _said(plain[start:end]):
            yield said


def _plain(text: str) -> str:
    """The text without what the model thought aloud and without marks of emphasis."""
    return re.sub(r"\*\*|__|`", "", _THOUGHT.sub("", text))


def _ends(text: str) -> list[tuple[int, int]]:
    """The spans of the sentences with the marks behind them; a line's end ends a sentence, too."""
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        for start, end in split_sentences(line.group()):
            first, last = line.start() + start, line.start() + end
            lead = _TRAILING.match(text, first, last)
            if spans and lead and not text[spans[-1][1] : first].strip(" "):
                spans[-1] = (spans[-1][0], lead.end())
                if lead.end() >= last:
                    continue
                first = lead.end()
            spans.append((first, last))
    return spans


def _said(sentence: str) -> Said | None:
    """A sentence parted from its marks."""
    numbers: list[int] = []
    for match in _MARK.finditer(sentence):
        for part in re.split(r"\s*[,;]\s*", match[1]):
            low, _, high = re.sub(r"\s", "", part).replace("–", "-").partition("-")
            numbers += range(int(low), min(int(high or low), int(low) + 20) + 1)
    text = " ".join(_BULLET.sub("", _MARK.sub("", sentence)).split())
    text = re.sub(r" (?=[.,;:!?])", "", text)
    text = text.removesuffix("..") + "." if text.endswith("..") and not text.endswith("...") else text
    return Said(text, tuple(dict.fromkeys(numbers))) if re.search(r"\w", text) else None


def _borne_out(
    said: Said, question: Question, hits: Sequence[Hit], units: Sequence[Unit], footnotes: Footnotes, checker: Checker
) -> Statement | None:
    """The sentence as a statement with the footnotes of what bears it out, or None."""
    if not all(1 <= number <= len(hits) for number in said.numbers):
        return None
    # Small models forget the numbers: then all passages are looked through, for a sentence that stands by itself.
    if not said.numbers and (ANAPHOR.match(said.text) and not said.text.lower().startswith("the ")):
        return None
    cited = [hits[number - 1].chunk for number in said.numbers] or [hit.chunk for hit in hits]
    within = [
        unit
        for unit in units
        if any(
            unit.page.document.url == chunk.url and unit.start < chunk.end and chunk.start < unit.end for chunk in cited
        )
    ]
    finding = checker.check(said.text, within, question)
    numbers: list[int] = []
    for unit in finding.units:
        parts = footnotes.cite(unit)
        if parts is None:
            return None
        numbers += [number for _, number in parts]
    return Statement("sentence", said.text, tuple(dict.fromkeys(numbers))) if numbers else None
