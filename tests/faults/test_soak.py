"""A server under load: a soak that the suite has time for, a thousand questions at once, listeners that vanish."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Iterator

import httpx
import pytest

from tests.bench.soak import WORDS, Held, Soaked, Window, ask_for, ask_once, burst, soaked
from tests.loops import run
from tests.ui.operating import until

_PAGES = 24
_ASKERS = 50
_ROOM = 104  # answers under way or waiting, by the settings' defaults


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soaked]:
    with soaked(tmp_path_factory.mktemp("soak"), _PAGES, bundled=False) as served:
        yield served


def _window(made: Soaked, version: int) -> tuple[int, Held]:
    changed = random.Random(version).sample(WORDS[:_PAGES], 2)
    made.write(version, changed)
    window = run(ask_for(made, _ASKERS, 3.5, _PAGES))
    run(_ask_each(made, changed, window))
    assert not window.errors
    assert not window.busy
    return len(window.seconds), made.held


async def _ask_each(made: Soaked, words: list[str], window: Window) -> None:
    async with httpx.AsyncClient(timeout=120, trust_env=False) as client:
        for word in words:
            await ask_once(client, made, word, window)


def test_fifty_who_ask_on_while_pages_change_leave_nothing_behind(made: Soaked) -> None:
    for version in range(1, 4):
        _window(made, version)
    answers, helds, descriptors, threads = [], [], [], []
    for version in range(4, 14):
        answered, held = _window(made, version)
        answers.append(answered)
        helds.append(held)
        descriptors.append(made.descriptors)
        threads.append(made.threads)
    # The halves' medians, so that a single window that was in the midst of something does not count. What is kept of
    # the pages last met (bounded by number) grows with each sync, by some 70 kB here.
    between = statistics.mean(answers) * 5
    heap, blocks = (
        statistics.median(values[5:]) - statistics.median(values[:5])
        for values in ([held.heap for held in helds], [held.blocks for held in helds])
    )
    told = f"{heap:.0f} bytes and {blocks:.0f} objects in {between:.0f} answers; {helds}, {descriptors}, {threads}"
    assert heap < 400 * between + 5 * 120_000, told
    assert blocks < 4 * between + 5 * 500, told
    assert min(descriptors[5:]) <= min(descriptors[:5]) + 4, told
    assert min(threads[5:]) <= min(threads[:5]) + 4, told


def test_of_a_thousand_at_once_each_is_answered_or_told_when_to_come_back(made: Soaked) -> None:
    window = run(burst(made, 1000, _PAGES))
    assert not window.errors
    assert len(window.seconds) + window.busy == 1000
    assert len(window.seconds) >= _ROOM
    after = run(burst(made, 10, _PAGES))
    assert (len(after.seconds), after.busy, after.errors) == (10, 0, {})


def test_listeners_that_vanish_give_their_places_back(made: Soaked) -> None:
    for _ in range(2):
        assert run(_vanish(made)) == _ROOM
        until(lambda: _is_idle(made))
    window = run(burst(made, _ROOM, _PAGES))
    assert (len(window.seconds), window.busy, window.errors) == (_ROOM, 0, {})


async def _vanish(made: Soaked) -> int:
    """Begin to listen to as many answers as have a place, and go away at the first event; how many there were."""
    limits = httpx.Limits(max_connections=_ROOM)
    async with httpx.AsyncClient(timeout=120, limits=limits, trust_env=False) as client:

        async def listen(word: str) -> bool:
            question = {"question": f"What is the code of desk {word}?"}
            url, headers = f"{made.served.url}/api/ask", {"Accept": "text/event-stream"}
            async with client.stream("POST", url, json=question, headers=headers) as response:
                await response.aiter_bytes().__anext__()
                return response.status_code == 200

        return sum(await asyncio.gather(*(listen(WORDS[number % _PAGES]) for number in range(_ROOM))))


def _is_idle(made: Soaked) -> bool:
    figures = httpx.get(f"{made.served.url}/metrics", timeout=60, trust_env=False).text
    return "\nfootnoted_answering 0.0\n" in figures
