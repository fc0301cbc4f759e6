"""Waiting for values that take long to make, without holding up whoever else the event loop serves."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")
_LONG = 60  # seconds between looks whether something has come; what comes is seen at once


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing has come for a while."""


async def patiently(values: Iterator[Value], seconds: float) -> AsyncIterator[Value | Tick]:
    """The same values, and a ``Tick`` whenever none has come for ``seconds``; raises what they raise.

    They are made in a thread of their own, so that whoever waits can stop waiting at any moment, and a hundred who wait
    take none of the threads that serve others. The thread ends with the value that it was making then.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[Value | _End] = asyncio.Queue()
    left = threading.Event()

    def arrive(value: Value | _End) -> None:
        if not left.is_set():
            loop.call_soon_threadsafe(arrived.put_nowait, value)

    context = contextvars.copy_context()  # what is logged meanwhile bears the request's reference
    threading.Thread(target=context.run, args=(_make, values, arrive, left), name="answer", daemon=True).start()
    try:
        while True:
            try:
                value = await asyncio.wait_for(arrived.get(), seconds)
            except TimeoutError:
                yield Tick()
                continue
            if isinstance(value, _End):
                if value.error is not None:
                    raise value.error
                return
            yield value
    finally:
        left.set()


def _make(values: Iterator[Value], arrive: Callable[[Value | _End], None], left: threading.Event) -> None:
    try:
        for value in values:
            arrive(value)
            if left.is_set():
                return
        arrive(_End())
    except BaseException as error:  # noqa: BLE001 - it is raised to the one who waits
        arrive(_End(error))


async def aside(make: Callable[[], Value]) -> Value:
    """What a function gives, called in a thread of its own."""
    async for value in patiently(_once(make), _LONG):
        if not isinstance(value, Tick):
            return value
    raise AssertionError("unreachable")


def _once(make: Callable[[], Value]) -> Iterator[Value]:
    yield make()
