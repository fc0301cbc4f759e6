"""What sets a sync off while the server runs: its start, the clock, and files that change."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ui.memory.log import now
from ui.settings import SourceOptions
from ui.sync.order import Order
from ui.sync.service import SyncService

_LONGEST_WAIT = 30.0  # seconds; so that a clock that is set, or a machine that slept, is noticed
_RETRY_SECONDS = 2.0
_LOOK_MS = 3_000  # how often it is looked whether the watched folders are still the same
_STILL_MS = 1_500  # milliseconds of changes gathered into one sync


class Triggers:
    """Gives a service its orders until stopped."""

    def __init__(self, service: SyncService) -> None:
        self._service = service
        self._sources = service.workspace.settings.sources
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._keep_time, name="clock", daemon=True)]
        if watched := [source for source in self._sources if source.folder is not None and source.watch]:
            self._threads.append(threading.Thread(target=self._watch, args=(watched,), name="watch", daemon=True))

    def start(self) -> None:
        """Sync what is to be synced at the start, then wait for the clock and for changes."""
        self._plan(source.title for source in self._sources)
        first = {source.title: None for source in self._sources if source.on_start}
        if first:
            self._service.sync(Order("start", scope=first, since=now()))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Give no more orders."""
        self._stop.set()

    def _plan(self, names: Iterable[str]) -> None:
        wanted = set(names)
        for source in self._sources:
            if source.title not in wanted:
                continue
            if schedule := source.schedule:
                self._service.due[source.title] = schedule.next_after(now())
            else:
                self._service.due.pop(source.title, None)

    def _keep_time(self) -> None:
        while True:
            soonest = min(list(self._service.due.values()), default=None)
            wait = (soonest - now()).total_seconds() if soonest else _LONGEST_WAIT
            if self._stop.wait(max(0.0, min(wait, _LONGEST_WAIT))):
                return
            moment = now()
            self._set_right(moment)
            names = [name for name, time in list(self._service.due.items()) if time <= moment]
            if names:
                self._plan(names)
            if names := [name for name in names if not self._was_looked_at(name, moment)]:
                self._service.sync(Order("schedule", scope=dict.fromkeys(names), since=moment))

    def _set_right(self, moment: datetime) -> None:
        """Plan anew what is due later than it could be: the clock was set back, and nobody waits for days for that."""
        for source in self._sources:
            due, schedule = self._service.due.get(source.title), source.schedule
            if due is not None and schedule is not None and due > (latest := schedule.next_after(moment)):
                self._service.due[source.title] = latest

    def _was_looked_at(self, name: str, moment: datetime) -> bool:
        """Whether another server has looked at a source whose turn it is here, so lately that it is too early again."""
        workspace = self._service.workspace
        checked = workspace.syncs.looked_at(name)
        schedule = next((source.schedule for source in self._sources if source.title == name), None)
        if workspace.lease is None or checked is None or schedule is None:
            return False
        following = schedule.next_after(checked)
        if following > moment:
            self._service.due[name] = following
        return following > moment

    def _watch(self, sources: list[SourceOptions]) -> None:
        roots = {source.title: source.folder.path.resolve() for source in sources if source.folder}
        while not self._stop.is_set():
            there = _identities(roots.values())
            absent = [name for name, root in roots.items() if root not in there]
            self._note(f"not watched, as it is not there: {', '.join(absent)}" if absent else "")
            if there:
                self._watch_while_there({name: root for name, root in roots.items() if root in there}, roots.values())
            self._stop.wait(_RETRY_SECONDS)

    def _watch_while_there(self, roots: dict[str, Path], wanted: Iterable[Path]) -> None:
        """Watch until a folder comes or goes: what is mounted over it, or made in its place, is not watched yet."""
        from watchfiles import Change, watch

        data = self._service.workspace.folder.resolve()
        there = _identities(wanted)

        def is_page(change: Change, path: str) -> bool:
            del change
            where = Path(path)
            return not where.is_relative_to(data) and any(_shows(where, root) for root in roots.values())

        try:
            for changes in watch(
                *roots.values(), watch_filter=is_page, debounce=_STILL_MS, stop_event=self._stop,
                rust_timeout=_LOOK_MS, yield_on_timeout=True,
            ):  # fmt: skip
                paths = [Path(path) for _, path in changes]
                names = [name for name, root in roots.items() if any(_shows(path, root) for path in paths)]
                if names:
                    self._service.sync(Order("changed files", scope=dict.fromkeys(names), since=now()))
                if _identities(wanted) != there:
                    return
        except (OSError, RuntimeError) as error:  # the system's limit on watches, a folder that went away
            self._note(f"files are not watched now ({error}); the schedule still holds")

    def _note(self, note: str) -> None:
        if note:
            self._service.notes["watch"] = note
        else:
            self._service.notes.pop("watch", None)


def _shows(path: Path, root: Path) -> bool:
    """Whether a file lies in a folder and is not hidden there."""
    if path == root:
        return True
    return path.is_relative_to(root) and not any(part.startswith(".") for part in path.relative_to(root).parts)


def _identities(roots: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Which of the folders are there, each with what tells it from another of the same name."""
    found = {}
    for root in roots:
        with suppress(OSError):
            stat = root.stat()
            found[root] = (stat.st_dev, stat.st_ino)
    return found
