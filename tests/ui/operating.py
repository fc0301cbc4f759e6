"""A serving process with an encoder of hashed words, over a folder and a site, for tests of what an operator does.

Run as a program with a settings file and a port it serves until it is ended.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ui.questions.question_log import Entry, LogOptions, QuestionLog

ROOT = Path(__file__).parents[2]
SECRET = "the secret of the tests"
TOKEN = "the token of the tests"
_PROGRAM = ("-m", "tests.ui.operating")
COMMAND = [sys.executable, "-W", "ignore", "-c", "from ui.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Operated:
    """A running server with its settings file and data folder."""

    url: str
    config: Path
    data: Path
    process: subprocess.Popen[str]
    said: Path
    """What it wrote on standard error."""

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product with the same settings, in another process."""
        return command(*arguments, "--config", str(self.config))

    def get(self, path: str, **more: object) -> httpx.Response:
        """Ask the server for something."""
        return httpx.get(self.url + path, timeout=60, **more)  # type: ignore[arg-type]

    def answers(self, word: str) -> set[str]:
        """The pages whose passages a search for a word finds it in."""
        hits = self.get("/api/search", params={"q": word, "k": 100}).json()["hits"]
        return {hit["url"] for hit in hits if word in hit["text"]}


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product in another process."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTED_")},
    )  # fmt: skip


@contextmanager
def serving(
    config: Path,
    data: Path,
    *,
    ready: bool = True,
    program: Sequence[str] = _PROGRAM,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Operated]:
    """A server over these settings while the block runs, by this program, with these environment variables beside."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # To a file, as a pipe that nobody reads fills up and stops who writes.
    with tempfile.NamedTemporaryFile(mode="w+", suffix=".log") as file:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *program, str(config), str(port)],
            cwd=ROOT, stderr=file, text=True, env={**os.environ, **(variables or {})},
        )  # fmt: skip
        said = Path(file.name)
        server = Operated(f"http://127.0.0.1:{port}", config, data, process, said)
        try:
            until(lambda: answering(server, ready), process, said=said)
            yield server
        finally:
            process.terminate()
            process.wait(60)
            assert "Traceback" not in said.read_text(), said.read_text()


def answering(server: Operated, ready: bool) -> bool:
    """Whether the server answers, and is ready where that is asked for."""
    try:
        return server.get("/readyz" if ready else "/healthz").status_code == 200
    except httpx.TransportError:
        return False


def logged(server: Operated) -> list[Entry]:
    """The questions that a server has kept, the latest first."""
    log = QuestionLog(server.data, LogOptions())
    try:
        return log.entries()
    finally:
        log.close()


def until(
    true: Callable[[], bool],
    process: subprocess.Popen[str] | None = None,
    seconds: float = 60,
    said: Path | None = None,
) -> None:
    """Wait for something to come true; a process that ends before told why in the file ``said``, or in its pipe."""
    end = time.monotonic() + seconds
    while not true():
        assert process is None or process.poll() is None, said.read_text() if said else process.communicate()[1]
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def main() -> None:
    """Serve."""
    from index.testing import HashEmbedding
    from ui.server import run
    from ui.settings import load_settings
    from ui.workspace import Workspace

    settings = load_settings(Path(sys.argv[1]))
    run(settings, "127.0.0.1", int(sys.argv[2]), Workspace(settings, HashEmbedding()))


if __name__ == "__main__":
    main()
