"""A collection that does not serve yet: when its keywords are committed, and what an unfinished one leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

import index.stores
import index.sync
import index.writer
from index.keywords.wordings import Wordings
from index.ledger.ledger import Ledger, PageVersion, Recut
from ingest.errors import StoreError
from ingest.types import Chunk, Document
from tests.index.building import Built, check_whole, page


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.sync, "_BATCH_CHUNKS", 10)
    monkeypatch.setattr(index.sync, "_FIRST_CHUNKS", 10)


def many(first: int = 0, last: int = 16) -> dict[str, str]:
    return {f"p{number:02}.md": page(f"p{number:02}") for number in range(first, last)}


def committed(keywords: Wordings) -> int:
    """How many passages another process would find in the same folder."""
    other = Wordings(keywords._folder)
    try:
        return other.chunks.count()
    finally:
        other.close()


def test_keywords_are_committed_once_and_now_and_then_in_a_large_build(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    switch = Ledger.switch

    def look(ledger: Ledger, collection: str, versions: Sequence[PageVersion | Recut], *more: Sequence[str]) -> None:
        switch(ledger, collection, versions, *more)
        seen.append(committed(Wordings(built.data / "keywords" / collection)))

    monkeypatch.setattr(Ledger, "switch", look)
    built.write(many())
    built.sync()
    assert seen == [0, 0, 0, 0], "12 chunks a batch, and none committed before the end"
    check_whole(built.stores)

    seen.clear()
    monkeypatch.setattr(index.writer, "_PUT_OFF", 20)
    built.sync(rebuild=True)
    assert seen == [0, 0, 24, 24]
    check_whole(built.stores)


def test_pages_whose_switch_failed_leave_no_keywords(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.stores, "_TIDIED_AT_ONCE", 0)  # else what is left over goes with the statistics
    monkeypatch.setattr(index.stores, "_WORN_SHARE", 10.0)
    switch = Ledger.switch

    def fail(*_: object) -> None:
        raise StoreError("the disk is full", hint="make room")

    built.write(many())
    monkeypatch.setattr(Ledger, "switch", fail)
    with pytest.raises(StoreError, match="disk is full"):
        built.sync()
    monkeypatch.setattr(Ledger, "switch", switch)
    built.remove("p01.md")
    built.sync(force=True)

    check_whole(built.stores)


def test_a_search_does_not_wait_for_the_keywords_of_a_collection_under_construction(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.write(many())
    built.sync()
    put = Wordings.put
    filling, go = threading.Event(), threading.Event()

    def slowly(keywords: Wordings, pages: Iterable[tuple[Document, Sequence[Chunk]]]) -> None:
        filling.set()
        assert go.wait(20)
        put(keywords, pages)

    monkeypatch.setattr(Wordings, "put", slowly)
    with ThreadPoolExecutor(2) as threads:
        rebuild = threads.submit(built.sync, rebuild=True)
        try:
            assert filling.wait(20)
            assert threads.submit(built.texts, "p03 p030word3").result(20)
        finally:
            go.set()
        rebuild.result(30)
    check_whole(built.stores)
