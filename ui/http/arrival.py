"""Parts of the application that take long to load: what answers questions goes before them.

Gradio takes over a second to import, and no answer needs it. So the application serves without its chat page and
``/mcp`` at first, and a request for one of them that comes too early waits until it is there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import FootnotedError
from ui.haste import making_way
from ui.http.patience import aside

_PATIENCE = 60.0  # seconds that a request waits

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A part that is there: its application, and what has to run for as long as that serves."""

    app: ASGIApp
    running: AbstractAsyncContextManager[object]


class LatePart:
    """Stands where a part of the application will be. What is asked of it waits for the part, holding no thread.

    ``load`` makes the part, and is called in a thread of its own. ``trouble`` says why that failed.
    """

    def __init__(self, name: str, load: Callable[[], Arrived]) -> None:
        self.name = name
        self.trouble = ""
        self._load = load
        self._app: ASGIApp | None = None
        self._over = asyncio.Event()

    @property
    def is_loading(self) -> bool:
        """Whether it is still to come."""
        return not self._over.is_set()

    async def arrive(self, running: AsyncExitStack) -> None:
        """Load it, and have it run until ``running`` is closed. A failure is kept rather than raised."""
        try:
            arrived = await aside(self._load)
            await running.enter_async_context(arrived.running)
            self._app = arrived.app
        except Exception as error:  # noqa: BLE001 - whatever breaks one part, the others serve and say what is wrong
            self.trouble = f"the {self.name} could not be loaded: {type(error).__name__}"
            _log.exception("the %s could not be loaded", self.name)
        self._over.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to the part. Raises ``FootnotedError`` where there is none, or none yet."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), _PATIENCE)
        if self._app is None:
            if self.trouble:
                raise FootnotedError(self.trouble, hint="the server's log says why")
            raise FootnotedError(f"the {self.name} is still being loaded", hint="try again in a moment")
        await self._app(scope, receive, send)


class LateParts:
    """The parts of an application that come after the rest, one after the other in the order in which they were added.

    ``after`` returns when they may begin to load, ``idle`` tells whether they need not make way for answers.
    """

    def __init__(self, after: Callable[[], object] = lambda: None, idle: Callable[[], bool] = lambda: True) -> None:
        self._after = after
        self._idle = idle
        self._parts: list[LatePart] = []
        self._over = threading.Event()

    def add(self, name: str, load: Callable[[], Arrived]) -> LatePart:
        """A part that is loaded while the application runs."""

        def load_politely() -> Arrived:
            with making_way(self._idle):
                return load()

        self._parts.append(LatePart(name, load_politely))
        return self._parts[-1]

    @property
    def loading(self) -> list[str]:
        """The names of those that are still to come."""
        return [part.name for part in self._parts if part.is_loading]

    @property
    def trouble(self) -> str:
        """What is wrong with those that could not be loaded."""
        return "; ".join(part.trouble for part in self._parts if part.trouble)

    def wait(self, seconds: float) -> None:
        """Wait until the last of them is there, or is known not to come."""
        self._over.wait(seconds)

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """Loads them beside what runs in the block, and ends them with it."""
        del app
        leave = asyncio.Event()
        task = asyncio.create_task(self._run(leave))
        try:
            yield
        finally:
            leave.set()
            if self.loading:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self, leave: asyncio.Event) -> None:
        # What runs with a part is entered and left in one task, as anyio asks.
        async with AsyncExitStack() as running:
            await aside(self._after)
            for part in self._parts:
                await part.arrive(running)
            self._over.set()
            await leave.wait()
