"""Words that hardly any text holds find texts that say the same in others."""

from __future__ import annotations

import numpy as np
import pytest

from index.keywords.keyword_index import KeywordIndex
from index.keywords.related import related
from training.related import neighbours

TEXTS = [
    ("spouse", "en", "Your spouse may be insured, too."),
    ("dog", "en", "Your dog may come along, too."),
    *((f"train {number}", "en", f"Take train {number} from the station.") for number in range(3)),
    ("railway", "en", "The railway runs at night."),
]


@pytest.fixture
def filled() -> KeywordIndex:
    index = KeywordIndex(None)
    index.put(TEXTS)
    index.commit("1")
    return index


def test_a_word_that_no_text_holds_finds_one_that_means_much_the_same(filled: KeywordIndex) -> None:
    assert list(filled.search("my husband", ["en"], 5)) == ["spouse"]
    assert filled.scores("my husband", ["en"], ["spouse", "dog"]).keys() == {"spouse"}


def test_the_words_own_text_comes_first(filled: KeywordIndex) -> None:
    filled.put([("husband", "en", "Your husband may be insured, too.")])
    filled.commit("2")
    assert list(filled.search("husband", ["en"], 5)) == ["husband", "spouse"]


def test_a_word_that_several_texts_hold_finds_those_alone(filled: KeywordIndex) -> None:
    assert filled.search("train", ["en"], 5).keys() == {"train 0", "train 1", "train 2"}


def test_words_of_a_language_without_a_list_find_themselves_alone(filled: KeywordIndex) -> None:
    filled.put([("puoliso", "fi", "Puoliso on vakuutettu.")])
    filled.commit("2")
    assert not filled.search("aviomies husband", ["fi"], 5)
    assert not related("aviomies", "fi")


def test_the_list_gives_the_nearest_first() -> None:
    near = related("Husband", "en")
    assert near[0] == ("spous", 0.87)
    assert [cosine for _, cosine in near] == sorted((cosine for _, cosine in near), reverse=True)


def test_neighbours_are_other_stems_near_enough() -> None:
    rng = np.random.default_rng(1)
    vectors = np.concatenate([np.eye(4, 40), rng.normal(size=(40, 40))]).astype(np.float32)
    vectors[1] = vectors[0] + 0.2 * vectors[2]  # the same stem
    vectors[3] = vectors[0] + 0.5 * vectors[2]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = list(neighbours(["leav", "leav", "x", "quit", *(f"w{n}" for n in range(40))], vectors))
    assert [stem for stem, _ in found[0]] == ["quit"]
    assert found[0][0][1] == pytest.approx(1 / np.sqrt(1.25), abs=1e-5)
