"""Whether an index can be read, found out in a child process: a damaged vector file can crash whoever reads it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.chroma.collection import StoreOptions
from index.chroma.graphs import check_graphs
from index.embedding.vectors import Vectors
from index.ledger.ledger import LedgerOptions
from ingest.errors import FootnotedError

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 600.0  # reading 175,000 vectors back takes some 30
_PART = 2_000  # chunks read at once
_TRIED = 300  # vectors that are searched for, spread over all
_LEAST = 64  # chunks below which a part that cannot be read is not halved again
_OFF = 0.02  # how far from 1 the length of a stored vector may be


@dataclass(frozen=True, slots=True)
class Findings:
    """What a probe found: ``faults`` by the part that has them (``ledger``, ``vectors``, ``keywords``)."""

    faults: dict[str, str]
    pages: int = 0
    chunks: int = 0
    strays: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether everything that the ledger lists can be searched."""
        return not self.faults


def probe(folder: Path, store: StoreOptions, ledger: LedgerOptions, *, keywords: bool = True) -> Findings:
    """Read the whole index of a data folder. ``keywords`` false leaves the keyword copy out."""
    order = {"folder": str(folder.absolute()), "store": store.model_dump(), "ledger": ledger.model_dump()}
    said, died = _in_child({**order, "task": "probe", "keywords": keywords})
    faults = {line["part"]: line["fault"] for line in said if "fault" in line}
    if died:
        begun = [line["begins"] for line in said if "begins" in line]
        faults[begun[-1] if begun else "ledger"] = died
    figures: dict[str, int] = next((line["figures"] for line in said if "figures" in line), {})
    return Findings(faults, **figures)


def rescue(folder: Path, store: StoreOptions, ledger: LedgerOptions, out: Path) -> Iterator[tuple[list[str], Vectors]]:
    """The chunk ids and vectors that can still be read, a few at a time; ``out`` is an empty folder to work in."""
    order = {"folder": str(folder.absolute()), "store": store.model_dump(), "ledger": ledger.model_dump()}
    _in_child({**order, "task": "rescue", "out": str(out)})
    for path in sorted(out.glob("*.npz")):
        with np.load(path) as saved:
            yield [str(name) for name in saved["ids"]], saved["vectors"]


def _in_child(order: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """What the child said, line by line, and how it died, or ``""``."""
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "ui.maintenance.probe"],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            cwd=_ROOT,  # where -m looks for the package first
        )
    except subprocess.TimeoutExpired as late:
        return _lines(late.stdout or b""), f"reading it took longer than {_SECONDS:g} s"
    if done.returncode < 0:
        return _lines(done.stdout), f"reading it ended the reader with {signal.Signals(-done.returncode).name}"
    if done.returncode > 0:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return _lines(done.stdout), f"it cannot be read ({last[:200]})"
    return _lines(done.stdout), ""


def _lines(out: bytes) -> list[dict[str, Any]]:
    said = []
    for line in out.splitlines():
        try:
            said.append(json.loads(line))
        except ValueError:  # cut short by the child's end
            continue
    return said


def _main() -> None:
    """What the child does: an order from standard input, JSON lines to standard output as it goes."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not stand between the lines
    order = json.load(sys.stdin)

    def say(**line: Any) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    from index.stores import Stores

    say(begins="ledger")
    try:
        stores = Stores(Path(order["folder"]), StoreOptions(**order["store"]), LedgerOptions(**order["ledger"]))
        if not order["ledger"]["url"]:
            _check_sqlite(Path(order["folder"]) / "ledger.sqlite3", "the ledger")
        name = stores.ledger.collection
        listed = {chunk.id for chunk, _ in stores.ledger.all_chunks(name)}
    except FootnotedError as error:
        say(part="ledger", fault=error.message)
        return
    if order["task"] == "rescue":
        _rescue(stores, name, sorted(listed), Path(order["out"]))
        return
    figures = {"pages": len(stores.ledger.states(name)), "chunks": len(listed)}
    checks: list[tuple[str, Callable[[], str]]] = []
    if name:
        checks.append(("vectors", lambda: _check_vectors(stores, name, listed, figures)))
    if name and order["keywords"]:
        checks.append(("keywords", lambda: _check_keywords(stores, Path(order["folder"]), name, listed)))
    for part, check in checks:
        say(begins=part)
        try:
            fault = check()
        except FootnotedError as error:
            fault = error.message
        if fault:
            say(part=part, fault=fault)
    say(figures=figures)


def _check_sqlite(path: Path, name: str) -> None:
    import sqlite3
    from contextlib import closing

    from ingest.errors import StoreDamagedError

    try:
        with closing(sqlite3.connect(path)) as database:
            told = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        told = str(error)
    if told != "ok":
        raise StoreDamagedError(f"{name} is damaged: {told.splitlines()[0]}")


def _check_vectors(stores: Any, name: str, listed: set[str], figures: dict[str, int]) -> str:
    database = stores.folder / "chroma" / "chroma.sqlite3"
    if database.exists():
        _check_sqlite(database, "the vector store")
        check_graphs(database.parent)
    collection = stores.collection(name)
    held = collection.ids()
    figures["strays"] = len(held - listed - set(stores.ledger.garbage(name)))
    wanted = sorted(listed)
    found = 0
    for first in range(0, len(wanted), _PART):
        vectors = collection.vectors(wanted[first : first + _PART])
        lengths = np.linalg.norm(np.stack(list(vectors.values())), axis=1) if vectors else np.ones(1)
        if not np.isfinite(lengths).all() or np.abs(lengths - 1).max() > _OFF:
            return "vectors are damaged: their length is not 1"
        found += len(vectors)
        for chunk_id in list(vectors)[:: max(1, len(wanted) // _TRIED)]:
            nearest = collection.nearest(vectors[chunk_id][None, :], 1)[0]
            if max(nearest.values(), default=0.0) < 1 - _OFF:
                return "searching is damaged: a passage's own vector does not find it"
    return "" if found == len(wanted) else f"{len(wanted) - found:,} of {len(wanted):,} chunks have no vector"


def _check_keywords(stores: Any, folder: Path, name: str, listed: set[str]) -> str:
    from index.keywords.wordings import Wordings

    keywords = Wordings(folder / "keywords" / name)
    if keywords.holds != str(stores.ledger.generation_of(name)):
        return "the keyword copy is behind the ledger"
    held = keywords.chunks.count()
    return "" if held == len(listed) else f"it holds {held:,} chunks of {len(listed):,}"


def _rescue(stores: Any, name: str, listed: list[str], out: Path) -> None:
    try:
        collection = stores.collection(name)
    except FootnotedError:
        return
    for first in range(0, len(listed), _PART):
        found = _readable(collection, listed[first : first + _PART])
        sound = {key: value for key, value in found.items() if abs(float(np.linalg.norm(value)) - 1) <= _OFF}
        if sound:
            # Written part by part: should the next part crash this process, these are there.
            np.savez(out / f"{first:09d}.npz", ids=np.array(list(sound)), vectors=np.stack(list(sound.values())))


def _readable(collection: Any, ids: list[str]) -> dict[str, Vectors]:
    """The vectors of those ids that can be read, as one that cannot makes all that are asked for with it fail."""
    try:
        return dict(collection.vectors(ids))
    except FootnotedError:
        if len(ids) < _LEAST:
            return {}
        half = len(ids) // 2
        return _readable(collection, ids[:half]) | _readable(collection, ids[half:])


if __name__ == "__main__":
    _main()
