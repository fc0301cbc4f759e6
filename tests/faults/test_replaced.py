from __future__ import annotations

from pathlib import Path

import pytest

from assistant.types import Finished, Searched
from tests.faults.scenes import Scene, code_of


@pytest.mark.parametrize("gone", [False, True], ids=["replaced", "gone"])
def test_a_page_that_changes_while_its_question_waits_for_its_turn_answers_it(tmp_path: Path, gone: bool) -> None:
    scene = Scene(tmp_path)
    scene.write(1)
    scene.sync()
    workspace = scene.open()
    try:
        events = workspace.assistant.ask(code_of("desk3"))
        assert any(isinstance(event, Searched) for event in (next(events), next(events)))
        workspace.lock.acquire("test")
        if gone:
            (scene.pages / "desk3.md").unlink()
        else:
            (scene.pages / "desk3.md").write_text("# The desk3\n\nSince May the code of the desk3 is desk3v2.\n")
        from ui.sync.order import Order, run_sync

        run_sync(workspace, Order("test"))
        *_, last = events
        assert isinstance(last, Finished)
        assert ("desk3v2" in last.answer.text) is not gone
        assert "desk3v1" not in last.answer.text
    finally:
        workspace.close()
