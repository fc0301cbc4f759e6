from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from assistant.reader.reading import Passage, Reading, Stretch, probability, reading
from assistant.reader.second_look import LOOKED_AT, look_again

TEXT = "The hall is old. It seats 240 people.\n- Doors open at noon. Bring a ticket."


@dataclass
class Pointing:
    """Reads words as tokens and points at the first that it holds likely; notes what it was given."""

    likely: dict[str, float]
    given: list[Passage] = field(default_factory=list)

    def __call__(self, _question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.given += passages
        return [self._one(passage.text) for passage in passages]

    def _one(self, text: str) -> Reading:
        words = text.split()
        places, low = [], 0
        for word in words:
            low = text.index(word, low)
            places.append((low, low + len(word)))
            low += len(word)
        odds = np.array([self.likely.get(word, -9.0) for word in words], np.float32)
        half = (odds / 2).astype(np.float32)
        return reading([Stretch(np.array(places, np.int64).reshape(-1, 2), half, half, 0.0)], len(text))


def test_the_sentence_that_answers_is_read_by_itself_and_both_scores_count() -> None:
    again = Pointing({"240": 1.0})
    first = Pointing({"240": 3.0})("", [Passage("Halls", TEXT)])
    [found] = look_again(again, "How many?", [Passage("Halls", TEXT)], first)

    assert again.given == [Passage("Halls", "It seats 240 people.")]
    assert (found.score, found.alone) == (2.0, 1.0)
    assert found.answerable == probability(2.0)
    assert TEXT[found.start : found.end] == "240"
    assert found.best_within(0, len(TEXT)) == 3.0, "what compares a passage's lines is the first look"


def test_a_line_of_a_list_ends_a_sentence() -> None:
    again = Pointing({"noon.": 1.0})
    look_again(again, "When?", [Passage("", TEXT)], Pointing({"noon.": 1.0})("", [Passage("", TEXT)]))
    assert [passage.text for passage in again.given] == ["- Doors open at noon."]


def test_the_span_is_the_likeliest_to_both_looks() -> None:
    first = Pointing({"hall": 2.0, "old.": 1.9})("", [Passage("", TEXT)])
    [found] = look_again(Pointing({"hall": 1.0, "old.": 2.0}), "", [Passage("", TEXT)], first)
    assert TEXT[found.start : found.end] == "old."


def test_the_likeliest_passages_alone_are_looked_at_and_none_that_is_one_sentence() -> None:
    texts = [f"Nothing here. The {n} word." for n in range(6)] + ["One sentence of the 9 kind.", "", "…"]
    passages = [Passage("", text) for text in texts]
    likely = {str(n): float(n) for n in range(10)}
    first = Pointing(likely)("", passages)
    again = Pointing(likely)
    found = look_again(again, "", passages, first)

    assert {passage.text for passage in again.given} == {"The 5 word.", "The 4 word."}
    assert LOOKED_AT == 3
    assert [one.alone for one in found[4:7]] == [4.0, 5.0, None]
    assert found[:4] == first[:4]


@pytest.mark.parametrize("passages", [[], [Passage("", "")]])
def test_where_nothing_can_be_read_there_is_no_second_look(passages: list[Passage]) -> None:
    def never(_question: str, _passages: Sequence[Passage]) -> list[Reading]:
        raise AssertionError("nothing to look at")

    first = Pointing({})("", passages)
    assert look_again(never, "", passages, first) == first
