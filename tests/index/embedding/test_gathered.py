from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from index.embedding.gathered import GatheredEncoder
from index.embedding.vectors import Vectors
from index.testing import HashEmbedding
from ingest.errors import ModelError


class Held(HashEmbedding):
    """Encodes once it is let, and keeps what it was given together."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.at_work = threading.Event()
        self.batches: list[list[str]] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.at_work.set()
        self.go_on.wait(30)
        self.batches.append(list(texts))
        if "bad" in texts:
            raise ModelError("the model failed")
        return super().encode_queries(texts)


def ask(gathered: GatheredEncoder, held: Held, questions: list[list[str]]) -> dict[int, Vectors | Exception]:
    """What each asker gets, the first at work before the others come, and they before it goes on."""
    found: dict[int, Vectors | Exception] = {}

    def work(number: int) -> None:
        try:
            found[number] = gathered.encode_queries(questions[number])
        except ModelError as error:
            found[number] = error

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(questions))]
    threads[0].start()
    assert held.at_work.wait(30)
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while len(gathered._waiting) < number:
            threading.Event().wait(0.001)
    held.go_on.set()
    for thread in threads:
        thread.join(30)
    return found


def test_what_waits_is_encoded_together_and_each_gets_its_own() -> None:
    held = Held()
    questions = [[f"question {n}", "and another"][: 1 + n % 2] for n in range(40)]
    found = ask(GatheredEncoder(held), held, questions)

    for number, texts in enumerate(questions):
        assert np.array_equal(np.asarray(found[number]), HashEmbedding().encode_queries(texts))
    assert held.batches[0] == questions[0]
    assert [len(batch) for batch in held.batches[1:]] == [32, 27]


def test_a_failure_is_raised_to_those_whose_questions_were_encoded_together() -> None:
    held = Held()
    gathered = GatheredEncoder(held)
    found = ask(gathered, held, [["good"], ["bad"], ["beside it"]])

    assert isinstance(found[0], np.ndarray)
    assert isinstance(found[1], ModelError)
    assert isinstance(found[2], ModelError)
    with pytest.raises(ModelError):
        gathered.encode_queries(["bad"])
    assert gathered.encode_queries(["good"]).shape == (1, 64)


def test_many_of_one_asker_go_in_portions_with_those_of_others_in_between() -> None:
    held = Held()
    many = [f"question {n}" for n in range(80)]
    found = ask(GatheredEncoder(held), held, [many, ["mine"]])

    for asked, vectors in zip((many, ["mine"]), (found[0], found[1]), strict=True):
        assert isinstance(vectors, np.ndarray)
        assert np.array_equal(vectors, HashEmbedding().encode_queries(asked))
    assert max(map(len, held.batches)) <= 32
    assert "mine" not in held.batches[-1], "whoever asks one question does not wait for all of another's"
