from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answer import AnswerOptions
from assistant.language_model.generate import MODEL_DOWN_NOTE
from assistant.language_model.options import LlmOptions
from assistant.reader.options import ReaderOptions
from assistant.types import Answer, Event, Finished, Started
from index.testing import HashEmbedding
from ingest.errors import BusyError
from ingest.folder import FolderOptions, FolderSource
from tests.llm.server import Script, ScriptedServer
from ui.http.turns import Admitted, Turns
from ui.settings import ServerOptions, Settings
from ui.workspace import Workspace


def test_no_more_compute_at_once_than_may_and_each_gets_a_turn() -> None:
    turns, seen = Turns(2, 100), []
    now, lock = set[int](), threading.Lock()

    def work(number: int) -> None:
        with turns.turn():
            with lock:
                now.add(number)
                seen.append(len(now))
            threading.Event().wait(0.002)
            with lock:
                now.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == 30
    assert max(seen) == 2
    assert not turns.crowded


def test_who_has_begun_goes_before_who_has_not_and_the_others_in_order() -> None:
    turns, order = Turns(1, 100), []
    threads = []

    def work(name: str, begun: bool) -> None:
        with turns.turn(begun):
            order.append(name)

    with turns.turn():
        for name, begun in (("one", False), ("two", False), ("begun", True)):
            threads.append(threading.Thread(target=work, args=(name, begun)))
            waiting = len(turns._waiting)
            threads[-1].start()
            while len(turns._waiting) == waiting:
                threading.Event().wait(0.001)
        assert turns.crowded
    for thread in threads:
        thread.join(30)
    assert order == ["begun", "one", "two"]


def test_a_full_room_is_said_at_once_and_a_place_is_given_back_however_an_answer_ends() -> None:
    turns = Turns(1, 1)

    def events(fails: bool = False) -> Iterator[Event]:
        yield Started("a")
        if fails:
            raise ZeroDivisionError
        yield Started("b")

    turns.enter()
    with pytest.raises(BusyError, match="Too many questions"):
        turns.enter()
    assert len(list(Admitted(turns, events()))) == 2  # heard to its end

    turns.enter()
    broken = Admitted(turns, events(fails=True))
    next(broken)
    with pytest.raises(ZeroDivisionError):
        next(broken)

    for begun in (True, False):  # not listened to any more, or never
        turns.enter()
        left = Admitted(turns, events())
        if begun:
            next(left)
        del left
        gc.collect()
    with turns.visit(), pytest.raises(BusyError):
        turns.enter()
    turns.enter()


def test_an_answer_that_waits_for_a_language_model_keeps_nobody_waiting(tmp_path: Path) -> None:
    (tmp_path / "leave.md").write_text("# Leave\n\nEveryone earns 30 days of leave a year.\n")
    asked, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> Script:
        asked.set()
        go_on.wait(30)
        return Script("Everyone earns 30 days of leave a year [1].")

    with ScriptedServer(slow).running() as server:
        settings = Settings(
            data_dir=tmp_path / "data",
            reader=ReaderOptions(model="none"),
            answer=AnswerOptions(threshold=0),
            llm=LlmOptions(base_url=server.url, model="slow", at_once=1),
            server=ServerOptions(concurrency=1, waiting=0),
        )
        workspace = Workspace(settings, HashEmbedding())
        try:
            with workspace.lock:
                workspace.sync([FolderSource(FolderOptions(path=tmp_path, include=("*.md",)), "pages")])
            answers: list[Answer] = []
            first = threading.Thread(target=lambda: answers.append(_answer(workspace)))
            first.start()
            assert asked.wait(30)
            quoted = _answer(workspace)
            assert first.is_alive()
            go_on.set()
            first.join(30)
        finally:
            go_on.set()
            workspace.close()
    assert quoted.statements[0].text == "Everyone earns 30 days of leave a year."
    assert quoted.statements[-1].text == MODEL_DOWN_NOTE
    assert answers[0].outcome == "answered"
    assert answers[0].statements[-1].text != MODEL_DOWN_NOTE


def _answer(workspace: Workspace) -> Answer:
    *_, last = workspace.assistant.ask("How many days of leave a year?")
    assert isinstance(last, Finished)
    return last.answer


def test_what_nobody_waits_for_is_put_off_while_an_answer_is_under_way() -> None:
    turns = Turns(1, 2)
    assert turns.idle
    turns.enter()
    assert not turns.idle
    after: list[bool] = []
    waiting = threading.Thread(target=lambda: (turns.make_way(), after.append(turns.idle)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.http.turns._PATIENCE", 30)
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
        turns.leave()
        waiting.join(10)
    assert after == [True]


def test_it_is_not_put_off_for_ever() -> None:
    turns = Turns(1, 2)
    turns.enter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.http.turns._PATIENCE", 0.01)
        turns.make_way()
    assert not turns.idle
