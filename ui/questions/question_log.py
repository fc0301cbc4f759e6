"""The questions that were asked, kept for the owner of the pages where a setting says so: what, when, and how it went.

Nothing is kept of who asked. A question is scrubbed before it is written, and written by a thread of its own: whatever
goes wrong with the log, the answer comes, and comes as fast.
"""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from assistant.types import Answer, Outcome
from ingest.errors import StoreError
from ui.logs import LogFormat
from ui.memory.log import now
from ui.questions.scrub import scrubbed

FILE_NAME = "questions.db"
Thumb = Literal["", "up", "down"]
"""What somebody thinks of an answer; empty: nothing said, or taken back."""

_WAITING = 1_000  # entries that may wait to be written; more than that and the disk is not keeping up: they are dropped
_PRUNE = timedelta(hours=1)
_DONE_SECONDS = 30.0  # how long a deletion waits for those before it
_LAST_SECONDS = 5.0  # how long what still waits may take when the server stops
_TABLE = """create table if not exists entries (
    id integer primary key autoincrement, answer text not null, moment text not null, question text not null,
    outcome text not null, confidence real not null, seconds real not null, cited text not null,
    closest_url text not null, closest_heading text not null, thumb text not null default '',
    reason text not null default '')"""
_INDEXES = (
    "create unique index if not exists by_answer on entries (answer)",
    "create index if not exists by_moment on entries (moment)",
)
_ADD = """insert into entries
    (answer, moment, question, outcome, confidence, seconds, cited, closest_url, closest_heading)
    values (:answer, :moment, :question, :outcome, :confidence, :seconds, :cited, :closest_url, :closest_heading)"""
_RATE = "update entries set thumb = :thumb, reason = :reason where answer = :answer"
_SAID = ("question", "reason")  # what somebody typed
_COLUMNS = "id, moment, question, outcome, confidence, seconds, cited, closest_url, closest_heading, thumb, reason"
_log = logging.getLogger(__name__)

_Job = tuple[str, Mapping[str, Any], queue.SimpleQueue[str] | None]


