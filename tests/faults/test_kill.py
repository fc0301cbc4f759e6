"""SIGKILL: of a server under questions and in a sync, of a backup, of a restore."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from tests.faults.scenes import NAMES, Scene, ask, code_of
from tests.ui.operating import ROOT, Operated, logged, serving, until
from ui.maintenance.probe import probe

_BACKUP = """
import sys
from pathlib import Path
import ui.maintenance.backup
from tests.faults.scenes import Scene
def stop(*_):
    print("here", flush=True)
    sys.stdin.read()
setattr(sys.modules[sys.argv[2]], sys.argv[3], stop)
workspace = Scene(Path(sys.argv[1])).open()
workspace.lock.acquire("test")
"""
_BACK_UP = "ui.maintenance.backup.back_up(workspace, Path(sys.argv[1], 'kept.tgz'))"
_RESTORE = (
    "from ui.maintenance.restore import restore; restore(workspace, Path(sys.argv[1], 'kept.tgz'), lambda _: None)"
)


def killed_at(scene: Scene, work: str, module: str, step: str) -> None:
    """Have a process do some work and kill it as it comes to a function."""
    script = f"import {module}\n{_BACKUP}\n{work}"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script, str(scene.folder), module, step],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_server_killed_under_questions_in_a_sync_serves_each_page_whole_when_it_is_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    names = [f"desk{number}" for number in range(200)]
    scene.write(1, names, 6)
    scene.sync()
    answers: list[str] = []
    with serving(scene.config, scene.data) as server:
        asking = [threading.Thread(target=_ask_on, args=(server, name, answers)) for name in names[:4]]
        for thread in asking:
            thread.start()
        until(lambda: len(answers) > 4)
        scene.write(2, names, 6)
        threading.Thread(target=_order, args=(server,), daemon=True).start()
        until(lambda: 0 < scene.live(2) < len(names))
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        for thread in asking:
            thread.join()
    assert set(answers) == {"answered"}

    with serving(scene.config, scene.data) as server:
        until(lambda: scene.live(2) == len(names))
        assert ask(server, code_of(names[0])).json()["outcome"] == "answered"
        assert len(logged(server)) >= len(answers) - len(asking)
    found = probe(scene.data, scene.settings.store, scene.settings.ledger)
    assert (found.faults, found.pages, found.strays) == ({}, len(names), 0)


def _order(server: Operated) -> None:
    try:
        httpx.post(f"{server.url}/api/handover/index", json={}, headers=_token(server), timeout=60)
    except httpx.TransportError:
        return


def _token(server: Operated) -> dict[str, str]:
    return {"X-Footnoted-Token": (server.data / "handover.token").read_text()}


def _ask_on(server: Operated, name: str, answers: list[str]) -> None:
    while True:
        try:
            response = ask(server, code_of(name))
        except httpx.TransportError:
            return
        answers.append(response.json()["outcome"] if response.status_code == 200 else str(response.status_code))
        time.sleep(0.05)


def test_a_killed_backup_leaves_no_half_file_and_the_next_clears_what_it_left(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.write(1)
    scene.sync()
    killed_at(scene, _BACK_UP, "ui.maintenance.backup", "_pack")
    assert not (tmp_path / "kept.tgz").exists()
    assert len(list(tmp_path.glob(".footnoted-backup-*"))) == 1

    from ui.maintenance.backup import back_up

    workspace = scene.open()
    try:
        made = back_up(workspace, tmp_path / "kept.tgz")
    finally:
        workspace.close()
    assert made["pages"] == len(NAMES)
    assert list(tmp_path.glob(".footnoted-backup-*")) == []

    scene.write(2)
    scene.sync()
    for step in ("_copy_rows", "join_limits"):  # before the backup's index serves, and after
        killed_at(scene, _RESTORE, "ui.maintenance.restore", step)
        found = probe(scene.data, scene.settings.store, scene.settings.ledger, keywords=False)
        assert (found.faults, found.pages) == ({}, len(NAMES))
    scene.sync()
    found = probe(scene.data, scene.settings.store, scene.settings.ledger)
    assert (found.faults, found.pages, found.strays) == ({}, len(NAMES), 0)

    from ui.maintenance.restore import restore

    workspace = scene.open()
    try:
        workspace.lock.acquire("test")
        restore(workspace, tmp_path / "kept.tgz", lambda _: None)
        assert [hit.chunk.text.count("desk3v1,") for hit in workspace.search(code_of("desk3"), k=1)] == [1]
    finally:
        workspace.close()
    assert list(scene.data.glob("restore-*")) == []
