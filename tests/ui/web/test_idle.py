from __future__ import annotations

import time
from pathlib import Path

from tests.ui.operating import Operated, until

_SECONDS = 2.0


def _woken(process: int) -> int:
    """How often the threads of a process gave the processor up by themselves so far."""
    told = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/status")]
    return sum(int(text.split("\nvoluntary_ctxt_switches:")[1].split()[0]) for text in told)


def test_a_server_that_nobody_asks_lets_the_processor_sleep(watched: Operated) -> None:
    until(lambda: not watched.get("/readyz").json()["to_come"])
    before = _woken(watched.process.pid)
    time.sleep(_SECONDS)
    each_second = (_woken(watched.process.pid) - before) / _SECONDS

    assert each_second < 400  # Gradio's queue by itself looks for something to do 1,000 times
