"""From one embedding model to another and back: what serves goes on serving, with its own model, until the switch."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from assistant.reader.options import ReaderOptions
from index.embedding.encoder import SentenceEncoder
from index.embedding.options import EmbeddingOptions
from index.types import Hit, Progress
from ingest.errors import ModelError
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import check_whole, page
from tests.index.models import save_encoder
from tests.ui.operating import COMMAND, ROOT, until
from ui.maintenance.probe import probe
from ui.maintenance.repair import repair
from ui.settings import Settings
from ui.status import read_status
from ui.workspace import StoppedError, Workspace

QUESTION = "which page holds topic3one word2"
WINDOWS = {"old": 48, "same": 48, "new": 80}
PROMPTS = {"query": "ask ", "document": "text "}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models: one of the old one's own size, one of another size, window and prompts."""
    folder = tmp_path_factory.mktemp("models")
    save_encoder(folder / "old", window=WINDOWS["old"])
    save_encoder(folder / "same", window=WINDOWS["same"], seed=1)
    save_encoder(folder / "new", dimensions=24, window=WINDOWS["new"], prompts=PROMPTS, seed=2)
    (folder / "broken").mkdir()
    return folder


class Site:
    """A data folder over a few pages; ``open`` is what a process does that is started with a model in its settings."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.data = folder / "data"
        self.models = models
        self.pages = folder / "pages"
        self.pages.mkdir()
        for number in range(8):
            (self.pages / f"page{number}.md").write_text(page(f"topic{number}"))
        self.opened: list[Workspace] = []

    def settings(self, model: str) -> Settings:
        options = EmbeddingOptions(model=str(self.models / model))
        return Settings(data_dir=self.data, embedding=options, reader=ReaderOptions(model="none"))

    def open(self, model: str) -> Workspace:
        self.opened.append(Workspace(self.settings(model)))
        return self.opened[-1]

    @property
    def sources(self) -> list[FolderSource]:
        return [FolderSource(FolderOptions(path=self.pages), "pages")]


@pytest.fixture
def site(tmp_path: Path, models: Path) -> Iterator[Site]:
    made = Site(tmp_path, models)
    made.open("old").sync(made.sources)
    yield made
    for workspace in made.opened:
        workspace.close()


def found(workspace: Workspace) -> list[tuple[str, float]]:
    """What a question finds, with each passage's cosine."""
    return [(hit.chunk.text, round(hit.dense, 4)) for hit in workspace.search(QUESTION)]


def by_model(site: Site, model: str, hits: list[Hit]) -> list[tuple[str, float]]:
    """The cosines of those passages, worked out with a model anew."""
    encoder = SentenceEncoder(EmbeddingOptions(model=str(site.models / model)))
    cosines = encoder.encode_documents([hit.chunk.embedded for hit in hits]) @ encoder.encode_query(QUESTION)
    return [(hit.chunk.text, float(cosine)) for hit, cosine in zip(hits, np.asarray(cosines), strict=True)]


@pytest.mark.parametrize("model", ["same", "new"])
def test_the_old_index_answers_with_its_own_model_until_the_new_one_is_whole(site: Site, model: str) -> None:
    before = found(site.opened[0])
    after = site.open(model)
    during: list[list[tuple[str, float]]] = []

    assert found(after) == before, "not yet built"
    status = read_status(site.settings(model))
    assert status.model.endswith("old")
    assert "made with the embedding model" in status.notes[0]
    report = after.sync(site.sources, progress=lambda _: during.append(found(after)))

    assert report.embedded == site.opened[0].stores.ledger.count_chunks(after.stores.ledger.collection)
    assert during
    assert all(seen == before for seen in during)
    hits = after.search(QUESTION)
    assert [cosine for _, cosine in by_model(site, model, hits)] == [pytest.approx(h.dense, abs=1e-4) for h in hits]
    assert found(after) != before
    check_whole(after.stores)
    status = read_status(site.settings(model))
    assert (status.model, status.notes) == (str(site.models / model), ())
    assert after.sync(site.sources).embedded == 0


def test_passages_fit_each_models_own_window_with_its_prompt(site: Site) -> None:
    workspace = site.open("new")
    workspace.sync(site.sources)
    encoder = SentenceEncoder(EmbeddingOptions(model=str(site.models / "new"), document_prompt=""))

    lengths = encoder.count([
        PROMPTS["document"] + chunk.embedded
        for chunk, _ in workspace.stores.ledger.all_chunks(workspace.stores.ledger.collection)
    ])  # fmt: skip
    assert max(lengths) <= WINDOWS["new"]
    assert max(lengths) > WINDOWS["old"]


def test_and_back_again(site: Site) -> None:
    before = found(site.opened[0])
    site.open("new").sync(site.sources)
    back = site.open("old")
    assert found(back) != before

    assert back.sync(site.sources).embedded > 0
    assert found(back) == before
    assert read_status(site.settings("old")).model.endswith("old")
    check_whole(back.stores)


