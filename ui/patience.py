"""Waiting for values without being held up by them."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing has come for a while."""


def patiently(values: Iterator[Value], seconds: float) -> Iterator[Value | Tick]:
    """The same values, and a ``Tick`` whenever none has come for ``seconds``; raises what they raise.

    They are made in a thread, so that whoever waits can stop waiting between any two ticks. The thread ends with the
    value that it was making then.
    """
    arrived: SimpleQueue[Value | _End] = SimpleQueue()
    left = threading.Event()

    def make() -> None:
        try:
            for value in values:
                arrived.put(value)
                if left.is_set():
                    return
            arrived.put(_End())
        except BaseException as error:  # noqa: BLE001 - it is raised to the one who waits
            arrived.put(_End(error))

    context = contextvars.copy_context()  # what is logged meanwhile bears the request's reference
    threading.Thread(target=context.run, args=(make,), name="answer", daemon=True).start()
    try:
        while True:
            try:
                value = arrived.get(timeout=seconds)
            except Empty:
                yield Tick()
                continue
            if isinstance(value, _End):
                if value.error is not None:
                    raise value.error
                return
            yield value
    finally:
        left.set()
