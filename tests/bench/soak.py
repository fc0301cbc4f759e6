"""A server under load for a long time: ``python -m tests.bench.soak --minutes 8 --askers 50``.

A real ``footnoted serve`` with the models it ships with, over a folder of pages of which some change before each sync;
one sync a minute. Each window is a line: the server's memory (resident set), file descriptors and threads at its end,
what was answered in it and how fast, and what went wrong. ``--burst 1000`` asks so many questions at once at the end.
``tests/faults/test_soak.py`` has a shorter one in the suite.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.bench.askers import Served
from tests.bench.tables import Row, markdown

_ROOT = Path(__file__).parents[2]
_COMMAND = [sys.executable, "-W", "ignore", "-c", "from ui.cli import main; main()"]
_HASHED = [sys.executable, "-W", "ignore", "-m", "tests.bench.weighed"]
_SETTINGS = """
data_dir = "data"
[log]
questions = true
[reader]
model = "{reader}"
[[sources]]
name = "pages"
folder = "pages"
watch = false
"""
_SYLLABLES = ("bri", "dol", "fex", "gam", "hun", "jov", "kel", "lum")
WORDS = [f"{one}{two}{three}" for one in _SYLLABLES for two in _SYLLABLES for three in "aeiou"]


@dataclass(slots=True)
class Window:
    """What was answered in a stretch of time: seconds that each took, those told to come back, what went wrong."""

    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def among(self, share: float) -> float:
        """The time that this share of the answers was quicker than, ms."""
        return 1000 * sorted(self.seconds)[int(share * (len(self.seconds) - 1))] if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds on to: bytes that its libraries have and have not freed, and objects of Python's.

    The resident set says less: freed memory stays in it, in pieces between others.
    """

    heap: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Soaked:
    """A server with its pages."""

    served: Served
    folder: Path
    process: subprocess.Popen[str]
    said: dict[str, set[int]] = field(default_factory=dict)
    """The versions that an answer about each page may be of."""

    @property
    def descriptors(self) -> int:
        """File descriptors that it has open."""
        return len(list(Path(f"/proc/{self.served.pid}/fd").iterdir()))

    @property
    def threads(self) -> int:
        """Threads that it has."""
        return len(list(Path(f"/proc/{self.served.pid}/task").iterdir()))

    @property
    def held(self) -> Held:
        """What it holds on to; of one with hashed words alone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return Held(*map(int, self.process.stdout.readline().split()))

    def write(self, version: int, words: Sequence[str]) -> None:
        """Have these pages say another thing."""
        for word in words:
            self.said.setdefault(word, set()).add(version)
            _write(self.folder, version, word)

    def settle(self) -> None:
        """From now on only what the pages say now is right: a sync is over."""
        for word, versions in self.said.items():
            self.said[word] = {max(versions)}

    async def sync(self, client: httpx.AsyncClient, window: Window) -> None:
        """One sync, by the way that the command takes."""
        token = (self.folder / "data" / "handover.token").read_text()
        url = f"{self.served.url}/api/handover/index"
        done = await client.post(url, json={}, headers={"X-Footnoted-Token": token}, timeout=600)
        if done.status_code != 200 or '"result"' not in done.text.splitlines()[-1]:
            window.errors[f"sync: {done.text[-200:]}"] += 1


def _write(folder: Path, version: int, word: str) -> None:
    (folder / "pages" / f"{word}.md").write_text(
        f"# Desk {word}\n\nThe code of desk {word} is {word}{version}. It opens the door of desk {word}.\n\n"
        f"## Keeper\n\nThe keeper of desk {word} is called Mr {word.title()} since {version}. Ask by name.\n"
    )


@contextmanager
def soaked(folder: Path, pages: int, *, bundled: bool, **settings: str) -> Iterator[Soaked]:
    """A server over that many pages; with hashed words for a model where the ``bundled`` one is not wanted."""
    (folder / "pages").mkdir()
    config = folder / "footnoted.toml"
    config.write_text(_SETTINGS.format(reader="bundled" if bundled else "none"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = [*_COMMAND, "serve", "--config", str(config), "--port", str(port)]
    command = own if bundled else [*_HASHED, str(config), str(port)]
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    for word in WORDS[:pages]:
        _write(folder, 0, word)
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=_ROOT, env={**os.environ, **settings}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=said, text=True,
        )  # fmt: skip
    try:
        while process.poll() is None and not _is_ready(url):
            time.sleep(0.1)
        served = Served(url, process.pid, time.perf_counter() - started)
        yield Soaked(served, folder, process, {word: {0} for word in WORDS[:pages]})
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert "Traceback" not in (folder / "said").read_text()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


async def ask_once(client: httpx.AsyncClient, made: Soaked, word: str, window: Window) -> float:
    """Ask one question, note how it went, and give the seconds after which to ask again."""
    began = time.perf_counter()
    try:
        response = await client.post(
            f"{made.served.url}/api/ask", json={"question": f"What is the code of desk {word}?"}
        )
    except httpx.HTTPError as error:
        window.errors[type(error).__name__] += 1
        return 0.1
    if response.status_code in (429, 503) and "Retry-After" in response.headers:
        window.busy += 1
        return float(response.headers["Retry-After"])
    right = any(f" {word}{version}." in response.text for version in made.said[word])
    if response.status_code != 200 or response.json()["outcome"] == "failed" or not right:
        window.errors[f"{word}: {response.status_code}: {response.text[:400]}"] += 1
        return 0.1
    window.seconds.append(time.perf_counter() - began)
    return 0.0


async def ask_for(made: Soaked, askers: int, seconds: float, pages: int) -> Window:
    """What so many askers met, each asking one question after the other for that long; with a sync in it."""
    window = Window()
    until = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=askers + 2, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=120, limits=limits, trust_env=False) as client:

        async def ask_on(number: int) -> None:
            pick = random.Random(number + int(until))
            while time.perf_counter() < until:
                await asyncio.sleep(await ask_once(client, made, pick.choice(WORDS[:pages]), window))

        await asyncio.gather(made.sync(client, window), *(ask_on(number) for number in range(askers)))
        made.settle()
    return window


async def burst(made: Soaked, questions: int, pages: int) -> Window:
    """What so many questions met that were asked at once."""
    window = Window()
    limits = httpx.Limits(max_connections=questions)
    async with httpx.AsyncClient(timeout=120, limits=limits, trust_env=False) as client:
        words = (WORDS[number % pages] for number in range(questions))
        await asyncio.gather(*(ask_once(client, made, word, window) for word in words))
    return window


def row_of(name: str, made: Soaked, window: Window) -> Row:
    """A window as a row of the table."""
    return {
        "window": name, "MB": made.served.memory, "descriptors": made.descriptors, "threads": made.threads,
        "answers": len(window.seconds), "p50, ms": window.among(0.5), "p95, ms": window.among(0.95),
        "busy": window.busy, "errors": sum(window.errors.values()),
    }  # fmt: skip


def main() -> None:
    """Soak; the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--burst", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, soaked(Path(folder), options.pages, bundled=True) as made:
        rows: list[Row] = []
        for minute in range(1, options.minutes + 1):
            made.write(minute, random.Random(minute).sample(WORDS[: options.pages], options.pages // 20))
            window = asyncio.run(ask_for(made, options.askers, 60, options.pages))
            rows.append(row_of(f"minute {minute}", made, window))
            sys.stderr.write(f"{rows[-1]} {dict(window.errors)}\n")
        if options.burst:
            began = time.perf_counter()
            window = asyncio.run(burst(made, options.burst, options.pages))
            rows.append(row_of(f"{options.burst} at once, {time.perf_counter() - began:.0f} s", made, window))
            sys.stderr.write(f"{rows[-1]} {dict(window.errors)}\n")
    sys.stdout.write(markdown(rows) + "\n")


if __name__ == "__main__":
    main()