def test_a_switch_that_fails_leaves_the_old_index_serving(site: Site) -> None:
    before = found(site.opened[0])
    failing = site.open("broken")

    with pytest.raises(ModelError, match=r"the embedding model '.*broken' could not be loaded"):
        failing.sync(site.sources)
    assert found(failing) == before
    status = read_status(site.settings("broken"))
    assert status.model.endswith("old")
    assert "the settings ask for" in status.notes[0]
    assert site.open("old").sync(site.sources).embedded == 0


def test_a_switch_that_is_stopped_is_finished_or_given_up_by_the_next_sync(site: Site) -> None:
    before = found(site.opened[0])

    def stopped(reached: Progress) -> None:
        stopping.stopping.set()

    stopping = site.open("new")
    (site.pages / "long.md").write_text(page("long", 200))  # more than is written at once
    with pytest.raises(StoppedError):
        stopping.sync(site.sources, progress=stopped)
    assert found(site.open("new")) == before
    (site.pages / "long.md").unlink()
    given_up = site.open("old")
    assert given_up.sync(site.sources).embedded == 0
    assert found(given_up) == before
    check_whole(given_up.stores)
    finished = site.open("new")
    finished.sync(site.sources)
    check_whole(finished.stores)


_KILLED = """
import os, signal, sys
from pathlib import Path
from index.ledger.ledger import Ledger
from ingest.folder import FolderOptions, FolderSource
from ui.settings import load_settings
from ui.workspace import Workspace
setattr(Ledger, sys.argv[3], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
Workspace(load_settings(Path(sys.argv[1]))).sync([FolderSource(FolderOptions(path=Path(sys.argv[2])), "pages")])
"""


@pytest.mark.parametrize(("step", "serves"), [("activate", "old"), ("forget", "new")])
def test_killed_around_the_switch_the_index_is_searched_with_its_own_model(
    site: Site, tmp_path: Path, step: str, serves: str
) -> None:
    config = tmp_path / "footnoted.toml"
    config.write_text(f'data_dir = "data"\n[embedding]\nmodel = "{site.models / "new"}"\n[reader]\nmodel = "none"\n')
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _KILLED, str(config), str(site.pages), step], cwd=ROOT, check=False
    )
    assert killed.returncode == -9

    workspace = site.open("new")
    hits = workspace.search(QUESTION)
    assert [cosine for _, cosine in by_model(site, serves, hits)] == [pytest.approx(h.dense, abs=1e-4) for h in hits]
    assert read_status(site.settings("new")).model.endswith(serves)
    workspace.sync(site.sources)
    check_whole(workspace.stores)
    assert read_status(site.settings("new")).model.endswith("new")


def test_a_model_that_was_trained_further_is_not_taken_for_the_one_that_made_the_index(
    site: Site, tmp_path: Path
) -> None:
    own = shutil.copytree(site.models, tmp_path / "models")
    site.models = Path(own)
    site.open("old").sync(site.sources)
    shutil.copyfile(own / "same" / "model.safetensors", own / "old" / "model.safetensors")
    changed = site.open("old")

    with pytest.raises(ModelError, match="is not the one that the index was made with any more") as caught:
        changed.search(QUESTION)
    assert caught.value.hint == "run: footnoted index"
    assert changed.sync(site.sources).embedded > 0
    hits = changed.search(QUESTION)
    assert [cosine for _, cosine in by_model(site, "old", hits)] == [pytest.approx(h.dense, abs=1e-4) for h in hits]


def test_a_repair_embeds_with_the_model_of_the_index(site: Site) -> None:
    before = found(site.opened[0])
    site.opened.pop().close()
    (site.data / "chroma" / "chroma.sqlite3").unlink()
    settings = site.settings("new")
    lost = probe(settings.data_dir, settings.store, settings.ledger)
    assert "vectors" in lost.faults
    repair(settings, SentenceEncoder(settings.embedding), lost, lambda _: None)

    assert found(site.open("new")) == before


def test_a_restarted_server_answers_while_it_builds_the_new_index(site: Site, tmp_path: Path) -> None:
    config = tmp_path / "footnoted.toml"
    config.write_text(
        f'data_dir = "data"\n[embedding]\nmodel = "{site.models / "new"}"\n[reader]\nmodel = "none"\n'
        '[[sources]]\nname = "pages"\nfolder = "pages"\n'
    )
    for number in range(40):
        (site.pages / f"more{number}.md").write_text(page(f"more{number}", 8))
    site.opened[0].sync(site.sources)
    site.opened.pop().close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [*COMMAND, "serve", "--config", str(config), "--port", str(port)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            until(lambda: _answers(f"{url}/readyz"), server, 180)
            served = []

            def switched() -> bool:
                hits = httpx.get(f"{url}/api/search", params={"q": QUESTION, "k": 3}, timeout=60).json()["hits"]
                assert hits, "a question was not answered"
                status = read_status(site.settings("new"))
                assert status.last is None or not status.last.error, status.last.error
                served.append(Path(status.model).name)
                return served[-1] == "new"

            until(switched, server, 240)
            assert served[0] == "old", "it was ready before the new index was"
        finally:
            server.terminate()
            server.communicate(timeout=60)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=30).status_code == 200
    except httpx.TransportError:
        return False
