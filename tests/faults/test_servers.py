"""A Chroma server, a database, an embeddings server, a language model: away, slow, half open, answering garbage.

Whichever it is, whoever asks gets an answer or is told which server failed, within the time that it is given here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import index.chroma.client
import index.embedding.remote
import index.ledger.database
from assistant.language_model.generate import MODEL_DOWN_NOTE
from assistant.language_model.options import LlmOptions
from index.chroma.collection import ChromaStore, StoreOptions
from index.embedding.options import EmbeddingOptions
from index.embedding.remote import RemoteEncoder
from index.ledger.database import LedgerOptions
from index.ledger.ledger import Ledger
from index.testing import HashEmbedding
from ingest.errors import FootnotedError, ModelError, StoreError
from tests.embeddings import Embeddings
from tests.faults.ailing import WAYS, ailing, saying
from tests.faults.scenes import NAMES, Scene, answer, code_of
from ui.settings import Settings
from ui.workspace import Workspace


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every time that is given to a server, cut to a second or so."""
    short = dict.fromkeys(index.chroma.client._SECONDS, 1.0)
    monkeypatch.setattr(index.chroma.client, "_SECONDS", short)
    monkeypatch.setattr(index.chroma.client, "_WRITE_SECONDS", 1.0)
    monkeypatch.setattr(index.embedding.remote, "_ASKED_SECONDS", 1.0)
    monkeypatch.setattr(index.ledger.database, "ANSWER_SECONDS", 2.0)


def within(seconds: float, work: object) -> FootnotedError | None:
    """What a function raises of ours, if anything; asserts that it comes to an end in time."""
    raised: list[FootnotedError | None] = []

    def run() -> None:
        try:
            work()  # type: ignore[operator]
        except FootnotedError as error:
            raised.append(error)
        else:
            raised.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it hangs"
    assert raised, "it raised what is not of ours"
    return raised[0]


@pytest.mark.parametrize("how", WAYS)
def test_a_chroma_server_that_ails_is_named(tmp_path: Path, how: str) -> None:
    with ailing(how) as port:
        store = ChromaStore(StoreOptions(url=f"http://127.0.0.1:{port}"), tmp_path)
        error = within(30, lambda: store.collection("footnoted-x-1"))
    assert isinstance(error, StoreError)
    assert error.message.startswith(f"the Chroma server at 'http://127.0.0.1:{port}' failed: ")
    assert "store.url" in error.hint


@pytest.mark.parametrize("how", WAYS)
def test_an_embeddings_server_that_ails_is_named(how: str) -> None:
    with ailing(how) as port:
        encoder = RemoteEncoder(EmbeddingOptions(model="m", url=f"http://127.0.0.1:{port}/v1"))
        error = within(30, lambda: encoder.encode_queries(["Who answers?"]))
    assert isinstance(error, ModelError)
    assert f"the embeddings server at 'http://127.0.0.1:{port}/v1'" in error.message
    assert error.hint


@pytest.mark.parametrize("how", [way for way in WAYS if way != "slow"])
def test_a_database_that_ails_is_named(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="no driver here: pip install 'psycopg[binary]'")
    with ailing(how) as port:
        url = f"postgresql+psycopg://footnoted@127.0.0.1:{port}/postgres?connect_timeout=2"
        error = within(30, lambda: Ledger(LedgerOptions(url=url), tmp_path))
    assert isinstance(error, StoreError)
    assert error.message.startswith("the ledger's database failed: ")
    assert "ledger.url" in error.hint


@pytest.mark.parametrize("how", WAYS)
def test_a_language_model_that_ails_leaves_the_answer_that_quotes(sound: Scene, how: str) -> None:
    with ailing(how) as port:
        llm = LlmOptions(
            base_url=f"http://127.0.0.1:{port}/v1", model="m", first_token_seconds=1, total_seconds=2, retries=0
        )
        workspace = Workspace(sound.settings.model_copy(update={"llm": llm}), HashEmbedding())
        try:
            told = []
            assert within(30, lambda: told.append(answer(workspace, code_of(NAMES[3])))) is None
        finally:
            workspace.close()
    assert told[0].outcome == "answered"
    assert "desk3v1" in told[0].text
    # A server that answers in another tongue says nothing that holds: then too the pages are quoted.
    assert how == "garbage" or told[0].statements[-1].text == MODEL_DOWN_NOTE


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[tuple[Embeddings, Workspace]]:
    """An index by an embeddings server, with its server."""
    server = Embeddings()
    with server.running():
        scene = Scene(tmp_path)
        scene.write(1)
        made = Settings(**{**scene.settings.model_dump(), "embedding": {"model": "m", "url": server.url}})
        workspace = Workspace(made)
        try:
            from ui.sync.order import Order, run_sync

            workspace.lock.acquire("test")
            assert not run_sync(workspace, Order("test")).failures
            yield server, workspace
        finally:
            workspace.close()


def test_an_asker_is_told_which_server_failed_and_is_answered_when_it_is_back(
    embedded: tuple[Embeddings, Workspace],
) -> None:
    server, workspace = embedded
    assert answer(workspace, code_of("desk1")).outcome == "answered"
    for status, said in ((500, {}), (200, {"data": "garbage"}), (200, {"object": "list", "data": [], "model": "m"})):
        server.answer = lambda body, status=status, said=said: (status, said)  # type: ignore[misc]
        failed = answer(workspace, code_of("desk2"))
        assert (failed.outcome, failed.citations) == ("failed", ())
        assert "the embeddings server at" in failed.text
    server.answer = server.embed
    assert answer(workspace, code_of("desk2")).outcome == "answered"


def test_a_database_that_stops_answering_is_given_up_and_asked_again_when_it_goes_on(tmp_path: Path) -> None:
    """A stopped process, not a dead one: its kernel goes on taking what is sent to it."""
    pytest.importorskip("psycopg", reason="no driver here: pip install 'psycopg[binary]'")
    from tests.faults.postgres import postgres

    with postgres() as database:
        ledger = Ledger(LedgerOptions(url=database.url), tmp_path)
        try:
            assert ledger.collection == ""
            database.pause()
            try:
                error = within(30, lambda: ledger.collection)
            finally:
                database.go_on()
            assert isinstance(error, StoreError)
            assert "the ledger's database failed" in error.message
            assert ledger.collection == ""
        finally:
            ledger.close()


def test_a_slow_chroma_server_is_waited_for_and_one_that_drips_is_not(tmp_path: Path) -> None:
    beat = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with saying(beat, 0.002) as port:  # every answer is well formed, and none is what was asked for
        store = ChromaStore(StoreOptions(url=f"http://127.0.0.1:{port}"), tmp_path)
        assert isinstance(within(30, store.names), StoreError)
