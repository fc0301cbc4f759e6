"""A disk that runs full below a serving process, and is freed again. Run inside ``apart``, in an empty folder."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import httpx

from tests.e2e.cluster import free_port
from tests.faults.scenes import NAMES, Scene, all_in, ask, code_of, digests, mount, versions
from tests.ui.operating import Operated, command, logged, serving, until
from ui.maintenance.probe import probe


def fill(folder: Path) -> Path:
    """Leave nothing free."""
    ballast = folder / "ballast"
    space = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(bytes(space.f_bavail * space.f_frsize))
    return ballast


def main() -> None:
    scene = Scene(Path(sys.argv[1]))
    scene.data.mkdir()
    mount("-t", "tmpfs", "-o", "size=64m", "none", scene.data)
    scene.write(1)
    scene.sync()
    with serving(scene.config, scene.data) as server:
        until(lambda: versions(server) == all_in(1))
        while_full(scene, server)
        assert server.command("index").returncode == 0
        assert versions(server) == all_in(3)
        assert ask(server, code_of(NAMES[1])).json()["outcome"] == "answered"
        until(lambda: len(logged(server)) == 2)
    found = probe(scene.data, scene.settings.store, scene.settings.ledger)
    assert found.is_sound, found
    assert found.pages == len(NAMES)
    at_the_start(scene)


def while_full(scene: Scene, server: Operated) -> None:
    """What asker and operator meet, and that it is over once there is space."""
    first = ask(server, code_of(NAMES[0])).json()
    until(lambda: len(logged(server)) == 1)
    ballast = fill(scene.data)
    scene.write(2, paragraphs=40)

    refused = server.command("index")
    asked = ask(server, code_of(NAMES[0]))
    thumb = httpx.post(f"{server.url}/api/feedback", json={"answer_id": first["id"], "thumb": "up"})
    status = json.loads(server.command("status", "--json").stdout)

    assert refused.returncode == 3, refused.stderr
    assert "the disk is full" in refused.stderr, refused.stderr
    assert "free some space" in refused.stderr
    assert asked.status_code == 200
    assert asked.json()["outcome"] == "answered"
    assert thumb.status_code == 204
    assert status["last"]["error"] in refused.stderr
    assert server.get("/readyz").status_code == 200
    assert len(versions(server)) == len(NAMES)
    ballast.unlink()
    scene.write(3)


def at_the_start(scene: Scene) -> None:
    """A full disk is said by whatever begins on one, and nothing is changed by it."""
    before = digests(scene.data)
    ballast = fill(scene.data)
    commands = (["serve", "--port", str(free_port())], ["index"], ["backup", str(scene.data / "backup.tgz")])
    for arguments in commands:
        done = command(*arguments, "--config", str(scene.config))
        assert done.returncode == 3, (arguments, done.stderr)
        assert "cannot be" in done.stderr, (arguments, done.stderr)
        assert "free some space" in done.stderr, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
    assert not (scene.data / "backup.tgz").exists()
    ballast.unlink()
    after = digests(scene.data)
    assert {name: after.get(name) for name in before if not name.startswith("keywords")} == {
        name: digest for name, digest in before.items() if not name.startswith("keywords")
    }


if __name__ == "__main__":
    main()
