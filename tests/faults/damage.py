"""Damage to the files of an index, at seeded random places, and what the product makes of it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from index.testing import HashEmbedding
from tests.faults.scenes import Scene, answer, code_of
from tests.ui.operating import ROOT
from ui.maintenance.probe import Findings, probe
from ui.maintenance.repair import repair
from ui.maintenance.restore import restore, set_aside

PAGES = [f"desk{number}" for number in range(60)]
PARAGRAPHS = 20  # more chunks in all than the vector store keeps unwritten, so that its files are there
WAYS = ("flipped", "cut", "emptied")
FAMILIES = {
    "ledger": "ledger.sqlite3",
    "vector database": "chroma/chroma.sqlite3",
    "vector graph": "chroma/*/*.*",
    "keywords": "keywords/*/*/*.*",
}
_FLIPS = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of damage to a file. ``state`` and ``outcome`` are what operator and asker met; ``faults``, a probe."""

    file: str
    way: str
    state: str
    outcome: str
    text: str
    faults: dict[str, str]
    mended: Findings


def sound(folder: Path) -> Scene:
    """An index in order, with a backup of it."""
    from ui.maintenance.backup import back_up

    scene = Scene(folder)
    scene.write(1, PAGES, PARAGRAPHS)
    scene.sync()
    workspace = scene.open()
    try:
        back_up(workspace, folder / "kept.tgz")
        assert answer(workspace, code_of("desk7")).outcome == "answered"
    finally:
        workspace.close()
    return scene


def damaged(scene: Scene, family: str, way: str, seed: int) -> Outcome:
    """Damage a file of a family, ask, mend. Asserts that nothing crashed, nothing wrong was said and all is back."""
    pick = random.Random(f"{family} {way} {seed}")
    path = pick.choice(sorted(p for p in scene.data.glob(FAMILIES[family]) if p.stat().st_size))
    harm(path, way, pick)
    state, outcome, text = asked(scene)
    name = str(path.relative_to(scene.data))
    told = f"{name} {way} {seed}: {state}, {outcome}: {text}"
    assert outcome in ("answered", "failed", "refused"), told
    assert outcome != "answered" or "desk7v1" in text, told
    found = probe(scene.data, scene.settings.store, scene.settings.ledger)
    mended = mend(scene, found)
    assert (mended.faults, mended.pages, mended.strays) == ({}, len(PAGES), 0), f"{told}: {found} {mended}"
    assert asked(scene)[1:] == ("answered", "The code of the desk7 is desk7v1, which opens its door."), told
    return Outcome(name, way, state, outcome, text, found.faults, mended)


def harm(path: Path, way: str, pick: random.Random) -> None:
    """Flip bytes of a file, cut it short, or empty it."""
    content = bytearray(path.read_bytes())
    if way == "flipped":
        for _ in range(_FLIPS):
            content[pick.randrange(len(content))] ^= pick.randrange(1, 256)
    else:
        del content[pick.randrange(len(content)) if way == "cut" else 0 :]
    path.write_bytes(content)


def mend(scene: Scene, found: Findings) -> Findings:
    """What the operator does: a repair, or for a damaged ledger a restore."""
    if "ledger" in found.faults:
        assert set_aside(scene.settings) is not None
        workspace = scene.open()
        try:
            workspace.lock.acquire("test")
            restore(workspace, scene.folder / "kept.tgz", lambda _: None)
        finally:
            workspace.close()
    elif found.faults or found.strays:
        repair(scene.settings, HashEmbedding(), found, lambda _: None)
    else:
        return found
    return probe(scene.data, scene.settings.store, scene.settings.ledger)


def asked(scene: Scene) -> tuple[str, str, str]:
    """The state of a process that opens the index, and the outcome and first line of its answer; it must not crash."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.damage", str(scene.folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.returncode} {done.stderr[-2000:]}"
    state, outcome, text = json.loads(done.stdout)
    return state, outcome, text


def main() -> None:
    """Open the index and ask, as a server does."""
    from ingest.errors import FootnotedError

    try:
        workspace = Scene(Path(sys.argv[1])).open()
    except FootnotedError as error:
        print(json.dumps(["refused", "refused", error.message]))  # noqa: T201
        return
    workspace.warm()
    if workspace.state != "ready":
        print(json.dumps([workspace.state, "refused", workspace.state]))  # noqa: T201
    else:
        given = answer(workspace, code_of("desk7"))
        print(json.dumps([workspace.state, given.outcome, given.statements[0].text]))  # noqa: T201
    workspace.close()


if __name__ == "__main__":
    main()
