"""A second look at the likeliest passage: at the one sentence that seems to answer, without what is around it.

What a passage says around a sentence, its headings too, often makes a question fit that the sentence does not answer.
Both looks together tell an answer from none better than either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.reader.reading import Passage, Reading, probability
from ingest.sentences import split_sentences

Read = Callable[[str, Sequence[Passage]], list[Reading]]
"""Reads passages once."""


def look_again(read: Read, question: str, passages: Sequence[Passage], found: Sequence[Reading]) -> list[Reading]:
    """The readings; the score of the likeliest passage's is now the mean of the first look and the second."""
    readings = list(found)
    best = max(range(len(found)), key=lambda n: found[n].score, default=None)
    if best is None or not math.isfinite(found[best].score):
        return readings
    sentence = _sentence(found[best], passages[best].text)
    if len(sentence) == len(passages[best].text.strip()):
        return readings
    [second] = read(question, [Passage("", sentence)])
    if math.isfinite(second.score):  # else no token of it was read
        score = (found[best].score + second.score) / 2
        readings[best] = replace(found[best], score=score, answerable=probability(score))
    return readings


def _sentence(first: Reading, text: str) -> str:
    """The sentence that the likeliest span begins in; a line break ends one."""
    begin = first.end - len(text[first.start : first.end].lstrip())  # some tokenizers count the space before a word in
    low = text.rfind("\n", 0, begin) + 1
    line = text[low:].partition("\n")[0]
    spans = split_sentences(line)
    start, end = next((span for span in spans if span[0] <= begin - low < span[1]), (0, len(line)))
    return line[start:end]
