from __future__ import annotations

import os
import subprocess
import sys

import pytest

_SCRIPT = """
import ctypes, threading
from ui.arenas import take_few_arenas
take_few_arenas()
begin, end = threading.Barrier(24), threading.Barrier(24)
def work():
    begin.wait()
    kept = [bytes(2_000) for _ in range(100)]
    end.wait()
threads = [threading.Thread(target=work) for _ in range(24)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.parametrize(("variables", "few"), [({}, True), ({"MALLOC_ARENA_MAX": "7"}, False)])
def test_many_threads_take_memory_from_two_arenas_unless_the_environment_says_otherwise(
    variables: dict[str, str], few: bool
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"} | variables
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, env=environment)
    arenas = sum(line.startswith("Arena ") for line in done.stderr.splitlines())
    assert (arenas <= 2) is few, done.stderr
