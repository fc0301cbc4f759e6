"""How soon a server answers after it is started: ``python -m tests.bench.start DATA QUESTIONS.yaml --times 5``.

``footnoted serve`` is started time and again over a copy of a data folder that holds an index. Seconds are counted
from before the process is made, and seen from outside, over HTTP: to ``/healthz``, to ``/readyz``, to the first right
answer of ``/api/ask``, which is asked as soon as the server is ready, and to the chat page, which is asked for from
the beginning. The nine questions after the first follow it at once; at the end, with everything loaded, the first is
asked again. Processor time is all of the server's threads', memory its resident set. ``--beside`` names another
checkout, started in turn.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assistant.evaluation.gold import GoldQuestion, fold, load_questions
from tests.bench.quality import askable
from tests.bench.tables import Row, markdown, write_json

_HERE = Path(__file__).parents[2]
_COMMAND = [sys.executable, "-W", "ignore", "-c", "from ui.cli import main; main()", "serve"]
_PAUSE = 0.01  # seconds between looks
_PATIENCE = 120.0  # seconds that a start may take
_SETTLED = 5.0  # seconds of quiet before the first question is asked again
_ASKED = 10
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer's text, and how long it took."""

    text: str
    ms: float


@dataclass(slots=True)
class Start:
    """One start of a server: its figures so far."""

    port: int
    process: subprocess.Popen[bytes]
    began: float
    figures: dict[str, float] = field(default_factory=dict)

    def note(self, what: str) -> None:
        """Note how long it has been."""
        self.figures[f"{what}, s"] = time.perf_counter() - self.began

    def until(self, path: str) -> bytes:
        """What a path gives once it is there. Raises ``RuntimeError`` where the server ends, or takes too long."""
        while self.process.poll() is None and time.perf_counter() < self.began + _PATIENCE:
            try:
                status, body = self._request("GET", path)
            except (OSError, http.client.HTTPException):
                status = 0
            if status == http.client.OK:
                return body
            time.sleep(_PAUSE)
        raise RuntimeError(f"{path} did not come")

    def ask(self, gold: GoldQuestion) -> Told:
        """The answer to a question."""
        began = time.perf_counter()
        status, body = self._request("POST", "/api/ask", {"question": gold.question})
        if status != http.client.OK:
            raise RuntimeError(f"a question got status {status}: {body.decode()}")
        took = 1000 * (time.perf_counter() - began)
        return Told("\n".join(said["text"] for said in json.loads(body)["statements"]), took)

    @property
    def memory(self) -> float:
        """Its resident set now, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    @property
    def processor(self) -> float:
        """Processor seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _request(self, method: str, path: str, sent: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            headers = {"Content-Type": "application/json", "X-Footnoted-Log": "off"}
            line.request(method, path, json.dumps(sent) if sent else None, headers)
            reply = line.getresponse()
            return reply.status, reply.read()
        finally:
            line.close()


def main() -> None:
    """Start it a few times; the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="another checkout, started in turn with this one")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    questions = askable(load_questions(options.questions))[:_ASKED]
    checkouts = [_HERE, *([options.beside] if options.beside else [])]
    starts: dict[Path, list[Mapping[str, float]]] = {checkout: [] for checkout in checkouts}
    with tempfile.TemporaryDirectory() as scratch:
        for number, _ in enumerate(checkouts):
            shutil.copytree(options.data, Path(scratch, str(number)))
        for _ in range(options.times):
            for number, checkout in enumerate(checkouts):
                starts[checkout].append(measure(checkout, Path(scratch, str(number)), questions))
    rows = [row for checkout, figures in starts.items() for row in summed_up(str(checkout), figures)]
    sys.stdout.write(markdown(rows) + "\n")
    if options.json:
        write_json(rows, options.json)


def measure(checkout: Path, data: Path, questions: Sequence[GoldQuestion]) -> Mapping[str, float]:
    """The figures of one start. Raises ``RuntimeError`` when the first answer is not right."""
    with _started(checkout, data) as start, ThreadPoolExecutor(1) as beside:
        page = beside.submit(_see_page, start)
        start.until("/healthz")
        start.note("healthz")
        start.until("/readyz")
        start.note("readyz")
        first = start.ask(questions[0])
        start.note("first answer")
        start.figures["processor time to the first answer, s"] = start.processor
        following = [start.ask(gold) for gold in questions[1:]]
        page.result()
        start.figures["processor time to the chat page and ten answers, s"] = start.processor
        time.sleep(_SETTLED)
        again = start.ask(questions[0])
        start.figures["memory in the end, MB"] = start.memory
    if not _is_right(questions[0], first.text) or first.text != again.text:
        raise RuntimeError(f"the first answer is not right: {first.text!r}")
    return start.figures | {
        "first, ms": first.ms,
        "median of the next nine, ms": statistics.median(answer.ms for answer in following),
        "the first once more, ms": again.ms,
    }


def summed_up(checkout: str, starts: Sequence[Mapping[str, float]]) -> list[Row]:
    """The least, median and most of each figure of some starts."""
    return [
        {
            "checkout": checkout,
            "figure": figure,
            "min": min(start[figure] for start in starts),
            "median": statistics.median(start[figure] for start in starts),
            "max": max(start[figure] for start in starts),
        }
        for figure in starts[0]
    ]


def _see_page(start: Start) -> None:
    page = start.until("/")
    start.note("chat page")
    if b"<gradio-app" not in page:
        raise RuntimeError("what came is not the chat page")


def _is_right(gold: GoldQuestion, answer: str) -> bool:
    held = fold(answer)
    return all(fold(part) in held for part in gold.answer_all) and (
        not gold.answer_any or any(fold(part) in held for part in gold.answer_any)
    )


@contextmanager
def _started(checkout: Path, data: Path) -> Iterator[Start]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [*_COMMAND, "--data-dir", str(data), "--port", str(port)],
        cwd=checkout, env=environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Start(port, process, began)
    finally:
        process.terminate()
        process.wait(60)


if __name__ == "__main__":
    main()
