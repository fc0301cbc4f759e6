"""Many who ask at once: ``python -m tests.bench.askers DATA QUESTIONS.yaml --askers 1 8 50``.

A server of its own answers over a copy of the data folder, over HTTP on loopback, and this process asks. Each asker
puts one question after the other, in an order of its own, for ``--seconds``. The first row of each server is of its
first ten questions, one by one. Memory is the server's resident set, processor time all of its threads'.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import socket
import statistics
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

from assistant.evaluation.gold import GoldQuestion, load_questions
from tests.bench.tables import Row, markdown, write_json

_COMMAND = [sys.executable, "-W", "ignore", "-c", "from ui.cli import main; main()", "serve"]
_ROOT = Path(__file__).parents[2]
_UNLOGGED = {"X-Footnoted-Log": "off"}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers: its address, its process, and the seconds from its start to ready."""

    url: str
    pid: int
    seconds: float

    @property
    def memory(self) -> float:
        """Its resident set now, MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    @property
    def processor(self) -> float:
        """Processor seconds that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(slots=True)
class Tally:
    """The seconds that each answer took, what went wrong by its status, and who was told to come back later."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    busy: int = 0


def main() -> None:
    """Ask with and without the reader; the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--askers", type=int, nargs="+", default=[1, 8, 50])
    parser.add_argument("--readers", nargs="+", default=["none", "bundled"])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    questions = load_questions(options.questions)
    rows: list[Row] = []
    for reader in options.readers:
        with serving(options.data, FOOTNOTED_READER__MODEL=reader) as server:
            rows.append({"reader": reader, "askers": "first ten", **_first_ten(server, questions)})
            rows += [
                {"reader": reader, "askers": str(askers), **_measure(server, questions, askers, options.seconds)}
                for askers in options.askers
            ]
    sys.stdout.write(markdown(rows) + "\n")
    if options.json:
        write_json(rows, options.json)


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[Served]:
    """A server over a copy of the folder while the block runs, with these settings as environment variables."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "data")
        shutil.copytree(data, copy)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*_COMMAND, "--data-dir", str(copy), "--port", str(port)], cwd=_ROOT, env={**os.environ, **settings}
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            yield Served(url, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the server ended before it was ready")


def _first_ten(server: Served, questions: Sequence[GoldQuestion]) -> Row:
    seconds = []
    with httpx.Client(timeout=120, headers=_UNLOGGED) as client:
        for gold in questions[:10]:
            began = time.perf_counter()
            client.post(f"{server.url}/api/ask", json=_body(gold)).raise_for_status()
            seconds.append(time.perf_counter() - began)
    return {"first, ms": 1000 * seconds[0], "p50, ms": 1000 * statistics.median(seconds[1:]), "MB": server.memory,
            "ready, s": server.seconds}  # fmt: skip


def _measure(server: Served, questions: Sequence[GoldQuestion], askers: int, seconds: float) -> Row:
    processor, began = server.processor, time.perf_counter()
    tally = asyncio.run(_ask_all(server.url, questions, askers, seconds))
    wall, used = time.perf_counter() - began, server.processor - processor
    times = sorted(tally.seconds)
    if tally.errors:
        sys.stderr.write(f"{json.dumps(tally.errors)}\n")
    return {
        "answers": len(times), "answers/s": len(times) / wall,
        "p50, ms": 1000 * times[len(times) // 2], "p95, ms": 1000 * times[int(len(times) * 0.95)],
        "most, ms": 1000 * times[-1], "busy": tally.busy, "errors": sum(tally.errors.values()),
        "processor ms/answer": 1000 * used / len(times), "MB": server.memory,
    }  # fmt: skip


async def _ask_all(url: str, questions: Sequence[GoldQuestion], askers: int, seconds: float) -> Tally:
    tally = Tally()
    until = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=askers, max_keepalive_connections=askers)
    async with httpx.AsyncClient(timeout=120, limits=limits, headers=_UNLOGGED) as client:

        async def ask(number: int) -> None:
            order = random.Random(number).sample(list(questions), len(questions))
            place = 0
            while time.perf_counter() < until:
                began = time.perf_counter()
                try:
                    response = await client.post(f"{url}/api/ask", json=_body(order[place % len(order)]))
                except httpx.HTTPError as error:
                    tally.errors[type(error).__name__] += 1
                    continue
                if response.status_code == 503 and "Retry-After" in response.headers:
                    tally.busy += 1
                    await asyncio.sleep(float(response.headers["Retry-After"]))
                elif response.status_code != 200 or response.json()["outcome"] == "failed":
                    tally.errors[str(response.status_code)] += 1
                else:
                    tally.seconds.append(time.perf_counter() - began)
                    place += 1

        await asyncio.gather(*(ask(number) for number in range(askers)))
    return tally


def _body(gold: GoldQuestion) -> dict[str, object]:
    return {"question": gold.question, "history": list(gold.history)}


if __name__ == "__main__":
    main()
