"""The queue of a serving process, over a real workspace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from index.embedding.vectors import Vectors
from index.testing import HashEmbedding
from index.types import Progress
from tests.ui.operating import until
from ui.memory.log import now
from ui.settings import Settings
from ui.sync.order import Order
from ui.sync.service import SyncService
from ui.sync.triggers import Triggers
from ui.workspace import Workspace


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SyncService]:
    """A service over two folders, not started."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.md").write_text(f"# {name}\n\nThe page {name}.\n")
    sources: list[dict[str, Any]] = [
        {"name": name, "folder": {"path": tmp_path / name}, "watch": False, "every": every}
        for name, every in (("a", "5s"), ("b", "1d"))
    ]
    settings = Settings(data_dir=tmp_path / "data", reader={"model": "none"}, sources=sources)
    workspace = Workspace(settings, HashEmbedding())
    workspace.lock.acquire("test")
    made = SyncService(workspace)
    yield made
    assert made.stop(30)
    workspace.close()


class Gate:
    """Work that waits until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, tell: Callable[[Progress], None]) -> dict[str, Any]:
        self.entered.set()
        tell(Progress(1, 2, 3))
        assert self.open.wait(60)
        return {"passed": True}


def whole(*names: str) -> Order:
    return Order("test", scope=dict.fromkeys(names))


def test_orders_that_wait_are_joined_and_each_waiter_gets_the_report(service: SyncService) -> None:
    gate = Gate()
    first = service.do("gate", gate)
    service.start()
    assert gate.entered.wait(60)

    waiting = [service.sync(whole("a")), service.sync(whole("b")), service.sync(whole("a"))]
    alone = service.sync(Order("test", dry_run=True))
    assert waiting[0] is waiting[1] is waiting[2] is not alone
    assert waiting[0].order == Order("test", scope={"a": None, "b": None})
    assert service.status().waiting == 2
    gate.open.set()

    assert first.wait(60)
    assert first.result == {"passed": True}
    assert waiting[0].wait(60)
    assert waiting[0].result is not None
    assert waiting[0].result["pages"]["added"] == 2


def test_jobs_run_one_at_a_time_and_tell_how_far_they_are(service: SyncService) -> None:
    gates = [Gate(), Gate()]
    jobs = [service.do(f"gate {number}", gate) for number, gate in enumerate(gates)]
    service.start()
    assert gates[0].entered.wait(60)

    running = service.status().running
    assert running is not None
    assert (running.trigger, running.pages, running.embedded, running.chunks) == ("gate 0", 1, 2, 3)
    assert next(jobs[0].follow(0.01)) == Progress(1, 2, 3)
    assert next(jobs[1].follow(0.01)) is None
    assert not gates[1].entered.is_set()
    for gate in gates:
        gate.open.set()
    assert jobs[1].wait(60)
    assert list(jobs[1].follow()) == []


def test_a_job_that_goes_wrong_says_so_and_the_next_one_runs(service: SyncService) -> None:
    def breaks(tell: Callable[[Progress], None]) -> dict[str, Any]:
        raise ZeroDivisionError("by nothing")

    broken, after = service.do("breaking", breaks), service.sync(whole("a", "b"))
    service.start()

    assert broken.wait(60)
    assert broken.error is not None
    assert broken.error.message == "breaking failed: ZeroDivisionError: by nothing"
    assert after.wait(60)
    assert after.error is None


class FailingOnce(HashEmbedding):
    """Fails at its first passages, as a model server does that is just being started."""

    _tries = 0

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self._tries += 1
        if self._tries == 1:
            raise RuntimeError("out of memory")
        return super().encode_documents(texts)


def test_a_sync_that_the_model_failed_says_so_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.md").write_text("# a\n\nThe page a.\n")
    source = {"name": "a", "folder": {"path": tmp_path / "a"}, "watch": False}
    workspace = Workspace(
        Settings(data_dir=tmp_path / "data", reader={"model": "none"}, sources=[source]), FailingOnce()
    )
    workspace.lock.acquire("test")
    service = SyncService(workspace)
    monkeypatch.setattr("ui.sync.service._RETRY_SECONDS", 0.5)
    monkeypatch.setattr("ui.sync.triggers._LONGEST_WAIT", 0.1)
    triggers = Triggers(service)
    service.start()
    triggers.start()
    try:
        until(lambda: service.status().last is not None)
        last = service.status().last
        assert last is not None
        assert (last.error, last.hint) == ("start failed: RuntimeError: out of memory", "run: footnoted doctor")
        until(lambda: bool(workspace.stores.ledger.collection))
        until(lambda: service.status().last is not None and not service.status().last.error)  # type: ignore[union-attr]
        assert service.due["a"] > now() + timedelta(minutes=30), "as by its schedule again"
    finally:
        triggers.stop()
        assert service.stop(30)
        workspace.close()
    assert caplog.text.count("out of memory; run: footnoted doctor") == 1


def test_a_service_that_stops_ends_what_waits_and_takes_no_more(service: SyncService) -> None:
    gate = Gate()
    service.do("gate", gate)
    service.start()
    assert gate.entered.wait(60)
    waits = service.sync(whole("a"))

    assert not service.stop(0.01)
    late = service.sync(whole("a"))

    for job in (waits, late):
        assert job.done
        assert job.error is not None
        assert "the server is stopping" in job.error.message
    gate.open.set()


def test_the_start_and_the_clock_set_syncs_off(service: SyncService, tmp_path: Path) -> None:
    triggers = Triggers(service)
    service.start()
    triggers.start()
    until(lambda: trigger(service) == "start")
    assert set(service.workspace.syncs.sources) == {"a", "b"}
    (tmp_path / "a" / "a.md").write_text("# a\n\nThe page a has changed.\n")
    (tmp_path / "b" / "b.md").write_text("# b\n\nThe page b has changed.\n")

    until(lambda: trigger(service) == "schedule")
    triggers.stop()

    # Only the first is looked at every five seconds, and neither is watched.
    assert service.workspace.syncs.of("a").counts["changed"] == 1
    assert service.workspace.syncs.of("b").counts["added"] == 1
    assert list(service.due) == ["a", "b"]


def trigger(service: SyncService) -> str:
    """What set the last sync off."""
    last = service.workspace.syncs.last
    return last.trigger if last else ""
