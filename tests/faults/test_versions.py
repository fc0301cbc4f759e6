"""A data folder of another version of the program: of an older one it is brought up to date, a newer one's is left."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.cluster import free_port
from tests.faults.scenes import NAMES, Scene, answer, code_of, digests
from tests.ui.operating import command
from ui.maintenance.probe import probe


def change(scene: Scene, *statements: str) -> None:
    with closing(sqlite3.connect(scene.data / "ledger.sqlite3")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


NEWER: dict[str, Sequence[str]] = {
    "serve": ("serve", "--port", ""),
    "index": ("index",),
    "rebuild": ("index", "--rebuild"),
    "ask": ("ask", "What is the code of the desk1?"),
    "status": ("status",),
    "backup": ("backup", "kept.tgz"),
    "restore": ("restore", "kept.tgz"),
    "repair": ("doctor", "--repair"),
}


@pytest.mark.parametrize("arguments", NEWER.values(), ids=NEWER)
def test_a_folder_of_a_newer_version_is_refused_and_untouched(
    sound: Scene, tmp_path: Path, arguments: Sequence[str]
) -> None:
    scene = sound.copy(tmp_path)
    change(scene, "UPDATE meta SET value = '99' WHERE key = 'schema'")
    shutil.copy(scene.config, tmp_path / "kept.tgz")
    before = digests(scene.folder)
    given = [str(tmp_path / part) if part == "kept.tgz" else part or str(free_port()) for part in arguments]

    done = command(*given, "--config", str(scene.config))

    assert done.returncode == 3
    said = done.stdout + done.stderr
    assert "the ledger is of version 99, this program reads version 2" in said
    assert "use the program version that wrote it" in said
    assert {name: digest for name, digest in digests(scene.folder).items() if "write.lock" not in name} == {
        name: digest for name, digest in before.items() if "write.lock" not in name
    }


def test_a_folder_of_an_older_version_is_brought_up_to_date_and_answers_at_once(sound: Scene, tmp_path: Path) -> None:
    scene = sound.copy(tmp_path)
    columns = [f"ALTER TABLE pages DROP COLUMN {name}" for name in ("blocks", "others", "left_out")]
    tables = [f"DROP TABLE {name}" for name in ("lease", "changes")]
    change(scene, "UPDATE meta SET value = '1' WHERE key = 'schema'", *columns, *tables)
    for stamp in (scene.data / "keywords").rglob("stamp"):
        stamp.write_text("3\n1")
    for name in ("encoders.json", "syncs.json", "chroma.left"):
        (scene.data / name).unlink()

    workspace = scene.open()
    try:
        assert answer(workspace, code_of(NAMES[2])).outcome == "answered"
    finally:
        workspace.close()
    scene.write(2, NAMES[:1])
    scene.sync()

    found = probe(scene.data, scene.settings.store, scene.settings.ledger)
    assert (found.faults, found.pages) == ({}, len(NAMES))
