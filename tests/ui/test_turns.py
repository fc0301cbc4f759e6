from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from assistant.types import Event, Started
from ingest.errors import BusyError
from ui.turns import Admitted, Turns


def test_no_more_compute_at_once_than_may_and_each_gets_a_turn() -> None:
    turns, seen = Turns(2, 100), []
    now, lock = set[int](), threading.Lock()

    def work(number: int) -> None:
        with turns.turn():
            with lock:
                now.add(number)
                seen.append(len(now))
            threading.Event().wait(0.002)
            with lock:
                now.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == 30
    assert max(seen) == 2
    assert not turns.crowded


def test_who_has_begun_goes_before_who_has_not_and_the_others_in_order() -> None:
    turns, order = Turns(1, 100), []
    threads = []

    def work(name: str, begun: bool) -> None:
        with turns.turn(begun):
            order.append(name)

    with turns.turn():
        for name, begun in (("one", False), ("two", False), ("begun", True)):
            threads.append(threading.Thread(target=work, args=(name, begun)))
            waiting = len(turns._waiting)
            threads[-1].start()
            while len(turns._waiting) == waiting:
                threading.Event().wait(0.001)
        assert turns.crowded
    for thread in threads:
        thread.join(30)
    assert order == ["begun", "one", "two"]


def test_a_full_room_is_said_at_once_and_a_place_is_given_back_however_an_answer_ends() -> None:
    turns = Turns(1, 1)

    def events(fails: bool = False) -> Iterator[Event]:
        yield Started("a")
        if fails:
            raise ZeroDivisionError
        yield Started("b")

    turns.enter()
    with pytest.raises(BusyError, match="Too many questions"):
        turns.enter()
    assert len(list(Admitted(turns, events()))) == 2  # heard to its end

    turns.enter()
    broken = Admitted(turns, events(fails=True))
    next(broken)
    with pytest.raises(ZeroDivisionError):
        next(broken)

    for begun in (True, False):  # not listened to any more, or never
        turns.enter()
        left = Admitted(turns, events())
        if begun:
            next(left)
        del left
        gc.collect()
    with turns.visit(), pytest.raises(BusyError):
        turns.enter()
    turns.enter()
