from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest

from index.chroma.collection import ChromaStore, Collection, StoreOptions
from ingest.errors import SettingsError, StoreDamagedError, StoreError
from ingest.types import Chunk
from tests.index.building import Built, page
from tests.server import Response, Route, Server


def chunk(identity: str) -> Chunk:
    return Chunk(identity, "page", 0, "Title", "Title", (), f"text of {identity}", 0, 9)


@pytest.fixture
def store(tmp_path: Path) -> ChromaStore:
    return ChromaStore(StoreOptions(), tmp_path)


@pytest.fixture
def collection(store: ChromaStore) -> Collection:
    made = store.make_collection("footnoted-test")
    made.put([chunk("a"), chunk("b")], np.array([[1, 0, 0], [0, 1, 0]], np.float32))
    return made


def test_scores_are_cosines(collection: Collection) -> None:
    angle = np.array([[0.6, 0.8, 0], [-1, 0, 0]], np.float32)
    first, second = collection.nearest(angle, 5)

    assert first == pytest.approx({"b": 0.8, "a": 0.6}, abs=1e-6)
    assert second == pytest.approx({"a": -1.0, "b": 0.0}, abs=1e-6)


def test_putting_twice_leaves_one_and_the_last(collection: Collection) -> None:
    collection.put([chunk("a")], np.array([[0, 0, 1]], np.float32))

    assert len(collection) == 2
    assert np.allclose(collection.vectors(["a", "none"])["a"], [0, 0, 1])
    assert set(collection.vectors(["a", "none"])) == {"a"}


def test_deleting_passes_over_what_is_not_there(collection: Collection) -> None:
    collection.delete(["a", "none"])
    collection.delete([])

    assert collection.ids() == {"b"}
    assert collection.nearest(np.array([[1, 0, 0]], np.float32), 5)[0].keys() == {"b"}


def test_more_chunks_than_one_call_takes_are_put_in_parts(store: ChromaStore) -> None:
    made = store.make_collection("footnoted-large")
    vectors = np.random.default_rng(1).normal(size=(6_000, 4)).astype(np.float32)
    made.put([chunk(str(n)) for n in range(6_000)], vectors)

    assert len(made) == 6_000
    assert len(made.vectors([str(n) for n in range(6_000)])) == 6_000
    assert len(made.nearest(vectors[:1], 5)[0]) == 5
    made.delete(str(n) for n in range(3, 6_000))
    assert made.nearest(vectors[:1], 5)[0].keys() == {"0", "1", "2"}
    made.delete(str(n) for n in range(3))
    assert made.nearest(vectors[:1], 5) == [{}]


def test_an_index_whose_vectors_are_gone_says_how_to_make_them_anew(built: Built) -> None:
    import shutil

    built.write({"ada.md": page("ada")})
    built.sync()
    name = built.stores.ledger.collection
    built.stores.close()
    shutil.rmtree(built.data / "chroma")
    built.reopen()
    with pytest.raises(StoreDamagedError) as caught:
        built.searcher.search("ada1word1")
    assert caught.value.message == f"the vector store holds no collection {name!r}, which the ledger lists"
    assert caught.value.hint == "run: footnoted index --rebuild"
    built.sync(rebuild=True)
    assert built.searcher.search("ada1word1")[0].chunk.url == "ada.md"


def test_a_broken_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database" * 999)
    with pytest.raises(StoreDamagedError, match=r"^the vector store failed: ") as caught:
        ChromaStore(StoreOptions(), tmp_path).make_collection("footnoted-test")
    assert caught.value.hint == "run: footnoted doctor"


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(StoreError) as caught:
        ChromaStore(StoreOptions(url=url), tmp_path).make_collection("footnoted-test")
    assert caught.value.message.startswith(f"the Chroma server at {url!r} failed: ")
    assert caught.value.hint == "check that it runs, and the setting store.url"


def test_an_address_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        ChromaStore(StoreOptions(url="localhost:8000"), tmp_path).make_collection("footnoted-test")
    assert caught.value.message == "store.url 'localhost:8000' is not a web address"
    assert caught.value.hint == "write it as http://host:8000, or with names as https://host/tenant/database"


def test_a_servers_tenant_database_and_token_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMA_TOKEN", "the token of the tests")
    found = Response(b'{"name": "own", "id": "00000000-0000-0000-0000-000000000001", "tenant": "org"}')
    asked: dict[str, Route] = {
        "/api/v2/auth/identity": Response(b'{"user_id": "", "tenant": "org", "databases": ["own"]}')
    }
    asked |= {"/api/v2/tenants/org": Response(b'{"name": "org"}'), "/api/v2/tenants/org/databases/own": found}
    asked["/api/v2/tenants/org/databases/own/collections"] = Response(b"[]")
    with Server(asked).running() as server:
        store = ChromaStore(StoreOptions(url=f"{server.url}/org/own", token_env="CHROMA_TOKEN"), tmp_path)
        assert store.names() == []
        assert "/api/v2/tenants/org/databases/own/collections" in [path.partition("?")[0] for path in server.paths]
        assert {request.headers.get("x-chroma-token") for request in server.requests} == {"the token of the tests"}
        store.close()
    with pytest.raises(SettingsError, match="names 'NO_SUCH_TOKEN', which is not set"):
        ChromaStore(StoreOptions(url="http://127.0.0.1:1", token_env="NO_SUCH_TOKEN"), tmp_path).names()
