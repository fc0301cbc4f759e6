"""Clocks that jump by days, forwards and back: of schedules, leases, signed calls, and a serving process's own."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

import ui.memory.log
from index.ledger.database import Database, LedgerOptions
from index.ledger.lease import Lease
from index.ledger.tables import lease
from ingest.errors import StoreHeldError
from tests.faults.scenes import Scene
from ui.memory.log import LastSync, SourceLog
from ui.sync.reindex import ReplayedError, Signatures
from ui.sync.service import SyncService
from ui.sync.triggers import Triggers

NOW = ui.memory.log.now()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(tmp_path)
    made.write(1)
    return made


@pytest.mark.parametrize("days", [-3, 3])
def test_a_source_is_looked_at_no_later_than_it_would_have_been(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    workspace = scene.open()
    service = SyncService(workspace)
    triggers = Triggers(service)
    try:
        triggers._plan(["pages"])
        moment = service.due["pages"] - timedelta(hours=1) + timedelta(days=days)
        triggers._set_right(moment)
        assert service.due["pages"] <= moment + timedelta(hours=1)
    finally:
        workspace.close()


def test_what_was_looked_at_in_a_future_that_is_none_is_looked_at_again(scene: Scene) -> None:
    workspace = scene.open()
    try:
        last = LastSync(trigger="test", ended_at=NOW)
        for ahead, known in ((timedelta(minutes=1), True), (timedelta(days=3), False)):
            workspace.syncs.note({"pages": SourceLog(checked_at=ui.memory.log.now() + ahead)}, last)
            assert (workspace.syncs.looked_at("pages") is not None) is known
    finally:
        workspace.close()


def test_a_lease_that_ends_in_days_is_taken_over_and_a_live_one_is_not(tmp_path: Path) -> None:
    database = Database(LedgerOptions(url=f"sqlite:///{tmp_path / 'shared.sqlite3'}"), tmp_path)
    dead, other = Lease(database, 15), Lease(database, 15)
    try:
        dead.acquire("a server that died")
        with pytest.raises(StoreHeldError):
            other.acquire("another")
        dead._release.set()
        with database.writing() as connection:  # what it wrote before the clock was set back by three days
            connection.execute(lease.update().values(expires=time.time() + 3 * 86_400))
        assert other.holder() is None
        other.acquire("another")
        assert other.holder() is not None
    finally:
        other.release()
        database.close()


def test_a_signed_call_is_taken_once_whatever_the_clock_does(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = scene.open()
    signatures = Signatures("the secret of the tests", workspace.notes)
    moment = time.time()

    def at(days: float) -> float:
        monkeypatch.setattr("ui.sync.reindex.time.time", lambda: moment + days * 86_400)
        return moment + days * 86_400

    try:
        signatures.accept("one", [at(0)])
        signatures.accept("another", [at(2)])  # there, and back: what was seen is not forgotten by it
        with pytest.raises(ReplayedError, match="seconds off"):
            signatures.accept("third", [at(0) + 86_400])
        with pytest.raises(ReplayedError, match="was made before"):
            signatures.accept("one", [at(0)])
        signatures.accept("no time stamp", [])
        with pytest.raises(ReplayedError, match="was made before"):
            signatures.accept("no time stamp", [])
        at(-3)
        signatures.accept("no time stamp", [])  # not shut out for three days
    finally:
        workspace.close()
