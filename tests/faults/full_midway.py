"""A disk that another program fills while vectors are written to it. Run inside ``apart``, in an empty folder.

``once``: it takes what is free at that moment. ``greedily``: and, for as long as it runs, whatever is given up to it.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.scenes import NAMES, Scene, all_in, ask, code_of, mount, versions
from tests.ui.operating import Operated, serving, until
from ui.maintenance.probe import probe

_LEFT = 40_960  # bytes, so that Chroma comes to the midst of a transaction
_FILL = f"""
import os, pathlib, sys, time
data, greedy = pathlib.Path(sys.argv[1]), sys.argv[2] == "greedily"
while not (data / "chroma.reserve").exists():
    time.sleep(0.001)
ballast = os.open(data / "ballast", os.O_CREAT | os.O_WRONLY)
left = {_LEFT}
while True:
    for size in (1 << 20, 4096):
        try:
            while os.write(ballast, bytes(size)):
                pass
        except OSError:
            continue
    os.ftruncate(ballast, os.fstat(ballast).st_size - left)
    os.lseek(ballast, 0, os.SEEK_END)
    (data / "wait").unlink(missing_ok=True)
    if not greedy:
        break
    left = 0
    while (data / "chroma.reserve").exists():
        time.sleep(0.001)
"""


@contextmanager
def filled(scene: Scene, how: str) -> Iterator[None]:
    """A block in which the other program waits for a write to begin, and the write for it; its file goes with it."""
    (scene.data / "wait").touch()
    with subprocess.Popen([sys.executable, "-c", _FILL, str(scene.data), how]) as filler:
        try:
            yield
        finally:
            filler.kill()
    (scene.data / "ballast").unlink()


def serve() -> None:
    """A server whose writes of vectors, once begun, wait until the disk is full."""
    import index.chroma.opening
    from index.chroma.reserve import reserve
    from tests.ui.operating import main

    @contextmanager
    def waiting(folder: Path) -> Iterator[None]:
        with reserve(folder):
            while (folder.parent / "wait").exists():
                time.sleep(0.001)
            yield

    setattr(index.chroma.opening, "reserve", waiting)  # noqa: B010  # a name that is imported there, not its own
    main()


class Asking:
    """Somebody who asks one question after the other."""

    def __init__(self, server: Operated) -> None:
        self.outcomes: list[str] = []
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask_on)

    def _ask_on(self) -> None:
        while not self._stop.is_set():
            answer = ask(self._server, code_of(NAMES[0])).json()
            failed = answer["outcome"] == "failed"
            self.outcomes.append(answer["statements"][0]["text"] if failed else answer["outcome"])
            time.sleep(0.02)

    @contextmanager
    def on(self) -> Iterator[None]:
        """A block in which they ask."""
        self._thread.start()
        try:
            yield
            after = len(self.outcomes)
            until(lambda: len(self.outcomes) > after + 2)
        finally:
            self._stop.set()
            self._thread.join()


def main() -> None:
    scene, how = Scene(Path(sys.argv[1])), sys.argv[2]
    scene.data.mkdir()
    mount("-t", "tmpfs", "-o", "size=96m", "none", scene.data)
    scene.write(1)
    scene.sync()
    with serving(scene.config, scene.data, program=("-m", "tests.faults.full_midway")) as server:
        asking = Asking(server)
        scene.write(2, paragraphs=40)
        with filled(scene, how), asking.on():
            refused = server.command("index")
            assert refused.returncode == 3, refused.stderr
            assert "the disk is full" in refused.stderr, refused.stderr
            assert "free some space" in refused.stderr
            assert server.get("/readyz").status_code == 200
        # What is left for it to open its files again, another program may take too; nothing else fails of that.
        told = {outcome for outcome in asking.outcomes if outcome != "answered"}
        assert how == "greedily" or not told, told
        assert all("the disk is" in outcome for outcome in told), told

        assert server.command("index").returncode == 0
        assert len(versions(server)) == len(NAMES)
        scene.write(3)
        assert server.command("index").returncode == 0
        assert versions(server) == all_in(3)
    found = probe(scene.data, scene.settings.store, scene.settings.ledger)
    assert (found.faults, found.pages, found.strays) == ({}, len(NAMES), 0)


if __name__ == "__main__":
    if sys.argv[2] in ("once", "greedily"):
        main()
    else:
        serve()
