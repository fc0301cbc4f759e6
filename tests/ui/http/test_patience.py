from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from tests.loops import run
from ui.http.patience import Tick, aside, patiently


def test_values_come_in_order_and_a_tick_where_one_is_late() -> None:
    go_on = threading.Event()

    def late() -> Iterator[int]:
        yield 1
        go_on.wait(60)
        yield 2

    async def listen() -> list[int | Tick]:
        got: list[int | Tick] = []
        async for value in patiently(late(), 0.01):
            got.append(value)
            if isinstance(value, Tick):
                go_on.set()
        return got

    got = run(listen())
    assert [value for value in got if not isinstance(value, Tick)] == [1, 2]
    assert isinstance(got[1], Tick)


def test_what_the_values_raise_is_raised() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    async def listen() -> None:
        values = patiently(broken(), 1)
        assert await anext(values) == 1
        with pytest.raises(ZeroDivisionError):
            await anext(values)

    run(listen())


def test_whoever_leaves_ends_the_making_at_the_next_value() -> None:
    made: list[int] = []
    gate = threading.Semaphore(1)

    def endless() -> Iterator[int]:
        for number in range(1000):
            gate.acquire()
            made.append(number)
            yield number

    async def listen() -> None:
        values = patiently(endless(), 0.01)
        assert await anext(values) == 0
        assert isinstance(await anext(values), Tick)
        await values.aclose()  # type: ignore[attr-defined]

    run(listen())
    before = {thread for thread in threading.enumerate() if thread.name == "answer"}
    for _ in range(5):
        gate.release()
    for thread in before:
        thread.join(30)
    assert made == [0, 1]


def test_others_are_served_while_a_hundred_wait() -> None:
    go_on = threading.Event()

    async def wait_and_look() -> list[bool]:
        waiting = [asyncio.create_task(aside(lambda: go_on.wait(60))) for _ in range(100)]
        await asyncio.to_thread(go_on.set)  # by one of the few threads that everyone shares
        return list(await asyncio.gather(*waiting))

    assert run(wait_and_look()) == [True] * 100
