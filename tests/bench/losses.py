"""What is lost when embedding fails halfway: ``python -m tests.bench.losses FOLDER`` of one .tar.gz of pages per date.

Between the first two snapshots the model fails when half the passages of the step are embedded. Counted is what each
index then holds, what it holds after the step is run again, and what after the edits are taken back instead. The last
row is of llama-index alone: its process ends when the run is done, before ``persist``, and the step is run again. Ours
is killed at any instant in ``tests.bench.kills``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ingest.errors import ModelError
from tests.bench.metered import HashedWords, Metered
from tests.bench.ours import Ours, handbook
from tests.bench.rival import Held, Rival
from tests.bench.snapshots import Snapshot, lay, read_snapshots
from tests.bench.tables import Row, markdown, write_json


class Index(Protocol):
    """Either index, over a folder of pages."""

    def sync(self, pages: Path) -> None:
        """Bring it up to date with the folder."""

    def held(self, pages: Path) -> Held:
        """What can be found in it."""

    def fresh(self, pages: Path) -> Held:
        """What a fresh build of the folder holds."""


class OurIndex:
    """Ours over a folder."""

    def __init__(self, folder: Path, encoder: Metered) -> None:
        self._ours = Ours(folder, encoder)

    def sync(self, pages: Path) -> None:
        """Bring it up to date with the folder."""
        self._ours.sync(handbook(pages))

    def held(self, pages: Path) -> Held:
        """What can be found in it."""
        return self._ours.contents().held

    def fresh(self, pages: Path) -> Held:
        """What a fresh build of the folder holds."""
        with tempfile.TemporaryDirectory() as place:
            fresh = Ours(Path(place), HashedWords())
            fresh.sync(handbook(pages))
            return fresh.contents().held


class Trial:
    """One index at the first snapshot, and copies of it that are taken to the second in different ways."""

    def __init__(self, place: Path, make: Callable[[Path, Metered], Index], before: Snapshot, after: Snapshot) -> None:
        self._make, self._place, self._after = make, place, after
        self._pages = place / "pages"
        lay(before, self._pages)
        self._sync("first")
        self._before = before
        self._old = self._open("first").fresh(self._pages)
        lay(after, self._pages)
        self._new = self._open("first").fresh(self._pages)

    def fail(self) -> list[Row]:
        """Fail halfway; then run it again, or take the edits back and run."""
        whole = self._sync(self._copy("first", "whole"))
        with suppress(ModelError):
            self._sync(self._copy("first", "failed"), whole // 2)
        rows: list[Row] = [{"what happened": "embedding failed halfway", **self._look("failed", self._old, self._new)}]
        self._sync(self._copy("failed", "again"))
        rows.append({"what happened": "then run again", **self._look("again", self._new)})
        lay(self._before, self._pages)
        self._sync(self._copy("failed", "back"))
        rows.append({"what happened": "or the edits taken back, and run", **self._look("back", self._old)})
        lay(self._after, self._pages)
        return rows

    def end_before_persist(self) -> Row:
        """For llama-index: the process ends before ``persist``; then it is run again."""
        rival = self._open(self._copy("first", "ended"))
        assert isinstance(rival, Rival)
        rival.sync(self._pages, persist=False)
        self._sync("ended")
        return {"what happened": "ended before `persist`, run again", **self._look("ended", self._new)}

    def _look(self, name: str, *versions: Held) -> Row:
        """Pages by what is held of them, beside the versions of which each may be served, as a whole."""
        held = _by_page(self._open(name).held(self._pages))
        allowed = [_by_page(version) for version in versions]
        lasting = set.intersection(*(set(pages) for pages in allowed))
        known = set.union(*(set(pages) for pages in allowed))
        return {
            "pages": len(lasting),
            "lost": len(lasting - held.keys()),
            "in part or twice": sum(
                held[page] not in [pages.get(page) for pages in allowed] for page in known & held.keys()
            ),
            "gone, but found": len(held.keys() - known),
        }

    def _open(self, name: str, limit: int | None = None) -> Index:
        return self._make(self._place / name, Metered(HashedWords(), limit))

    def _sync(self, name: str, limit: int | None = None) -> int:
        encoder = Metered(HashedWords(), limit)
        self._make(self._place / name, encoder).sync(self._pages)
        return encoder.embedded

    def _copy(self, name: str, other: str) -> str:
        shutil.copytree(self._place / name, self._place / other)
        return other


def _by_page(held: Held) -> dict[str, Held]:
    pages: dict[str, Held] = {}
    for (page, text), count in held.items():
        pages.setdefault(page, Held())[page, text] = count
    return pages


def main() -> None:
    """Both indexes through the same failures; the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    before, after, *_ = read_snapshots(options.folder)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        ours = Trial(Path(place, "ours"), OurIndex, before, after)
        rows += [{"index": "Footnoted", **row} for row in ours.fail()]
        rival = Trial(Path(place, "rival"), Rival, before, after)
        rows += [{"index": "llama-index", **row} for row in [*rival.fail(), rival.end_before_persist()]]
    sys.stdout.write(markdown(rows) + "\n")
    if options.json:
        write_json(rows, options.json)


if __name__ == "__main__":
    main()
