"""A data folder that may only be read. Run inside ``apart``, in an empty folder."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.e2e.cluster import free_port
from tests.faults.scenes import NAMES, Scene, code_of, digests, mount
from tests.ui.operating import command


def main() -> None:
    scene = Scene(Path(sys.argv[1]))
    scene.write(1)
    scene.sync()
    before = digests(scene.data)
    mount("--bind", scene.data, scene.data)
    mount("-o", "remount,ro,bind", scene.data)

    commands = (
        ["index"], ["serve", "--port", str(free_port())], ["ask", code_of(NAMES[0])], ["doctor", "--repair"],
        ["backup", str(scene.folder / "backup.tgz")],
    )  # fmt: skip
    for arguments in commands:
        done = command(*arguments, "--config", str(scene.config))
        assert done.returncode == 3
        said = done.stdout + done.stderr
        assert "cannot be written" in said
        assert "give this user the right to write" in said
        assert "Traceback" not in said
    assert not (scene.folder / "backup.tgz").exists()
    assert digests(scene.data) == before


if __name__ == "__main__":
    main()
