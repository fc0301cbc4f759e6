from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.types import Answer, Event, Finished, Searched, Started
from index.types import Hit
from ingest.errors import StoreError
from ingest.types import Chunk
from tests.ui.scripted import FETCHED, prepared
from ui.questions.hearing import heard
from ui.questions.question_log import FILE_NAME, LogOptions, QuestionLog, open_log

ON = LogOptions(questions=True)
DAYS = prepared()["How many days of leave do I get?"]
REFUSED = prepared()["Who won the ice hockey?"]
PASSAGE = Chunk("c", "staff/leave.md", 0, "Leave", "", ("Leave", "How many days"), "text", 0, 4)


@dataclass(slots=True)
class Clock:
    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 4, 9, 30, 17, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> Iterator[QuestionLog]:
    made = QuestionLog(tmp_path, ON, clock)
    yield made
    made.close()


def closest(answer: Answer) -> Answer:
    return replace(answer, hits=(Hit(PASSAGE, 0.5, 0.5, 1.0, FETCHED, FETCHED),))


def test_an_entry_says_what_was_asked_and_how_it_went_and_not_who(log: QuestionLog) -> None:
    log.note("a", "How many days? I am 131052-308T", closest(DAYS), 0.25)
    log.settle()

    (entry,) = log.entries()
    assert entry.question == "How many days? I am [personal identity number]"
    assert entry.moment == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    assert (entry.outcome, entry.confidence, entry.seconds) == ("answered", 0.93, 0.25)
    assert entry.cited == ("staff/annual-leave.md",)
    assert (entry.closest_url, entry.closest_heading) == ("staff/leave.md", "Leave > How many days")
    assert (entry.thumb, entry.reason) == ("", "")


def test_a_thumb_is_kept_scrubbed_changed_and_taken_back(log: QuestionLog) -> None:
    log.note("a", "x", REFUSED, 0.1)
    log.rate("a", "down", "ask ada@example.org")
    log.rate("unknown", "up")
    log.settle()
    assert [(entry.thumb, entry.reason) for entry in log.entries()] == [("down", "ask [e-mail]")]

    log.rate("a", "up")
    log.settle()
    assert [(entry.thumb, entry.reason) for entry in log.entries()] == [("up", "")]

    log.rate("a", "")
    log.settle()
    assert [entry.thumb for entry in log.entries()] == [""]


def test_what_is_too_old_leaves_the_log_without_anyone_asking(log: QuestionLog, clock: Clock, tmp_path: Path) -> None:
    log.note("a", "the oldest question", REFUSED, 0.1)
    log.settle()
    clock.moment += timedelta(days=89)
    log.note("b", "a later question", REFUSED, 0.1)
    log.settle()
    assert len(log.entries()) == 2

    clock.moment += timedelta(days=2)
    log.note("c", "the latest", REFUSED, 0.1)
    log.settle()
    assert [entry.question for entry in log.entries()] == ["the latest", "a later question"]
    assert b"the oldest question" not in (tmp_path / FILE_NAME).read_bytes()


def test_a_log_that_was_switched_off_takes_nothing_in_and_still_forgets(tmp_path: Path, clock: Clock) -> None:
    assert open_log(tmp_path, LogOptions()) is None
    first = QuestionLog(tmp_path, ON, clock)
    first.note("a", "x", REFUSED, 0.1)
    first.close()

    off = open_log(tmp_path, LogOptions())
    assert off is not None
    assert [type(event) for event in heard(off, "y", events(REFUSED))] == [Started, Searched, Finished]
    off.close()
    clock.moment += timedelta(days=400)
    later = QuestionLog(tmp_path, LogOptions(), clock)
    later.settle()
    later.close()
    assert later.entries() == []


def test_one_entry_and_all_are_deleted_and_nothing_is_left_of_them(log: QuestionLog, tmp_path: Path) -> None:
    for number in range(3):
        log.note(f"a{number}", f"a secret of number {number}", REFUSED, 0.1)
    log.settle()
    kept = log.entries()[0]
    gone = log.entries()[1]

    log.delete(gone.id)
    assert [entry.id for entry in log.entries()] == [kept.id, log.entries()[1].id]
    assert gone.question.encode() not in (tmp_path / FILE_NAME).read_bytes()
    log.delete()
    assert log.entries() == []
    assert b"a secret" not in (tmp_path / FILE_NAME).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_half_a_character_ends_nothing(log: QuestionLog) -> None:
    log.note("a", "half \ud800 a character", REFUSED, 0.1)
    log.note("b", "whole", REFUSED, 0.1)
    log.settle()
    assert [entry.question for entry in log.entries()] == ["whole", "half ? a character"]


def test_only_its_owner_may_read_the_file(log: QuestionLog, tmp_path: Path) -> None:
    log.note("a", "x", REFUSED, 0.1)
    log.settle()
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_entries_since_a_moment(log: QuestionLog, clock: Clock) -> None:
    log.note("a", "x", REFUSED, 0.1)
    clock.moment += timedelta(days=3)
    log.note("b", "y", REFUSED, 0.1)
    log.settle()
    assert [entry.question for entry in log.entries(clock.moment - timedelta(days=1))] == ["y"]


def events(answer: Answer) -> Iterator[Event]:
    yield Started("x")
    yield Searched(())
    yield Finished(answer)


def test_what_is_heard_is_noted_and_its_answer_can_be_rated(log: QuestionLog) -> None:
    said = list(heard(log, "x", events(DAYS)))
    last = said[-1]
    assert isinstance(last, Finished)
    assert replace(last.answer, id="") == DAYS
    assert len(last.answer.id) > 20
    log.rate(last.answer.id, "up")
    log.settle()
    assert [(entry.question, entry.thumb) for entry in log.entries()] == [("x", "up")]
    assert list(heard(None, "x", events(DAYS)))[-1] == Finished(DAYS)


def test_a_question_that_broke_is_noted_and_one_that_was_left_is_not(log: QuestionLog) -> None:
    def broken() -> Iterator[Event]:
        yield Started("x")
        raise StoreError("gone")

    with pytest.raises(StoreError, match="gone"):
        list(heard(log, "breaks", broken()))
    next(heard(log, "left", events(DAYS)))
    log.settle()
    assert [(entry.question, entry.outcome) for entry in log.entries()] == [("breaks", "failed")]


def test_a_log_that_cannot_be_written_holds_no_answer_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    log = QuestionLog(tmp_path, ON)
    assert isinstance(list(heard(log, "x", events(DAYS)))[-1], Finished)
    log.settle()
    assert "cannot be written" in caplog.text
    with pytest.raises(StoreError, match="cannot be read"):
        log.entries()
    with pytest.raises(StoreError, match="nothing could be deleted"):
        log.delete()
    log.close()


def test_a_disk_that_does_not_keep_up_drops_questions_and_waits_for_none(
    log: QuestionLog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log.note("a", "x", REFUSED, 0.1)
    log.settle()
    with sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None) as holder:
        holder.execute("begin exclusive")
        for number in range(1_500):
            log.note(f"b{number}", "y", REFUSED, 0.1)
        holder.execute("rollback")
    holder.close()
    assert "was not logged" in caplog.text
    assert [entry.question for entry in log.entries()][-1] == "x"
