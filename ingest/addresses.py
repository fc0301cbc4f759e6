"""Under which addresses the files of several folders are known, where two of them have a file of the same path."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

Has = Callable[[str], bool]
"""Whether a folder has a page at a path."""


class Addresses:
    """Gives each file of the sources of one sync an address of its own, the one that it had before if it had any.

    That is its path below its folder. Where another source's page is there already, the folder's name stands in front,
    as ``docs/index.md``, and as much of the path above as it takes. ``held`` are the addresses given before, each with
    the name of its source: a page keeps its address whatever comes to or goes from other folders. An address is free
    again once its source has no such file, so a file that moves to another source keeps it.
    """

    def __init__(self, held: Mapping[str, str] | None = None) -> None:
        self._owners = dict(held or {})
        self._has: dict[str, Has] = {}
        self._fronts: dict[str, tuple[str, ...]] = {}
        self._given: dict[str, tuple[str, str]] = {}  # in this sync, to a source's file
        self._unread: set[str] = set()

    def join(self, source: str, folder: Path, has: Has) -> None:
        """Note a folder that is read: ``has`` is asked whether a page of it is still there."""
        parts = Path(os.path.abspath(folder)).parts[1:]
        self._has[source] = has
        self._fronts[source] = tuple("/".join(parts[-length:]) + "/" for length in range(1, len(parts) + 1))

    def leave(self, source: str) -> None:
        """Note a source that is not read this time: its pages stay where they are."""
        self._unread.add(source)

    def of(self, source: str, file: str) -> str:
        """The address of a source's file; its path too where that is another's, as of one folder that is read twice.

        In front of a path stands nothing that would make it the path of another file of the same folder.
        """
        asker, owner, fronts = (source, file), self._owners.get(file, source), self._fronts[source]
        same = owner != source and self._fronts.get(owner) == fronts
        possible = [file] if same else [file, *(front + file for front in fronts)]
        mine = (a for a in possible if self._owners.get(a) == source and self._given.get(a, asker) == asker)
        free = (a for a in possible if not self._is_taken(a))
        address = next((a for a in chain(mine, free) if a == file or not self._has[source](a)), None)
        if address is None:
            return file
        self._owners[address], self._given[address] = source, asker
        return address

    def _is_taken(self, address: str) -> bool:
        owner = self._owners.get(address, "")
        if address in self._given or owner in self._unread:
            return True
        has = self._has.get(owner)
        if has is None:  # nobody's, or of a source that is no more
            return False
        files = (address.removeprefix(front) for front in ("", *self._fronts[owner]))
        return any(has(file) for file in files)
