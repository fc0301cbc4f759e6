"""Kill a sync many times: ``python -m tests.bench.kills 200``, with ``--server`` against a Chroma server of its own."""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.index.killing import Battered


def main() -> None:
    """Kill, look, repair; print what was seen. Ends with an AssertionError at the first page that is not whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int)
    parser.add_argument("--server", action="store_true", help="keep the vectors in a Chroma server")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="footnoted-kills-"))
    served: Counter[str] = Counter()
    started = time.perf_counter()
    with _server(folder) if options.server else _nothing() as url:
        battered = Battered(folder, options.seed, url)
        for number in range(1, options.kills + 1):
            battered.kill()
            served["something to clear"] += battered.is_half_done()
            seen = battered.look()
            served.update({"all old" if seen["new"] == 0 else "all new" if seen["old"] == 0 else "some of each": 1})
            served["broken until the next sync"] += seen["broken"]
            served["ended the process that searched"] += seen["crashed"]
            battered.repair(battered.random.choice(["old", "new"]))
            _say(f"\r{number} kills, {dict(served)}, {time.perf_counter() - started:.0f} s")
    _say(f"\n{options.kills} kills: 0 pages lost from the ledger, 0 shown twice, 0 repairs by hand\n")
    shutil.rmtree(folder)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder / "served"), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def _nothing() -> Iterator[str]:
    yield ""


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the Chroma server did not start within 30 s")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
