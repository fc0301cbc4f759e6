"""Finding and mending what is wrong with an index, on real damage."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.embedding.processor import adds_up_8_bits
from index.ledger.lock import WriteLock
from index.testing import HashEmbedding
from ingest.errors import StoreDamagedError
from tests.ui.operating import command
from ui.maintenance.probe import Findings, probe
from ui.maintenance.repair import repair
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace

PAGES, PARTS = 160, 8  # more chunks than the vector store keeps unwritten, so that its files are there to be damaged


def settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, reader={"model": "none"})


def look(folder: Path) -> Findings:
    made = settings(folder)
    return probe(made.data_dir, made.store, made.ledger)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an index in order."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "pages").mkdir()
    for page in range(PAGES):
        parts = [f"# Page {page} part {part}\n\n" + f"w{page}x{part} " * 150 for part in range(PARTS)]
        (folder / "pages" / f"{page}.md").write_text("\n\n".join(parts))
    workspace = Workspace(settings(folder / "data"), HashEmbedding())
    report = run_sync(workspace, Order("test", named=(str(folder / "pages"),)))
    workspace.close()
    assert report.embedded == PAGES * PARTS
    return folder / "data"


@pytest.fixture
def data(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to be damaged."""
    shutil.copytree(sound, tmp_path / "data")
    return tmp_path / "data"


def graph(data: Path, name: str) -> Path:
    return next((data / "chroma").glob(f"*/{name}"))


def vectors(data: Path) -> Path:
    return graph(data, "data_level0.bin")


def scramble(path: Path, start: int) -> None:
    content = bytearray(path.read_bytes())
    content[start : start + len(content) // 2] = os.urandom(len(content) // 2)
    path.write_bytes(content)


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "scrambled vectors": (lambda data: scramble(vectors(data), 1_000), ""),
    "vectors cut short": (lambda data: os.truncate(vectors(data), 5_000), r"data_level0\.bin is cut short"),
    "lengths cut short": (lambda data: os.truncate(graph(data, "length.bin"), 8), r"length\.bin is cut short"),
    "header cut short": (lambda data: os.truncate(graph(data, "header.bin"), 68), r"header\.bin is cut short"),
    "database scrambled": (lambda data: scramble(data / "chroma" / "chroma.sqlite3", 8_000), "malformed"),
    "store gone": (lambda data: shutil.rmtree(data / "chroma"), "holds no collection"),
}


def test_an_index_in_order_is_found_so(sound: Path) -> None:
    assert look(sound) == Findings({}, PAGES, PAGES * PARTS)


@pytest.mark.parametrize(("damage", "told"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_vectors_are_found_and_mended(data: Path, damage: Callable[[Path], None], told: str) -> None:
    damage(data)
    found = look(data)
    assert list(found.faults) == ["vectors"]
    assert re.search(told, found.faults["vectors"])

    mended = repair(settings(data), HashEmbedding(), found, lambda _: None)

    assert mended == look(data) == Findings({}, PAGES, PAGES * PARTS)
    assert {path.name for path in data.iterdir()} >= {"chroma", "keywords", "ledger.sqlite3"}
    assert not list(data.glob("repair-*"))


def test_vectors_that_can_be_read_are_not_embedded_again(data: Path) -> None:
    workspace = Workspace(settings(data), HashEmbedding())
    name = workspace.ledger.collection
    lost = sorted(workspace.stores.collection(name).ids())[:5]
    workspace.stores.collection(name).delete(lost)
    workspace.close()
    found = look(data)
    assert found.faults == {"vectors": f"5 of {PAGES * PARTS:,} chunks have no vector"}

    encoder = HashEmbedding()
    assert repair(settings(data), encoder, found, lambda _: None).is_sound

    assert len(encoder.embedded) == 5


def test_the_keyword_copy_is_made_anew(data: Path) -> None:
    shutil.rmtree(data / "keywords")
    found = look(data)
    assert list(found.faults) == ["keywords"]

    encoder = HashEmbedding()

    assert repair(settings(data), encoder, found, lambda _: None).is_sound
    assert encoder.embedded == []


def test_vectors_of_no_page_are_counted_and_cleared(data: Path) -> None:
    workspace = Workspace(settings(data), HashEmbedding())
    name = workspace.ledger.collection
    chunk, _ = next(workspace.ledger.all_chunks(name))
    strays = [replace(chunk, id=f"stray-{number}") for number in range(3)]
    workspace.stores.collection(name).put(strays, workspace.encoder.encode_documents([c.text for c in strays]))
    workspace.close()
    found = look(data)
    assert (found.is_sound, found.strays) == (True, 3)

    assert repair(settings(data), HashEmbedding(), found, lambda _: None).strays == 0


def test_a_damaged_ledger_is_named_and_nothing_is_touched(data: Path) -> None:
    scramble(data / "ledger.sqlite3", 8_000)
    before = (data / "chroma" / "chroma.sqlite3").read_bytes()
    found = look(data)
    assert "ledger" in found.faults

    with pytest.raises(StoreDamagedError) as raised:
        repair(settings(data), HashEmbedding(), found, lambda _: None)

    assert "footnoted restore FILE" in raised.value.hint
    assert (data / "chroma" / "chroma.sqlite3").read_bytes() == before


def test_the_command_says_what_is_wrong_and_what_mends_it(data: Path) -> None:
    shutil.rmtree(data / "chroma")

    done = command("doctor", "--data-dir", str(data))

    assert done.returncode == 3
    assert "wrong index: vectors: the vector store holds no collection" in done.stdout
    assert "footnoted doctor --repair" in done.stdout


def test_the_command_leaves_a_folder_alone_that_another_process_writes(data: Path) -> None:
    with WriteLock(data).acquire("another command"):
        mended = command("doctor", "--repair", "--data-dir", str(data))

    assert mended.returncode == 3
    assert "is held by process" in mended.stdout


def test_an_empty_folder_is_in_order(tmp_path: Path) -> None:
    done = command("doctor", "--data-dir", str(tmp_path / "none"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing is indexed yet" in done.stdout
    assert ("lacks VNNI" in done.stdout) == (not adds_up_8_bits()), done.stdout