class LogOptions(BaseModel, frozen=True, extra="forbid"):
    """Whether questions are kept, and for how long."""

    questions: bool = Field(False, description="Keep the questions asked (scrubbed, without who asked) for `/owner`.")
    days: int = Field(90, ge=1, le=3_650, description="Days after which a kept question is deleted.")
    format: LogFormat = Field(
        "plain",
        description="What the server writes on standard error: `plain` lines, or `json`, one a request or event.",
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A question that was asked. ``cited`` are the addresses of the pages quoted; ``seconds`` is the time it took.

    ``closest_url`` and ``closest_heading`` are of the passage that fits best, whether or not it was quoted.
    """

    id: int
    moment: datetime
    question: str
    outcome: Outcome
    confidence: float
    seconds: float
    cited: tuple[str, ...]
    closest_url: str
    closest_heading: str
    thumb: Thumb = ""
    reason: str = ""


class QuestionLog:
    """The log of a data folder. ``keeps``: whether new questions go in; old ones leave it all the same.

    ``clock`` gives the moment, in UTC.
    """

    def __init__(self, folder: Path, options: LogOptions, clock: Callable[[], datetime] = now) -> None:
        self.keeps = options.questions
        self.days = options.days
        self._clock = clock
        self._path = folder / FILE_NAME
        self._jobs: queue.Queue[_Job | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._write, name="question log", daemon=True)
        self._thread.start()

    def note(self, answer_id: str, question: str, answer: Answer, seconds: float) -> None:
        """Keep a question; returns at once. ``answer_id`` is what a later ``rate`` names it by."""
        best = answer.hits[0].chunk if answer.hits else None
        values = {
            "answer": answer_id,
            # To the minute: enough for every figure, too little to find the request in another log by it.
            "moment": _written(self._clock().replace(second=0, microsecond=0)),
            "question": question,
            "outcome": answer.outcome,
            "confidence": round(answer.confidence, 4),
            "seconds": round(seconds, 3),
            "cited": "\n".join(dict.fromkeys(citation.url for citation in answer.citations)),
            "closest_url": best.url if best else "",
            "closest_heading": " > ".join(best.heading_path) if best else "",
        }
        self._queue(_ADD, values)

    def rate(self, answer_id: str, thumb: Thumb, reason: str = "") -> None:
        """Keep what somebody thinks of an answer, in the place of what they said before; returns at once."""
        self._queue(_RATE, {"answer": answer_id, "thumb": thumb, "reason": reason})

    def entries(self, since: datetime | None = None) -> list[Entry]:
        """The entries from ``since`` on, the latest first. Raises ``StoreError`` when they cannot be read."""
        query = f"select {_COLUMNS} from entries where moment >= ? order by moment desc, id desc"
        try:
            if not self._path.exists():
                return []
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                if not connection.execute("select 1 from sqlite_master where name = 'entries'").fetchone():
                    return []  # made a moment ago, or on a disk that was full
                return [_entry(row) for row in connection.execute(query, (_written(since) if since else "",))]
        except sqlite3.Error as error:
            raise StoreError(
                f"the question log {str(self._path)!r} cannot be read: {error}",
                hint="move that file away; a new one is begun",
            ) from error

    def delete(self, entry: int | None = None) -> None:
        """Delete one entry, or all of them, so that nothing of it is left in the file; returns when that is done."""
        done: queue.SimpleQueue[str] = queue.SimpleQueue()
        which = "" if entry is None else " where id = :id"
        self._jobs.put((f"delete from entries{which}", {"id": entry}, done))
        try:
            failed = done.get(timeout=_DONE_SECONDS)
        except queue.Empty:
            failed = "it is busy"
        if failed:
            raise StoreError(
                f"nothing could be deleted from the question log {str(self._path)!r}: {failed}",
                hint=f"try again, or stop the server and delete {FILE_NAME!r} in the data folder",
            )

    def settle(self) -> None:
        """Return when everything that was noted so far is written."""
        self._jobs.join()

    def close(self) -> None:
        """Write what still waits, and end."""
        self._jobs.put(None)
        self._thread.join(_LAST_SECONDS)

    def _queue(self, statement: str, values: Mapping[str, Any]) -> None:
        try:
            self._jobs.put_nowait((statement, values, None))
        except queue.Full:
            _log.warning("a question was not logged: %d wait to be written", _WAITING)

    def _write(self) -> None:
        """The writing thread: one job after the other, and every hour what has become too old."""
        pruned = self._prune()
        while True:
            try:
                job = self._jobs.get(timeout=_PRUNE.total_seconds())
            except queue.Empty:
                pruned = self._prune()
                continue
            try:
                if job is None:
                    return
                statement, values, done = job
                failed = self._run(statement, values)
                if done is not None:
                    done.put(failed)
                if self._clock() - pruned >= _PRUNE:
                    pruned = self._prune()
            finally:
                self._jobs.task_done()

    def _prune(self) -> datetime:
        moment = self._clock()
        if self._path.exists():
            oldest = _written(moment - timedelta(days=self.days))
            self._run("delete from entries where moment < :oldest", {"oldest": oldest})
        return moment

    def _run(self, statement: str, values: Mapping[str, Any]) -> str:
        """Run one statement, what somebody typed scrubbed; what went wrong, if anything did."""
        clean = {name: _clean(value) if name in _SAID else value for name, value in values.items()}
        try:
            if not self._path.exists():
                os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))  # for nobody else on this machine
            with closing(sqlite3.connect(self._path, timeout=_DONE_SECONDS)) as connection, connection:
                connection.execute("pragma secure_delete = on")  # what is deleted is overwritten
                for made in (_TABLE, *_INDEXES):
                    connection.execute(made)
                connection.execute(statement, clean)
        except (sqlite3.Error, OSError) as error:
            _log.warning("the question log %s cannot be written: %s", self._path, error)
            return str(error)
        return ""


def open_log(folder: Path, options: LogOptions) -> QuestionLog | None:
    """The log of a data folder, or None where none is kept and none is left from before."""
    return QuestionLog(folder, options) if options.questions or (folder / FILE_NAME).exists() else None


def _clean(said: str) -> str:
    """Scrubbed, and without the half characters that no file takes."""
    return scrubbed(said.encode("utf-8", "replace").decode("utf-8"))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _entry(row: Sequence[Any]) -> Entry:
    identity, moment, question, outcome, confidence, seconds, cited, url, heading, thumb, reason = row
    pages = tuple(cited.split("\n")) if cited else ()
    when = datetime.fromisoformat(moment)
    return Entry(identity, when, question, outcome, confidence, seconds, pages, url, heading, thumb, reason)
