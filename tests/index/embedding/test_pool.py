from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.embedding.pool import EncodingPool, Row
from index.embedding.vectors import Vectors

ROWS, STEP = 4, 16


def row(number: int, length: int) -> Row:
    return [number] * length


class Model:
    """Gives every row its first token and its length, and keeps the batches; holds the first until it is let go."""

    def __init__(self, *, held: bool = False) -> None:
        self.batches: list[list[Row]] = []
        self.began = threading.Event()
        self.go = threading.Event()
        if not held:
            self.go.set()

    def __call__(self, rows: Sequence[Row]) -> Vectors:
        self.batches.append(list(rows))
        self.began.set()
        assert self.go.wait(20)
        return np.array([[row[0], len(row)] for row in rows], np.float32)

    def pool(self, workers: int = 1) -> EncodingPool:
        return EncodingPool(self, 2, workers=workers, rows=ROWS, step=STEP)


def test_every_row_gets_its_own_vector_whoever_it_is_read_with() -> None:
    model = Model()
    pool = model.pool(workers=3)
    chance = np.random.default_rng(3)
    asked = [[row(int(n), int(n) % 90 + 1) for n in chance.integers(1, 900, size)] for size in (1, 7, 40, 23, 64, 5)]
    with ThreadPoolExecutor(6) as askers:
        found = list(askers.map(pool.vectors, asked))

    for rows, vectors in zip(asked, found, strict=True):
        assert vectors.tolist() == [[row[0], len(row)] for row in rows]
    assert sum(map(len, model.batches)) == sum(map(len, asked))
    assert max(map(len, model.batches)) <= ROWS
    assert pool.vectors([]).shape == (0, 2)


def test_rows_of_like_length_are_read_together_and_a_batch_is_filled_with_shorter_ones() -> None:
    model = Model()
    model.pool().vectors([row(n, length) for n, length in enumerate((3, 60, 20, 61, 33, 64, 50, 17, 4))])

    lengths = [sorted(-(-len(one) // STEP) for one in batch) for batch in model.batches]
    assert lengths == [[4, 4, 4, 4], [1, 2, 2, 3], [1]]


def test_a_length_of_which_there_is_a_batch_goes_before_a_longer_one_of_which_there_is_not() -> None:
    model = Model()
    model.pool().vectors([row(n, length) for n, length in enumerate((90, 40, 41, 42, 43, 44, 20))])

    assert [[len(one) for one in batch] for batch in model.batches] == [[40, 41, 42, 43], [90, 44, 20]]


def test_a_batch_of_who_came_first_is_filled_with_rows_of_others() -> None:
    model = Model(held=True)
    pool = model.pool()
    with ThreadPoolExecutor(3) as askers:
        held = askers.submit(pool.vectors, [row(9, 1)])
        assert model.began.wait(20)
        first = askers.submit(pool.vectors, [row(1, 30), row(2, 30)])
        _wait_for(pool, 2)
        later = askers.submit(pool.vectors, [row(3, 90), row(4, 31), row(5, 32), row(6, 28)])
        _wait_for(pool, 6)
        model.go.set()
        assert [future.result(20)[:, 0].tolist() for future in (held, first, later)] == [[9], [1, 2], [3, 4, 5, 6]]

    assert [sorted(one[0] for one in batch) for batch in model.batches] == [[9], [1, 2, 4, 5], [3, 6]]


def test_a_failure_is_raised_to_who_had_a_row_in_the_batch_and_to_nobody_else() -> None:
    class Failing(Model):
        def __call__(self, rows: Sequence[Row]) -> Vectors:
            if any(row[0] == 13 for row in rows):
                raise MemoryError("too long")
            return super().__call__(rows)

    pool = Failing().pool()
    with pytest.raises(MemoryError, match="too long"):
        pool.vectors([row(13, 50), *(row(n, 5) for n in range(9))])
    assert not pool.waiting, "what is left of a call that failed is read for nobody"
    assert pool.vectors([row(n, 5) for n in range(9)])[:, 0].tolist() == list(range(9))


def test_who_waits_may_end_it_and_what_is_left_of_the_call_is_read_for_nobody() -> None:
    class EnoughError(Exception):
        pass

    def enough() -> None:
        raise EnoughError

    model = Model(held=True)
    pool = model.pool()
    with ThreadPoolExecutor(2) as askers:
        ended = askers.submit(pool.vectors, [row(n, 5) for n in range(9)], enough)
        assert model.began.wait(20)
        other = askers.submit(pool.vectors, [row(n, 50) for n in range(3)])
        with pytest.raises(EnoughError):
            ended.result(20)
        model.go.set()
        assert other.result(20)[:, 0].tolist() == [0, 1, 2]

    assert [len(batch) for batch in model.batches] == [ROWS, 3]
    assert not pool.waiting


@pytest.mark.parametrize("found", [np.zeros((1, 2), np.float32), np.zeros((3, 5), np.float32)])
def test_a_model_that_gives_other_vectors_than_it_was_asked_for_is_an_error(found: Vectors) -> None:
    pool = EncodingPool(lambda _: found, 2, workers=1, rows=ROWS, step=STEP)
    with ThreadPoolExecutor(1) as asker, pytest.raises(ValueError, match=r"argument|broadcast"):
        asker.submit(pool.vectors, [row(n, 5) for n in range(3)]).result(20)


def test_a_worker_that_cannot_be_started_fails_the_call_and_none_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Model().pool(workers=2)
    submit = pool._workers.submit

    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(pool._workers, "submit", refuse)
    with pytest.raises(RuntimeError, match="new thread"):
        pool.vectors([row(1, 5)])
    monkeypatch.setattr(pool._workers, "submit", submit)
    with ThreadPoolExecutor(1) as asker:
        assert asker.submit(pool.vectors, [row(2, 5)]).result(20).tolist() == [[2, 5]]


def _wait_for(pool: EncodingPool, rows: int) -> None:
    for _ in range(2_000):
        if pool.waiting >= rows:
            return
        threading.Event().wait(0.01)
    raise AssertionError(f"{pool.waiting} rows wait, not {rows}")
