from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from assistant.reader.reading import Passage, Reading, Stretch, probability, reading
from assistant.reader.second_look import Read, read_twice

EMPTY = np.zeros(0, np.float32)
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


def look_again(again: Read, question: str, passages: Sequence[Passage], first: list[Reading]) -> list[Reading]:
    """What two looks come to of which the first gave `first`."""
    given = iter([lambda _question, _passages: first, again])
    return read_twice(lambda *asked: next(given)(*asked), question, passages)


def test_the_sentence_that_answers_and_the_text_without_headings_are_read_again_and_all_scores_count() -> None:
    again = Pointing({"240": 1.0, "noon.": 2.0})
    first = Pointing({"240": 3.0})("", [Passage("Halls", TEXT)])
    [found] = look_again(again, "How many?", [Passage("Halls", TEXT)], first)

    assert again.given == [Passage("", "It seats 240 people."), Passage("", TEXT)]
    assert found.score == 1.75, "the sentence counts as much as both looks at all the text: (3 + 2) / 2 and 1"
    assert found.answerable == probability(1.75)
    assert TEXT[found.start : found.end] == "240"
    assert found.best_within(0, len(TEXT)) == 3.0, "what compares a passage's lines is the first look"


def test_a_passage_without_headings_is_read_with_its_sentence_alone() -> None:
    again = Pointing({"240": 1.0})
    [found] = look_again(again, "How many?", [Passage("", TEXT)], Pointing({"240": 3.0})("", [Passage("", TEXT)]))
    assert again.given == [Passage("", "It seats 240 people.")]
    assert found.score == 2.0


def test_a_line_of_a_list_ends_a_sentence() -> None:
    again = Pointing({"noon.": 1.0})
    look_again(again, "When?", [Passage("", TEXT)], Pointing({"noon.": 1.0})("", [Passage("", TEXT)]))
    assert [passage.text for passage in again.given] == ["- Doors open at noon."]


def test_passages_that_are_compared_are_read_once() -> None:
    passages = [Passage("", f"Nothing here. The {n} word.") for n in (0, 2, 1)]
    first = Pointing({str(n): float(n) for n in range(3)})("", passages)
    again = Pointing({"2": -4.0})

    assert look_again(again, "", passages, first) == first
    assert again.given == []


def test_a_span_that_begins_with_the_space_before_it_is_of_the_sentence_behind() -> None:
    text = "Our town is far. Helsinki is near."
    first = Reading(16, 25, 1.0, probability(1.0), ())
    again = Pointing({"Helsinki": 1.0})
    look_again(again, "", [Passage("", text)], [first])
    assert [passage.text for passage in again.given] == ["Helsinki is near."]


@pytest.mark.parametrize("texts", [[], [""], ["…"], ["One sentence of the 9 kind."]])
def test_where_nothing_is_left_out_there_is_no_second_look(texts: list[str]) -> None:
    def never(_question: str, _passages: Sequence[Passage]) -> list[Reading]:
        raise AssertionError("nothing to look at")

    passages = [Passage("", text) for text in texts]
    first = Pointing({"9": 1.0})("", passages)
    assert look_again(never, "", passages, first) == first


def test_a_second_look_that_reads_nothing_changes_nothing() -> None:
    def blind(_question: str, passages: Sequence[Passage]) -> list[Reading]:
        return [reading([Stretch(np.zeros((0, 2), np.int64), EMPTY, EMPTY, 0.0)], 0) for _ in passages]

    first = Pointing({"240": 3.0})("", [Passage("Halls", TEXT)])
    assert look_again(blind, "How many?", [Passage("Halls", TEXT)], first) == first
