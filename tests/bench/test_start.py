from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from assistant.evaluation.gold import GoldQuestion
from tests.bench.start import Start, summed_up

GOLD = GoldQuestion(id="q", kind="fact", question="How many?", answer_any=("30 days",), source=("a.md",))


class Late(http.server.BaseHTTPRequestHandler):
    """Not ready at the first two looks; answers in two statements."""

    looks = 0

    def do_GET(self) -> None:
        Late.looks += 1
        self.send_response(200 if Late.looks > 2 else 503)
        self.end_headers()
        self.wfile.write(b"there")

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"statements": [{"text": "You get"}, {"text": "30 days."}]}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Late) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_start_is_watched_from_outside(port: int) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        start = Start(port, process, time.perf_counter())
        assert start.until("/readyz") == b"there"
        assert Late.looks == 3
        start.note("readyz")
        assert start.figures.keys() == {"readyz, s"}
        assert start.ask(GOLD).text == "You get\n30 days."
        assert start.memory > 1
        process.communicate(b"\n")
        Late.looks = 0
        with pytest.raises(RuntimeError, match="did not come"):
            start.until("/readyz")


def test_figures_are_summed_up_by_least_median_and_most() -> None:
    starts = [{"readyz, s": 3.0}, {"readyz, s": 1.0}, {"readyz, s": 8.0}]
    assert summed_up("here", starts) == [
        {"checkout": "here", "figure": "readyz, s", "min": 1.0, "median": 3.0, "max": 8.0}
    ]
