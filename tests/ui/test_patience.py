from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ui.patience import Tick, patiently


def test_values_come_in_order_and_a_tick_where_one_is_late() -> None:
    go_on = threading.Event()

    def late() -> Iterator[int]:
        yield 1
        go_on.wait(60)
        yield 2

    got: list[int | Tick] = []
    for value in patiently(late(), 0.01):
        got.append(value)
        if isinstance(value, Tick):
            go_on.set()
    assert [value for value in got if not isinstance(value, Tick)] == [1, 2]
    assert isinstance(got[1], Tick)


def test_what_the_values_raise_is_raised() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    values = patiently(broken(), 1)
    assert next(values) == 1
    with pytest.raises(ZeroDivisionError):
        next(values)


def test_whoever_leaves_ends_the_making_at_the_next_value() -> None:
    made: list[int] = []
    gate = threading.Semaphore(1)

    def endless() -> Iterator[int]:
        for number in range(1000):
            gate.acquire()
            made.append(number)
            yield number

    values = patiently(endless(), 0.01)
    assert next(values) == 0
    assert isinstance(next(values), Tick)
    values.close()  # type: ignore[attr-defined]
    before = {thread for thread in threading.enumerate() if thread.name == "answer"}
    for _ in range(5):
        gate.release()
    for thread in before:
        thread.join(30)
    assert made == [0, 1]
