"""Whether a collection can be opened, tried in a child process: a killed writer can leave a graph that crashes it.

Of some 340 kills two left such a graph; one was refused by Chroma, one ended the process that read it with a SIGSEGV.
So does a failing disk. Sizes and times of the files, noted when a process lets go of them, tell that nobody wrote them
since: the trial takes two seconds, and most starts need none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from index.chroma.graphs import check_graphs
from ingest.errors import StoreDamagedError

_SECONDS = 120  # counting and one search take about two
_ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from index.chroma.collection import ChromaStore, StoreOptions
store = ChromaStore(StoreOptions(), Path(sys.argv[1]))
if sys.argv[2] not in store.names():
    sys.exit()  # the writer was killed before it made the collection
collection = store.collection(sys.argv[2])
ids = sorted(collection.ids())[:1]
if ids and len(collection):
    collection.nearest(np.stack(list(collection.vectors(ids).values())), 5)
"""


def note_left(chroma: Path) -> None:
    """Remember how a process that is done with them leaves the files of an embedded store."""
    with suppress(OSError):  # read only, or full: then the next start takes two seconds longer
        if not is_as_left(chroma):
            _note(chroma).write_text(json.dumps(_state(chroma)))


def is_as_left(chroma: Path) -> bool:
    """Whether they are as ``note_left`` met them."""
    try:
        return bool(json.loads(_note(chroma).read_text()) == _state(chroma))
    except (OSError, ValueError):
        return False


def _note(chroma: Path) -> Path:
    return chroma.with_name(f"{chroma.name}.left")


def _state(chroma: Path) -> dict[str, list[int]]:
    stats = {str(path.relative_to(chroma)): path.stat() for path in sorted(chroma.rglob("*")) if path.is_file()}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}


def try_collection(chroma: Path, name: str) -> None:
    """Open the embedded collection and search it once, in a child. Raises ``StoreDamagedError`` when that fails."""
    check_graphs(chroma)
    command = [sys.executable, "-W", "ignore", "-c", _SCRIPT, str(chroma.absolute()), name]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False)
        died = done.returncode != 0
        why = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
    except subprocess.TimeoutExpired:
        died, why = True, [f"no answer in {_SECONDS} s"]
    if died:
        raise StoreDamagedError(f"the vector store cannot be read: {why[0]}", hint="run: footnoted index --rebuild")
