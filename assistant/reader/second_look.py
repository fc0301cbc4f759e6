"""A second look at a passage: without its headings, and at the one sentence that seems to answer by itself.

What a passage says around a sentence, its headings too, often makes a question fit that the sentence does not answer.
All looks together tell an answer from none better than any. Of passages that are compared, the first look tells as
well which is the best: they are spared the fifteen milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from assistant.reader.reading import Passage, Reading, probability
from ingest.sentences import split_sentences

Read = Callable[[str, Sequence[Passage]], list[Reading]]
"""Reads passages once."""


def read_twice(read: Read, question: str, passages: Sequence[Passage]) -> list[Reading]:
    """The readings; where there is one passage, its score is the mean of that of all its text and of its best sentence.

    All its text is read under its headings and without them, the sentence without.
    """
    readings = read(question, passages)
    if len(readings) != 1 or not math.isfinite(readings[0].score):
        return readings
    [first], [passage] = readings, passages
    sentence = _sentence(first, passage.text)
    if len(sentence) == len(passage.text.strip()):
        return readings
    alone, *bare = read(question, [Passage("", sentence), *([Passage("", passage.text)] if passage.context else [])])
    if not all(math.isfinite(look.score) for look in (alone, *bare)):  # no token was read
        return readings
    score = (fmean([first.score, *(look.score for look in bare)]) + alone.score) / 2
    return [replace(first, score=score, answerable=probability(score))]


def _sentence(first: Reading, text: str) -> str:
    """The sentence that the likeliest span begins in; a line break ends one."""
    begin = first.end - len(text[first.start : first.end].lstrip())  # some tokenizers count the space before a word in
    low = text.rfind("\n", 0, begin) + 1
    line = text[low:].partition("\n")[0]
    spans = split_sentences(line)
    start, end = next((span for span in spans if span[0] <= begin - low < span[1]), (0, len(line)))
    return line[start:end]
