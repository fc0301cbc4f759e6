from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.ledger.ledger import Ledger, LedgerOptions
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.errors import StoreError
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import SMALL, BundledCounter, check_whole, contents, page
from tests.index.ledger.test_ledger import version

pytest.importorskip("psycopg", reason="no driver here: pip install 'psycopg[binary]'")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a Postgres server of our own."""
    if shutil.which("initdb") is None or shutil.which("postgres") is None:
        pytest.skip("no Postgres here: install the system's package of it")
    folder = Path(tempfile.mkdtemp(prefix="footnoted-postgres-"))
    # Postgres refuses to run as root; the system's package brings a user of that name.
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    init = ["initdb", "-D", str(folder / "db"), "-U", "footnoted", "--auth=trust", "--no-sync"]
    subprocess.run([*user, *init], check=True, capture_output=True, cwd="/")
    control = [*user, "pg_ctl", "-D", str(folder / "db"), "-w", "-t", "120"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run(
        [*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, capture_output=True, cwd="/"
    )
    yield f"postgresql+psycopg://footnoted@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    shutil.rmtree(folder)


def test_an_index_whose_ledger_is_in_postgres_is_kept_right(server: str, tmp_path: Path) -> None:
    stores = Stores(tmp_path / "data", ledger=LedgerOptions(url=server))
    pages = tmp_path / "pages"
    pages.mkdir()
    syncer = Syncer(stores, HashEmbedding(), SMALL)
    source = FolderSource(FolderOptions(path=pages))
    for name in ("ada", "bob", "cyd"):
        (pages / f"{name}.md").write_text(page(name))
    assert syncer.sync([source]).added == 3
    (pages / "ada.md").write_text(page("ada", 4))
    (pages / "bob.md").unlink()
    report = syncer.sync([source])

    assert (report.changed, report.removed, report.embedded, report.unchanged) == (1, 1, 1, 1)
    assert set(contents(stores)) == {"ada.md", "cyd.md"}
    check_whole(stores)
    assert syncer.sync([source], rebuild=True).embedded == 7
    check_whole(stores)
    assert not (tmp_path / "data" / "ledger.sqlite3").exists()
    stores.ledger.forget(stores.ledger.collection)
    stores.close()


def test_a_switch_is_seen_as_a_whole(server: str, tmp_path: Path) -> None:
    ledger = Ledger(LedgerOptions(url=server), tmp_path)
    counter = BundledCounter()
    versions = [version("ada", page("ada", 3, "old"), counter), version("ada", "Longer. " + page("ada", 4), counter)]
    ids = [chunk.id for one in versions for chunk in one.chunks]
    ledger.switch("turning", versions[:1])
    ledger.activate("turning")
    done = threading.Event()

    def turn() -> None:
        while not done.is_set():
            for one in versions:
                ledger.switch("turning", [one])

    writer = threading.Thread(target=turn)
    writer.start()
    try:
        for _ in range(150):
            live = ledger.live_chunks(ids)
            assert set(live) in [{chunk.id for chunk in one.chunks} for one in versions]
            assert all(chunk in (*versions[0].chunks, *versions[1].chunks) for chunk, _ in live.values())
    finally:
        done.set()
        writer.join()
        ledger.close()


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Ledger(LedgerOptions(url="postgresql+psycopg://footnoted@127.0.0.1:1/none"), tmp_path)
    assert caught.value.message.startswith("the ledger's database failed: ")
    assert caught.value.hint == "check that it runs, and the setting ledger.url"
