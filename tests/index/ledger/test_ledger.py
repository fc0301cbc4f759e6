from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.ledger.ledger import Ledger, LedgerOptions, PageVersion, Recut
from index.repeats import CutPage
from ingest.chunk import chunk_document
from ingest.errors import SettingsError, StoreDamagedError, StoreError, UsageError
from ingest.formats.web.markdown import parse_markdown
from ingest.repeats import PageBlocks
from ingest.types import Page, PageFailure
from tests.index.building import SMALL, BundledCounter, page

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def version(name: str, text: str = "", counter: BundledCounter | None = None) -> PageVersion:
    fetched = Page(name, (text or page(name)).encode(), "text/markdown", NOW, '"e"', "yesterday")
    document = parse_markdown(fetched)
    return PageVersion(
        fetched, document, tuple(chunk_document(document, counter or BundledCounter(), SMALL)), "s", None
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(LedgerOptions(), tmp_path)
    made.switch("c", [version("ada"), version("bob")])
    made.activate("c")
    return made


def test_what_is_switched_to_is_read_back_as_it_was(ledger: Ledger) -> None:
    written = version("ada")
    found = ledger.page("ada")

    assert found is not None
    assert (found.document, found.source, found.link, found.fetched_at) == (written.document, "s", None, NOW)
    assert tuple(chunk for chunk, _ in ledger.all_chunks("c") if chunk.url == "ada") == written.chunks
    assert set(ledger.live_chunks([chunk.id for chunk in written.chunks] + ["other"])) == {c.id for c in written.chunks}
    assert ledger.chunk_ranges(["ada"]) == {"ada": [(chunk.start, chunk.end) for chunk in written.chunks]}
    assert ledger.count_chunks("c") == 2 * len(written.chunks)


def test_a_switch_is_seen_as_a_whole_by_who_reads_meanwhile(ledger: Ledger) -> None:
    """A writer turns a page over and over; a reader must never see chunks of one version with the text of the other."""
    counter = BundledCounter()
    versions = [
        version("ada", page("ada", 3, "old"), counter),
        version("ada", "Longer start. " + page("ada", 4), counter),
    ]
    ids = [chunk.id for one in versions for chunk in one.chunks]
    done = threading.Event()

    def turn() -> None:
        while not done.is_set():
            for one in versions:
                ledger.switch("c", [one])

    ledger.switch("c", versions[:1])
    writer = threading.Thread(target=turn)
    writer.start()
    try:
        for _ in range(150):
            live = ledger.live_chunks(ids)
            assert set(live) in ({c.id for c in versions[0].chunks}, {c.id for c in versions[1].chunks})
            for chunk, found in live.values():
                assert chunk in (*versions[0].chunks, *versions[1].chunks)
                assert found.document.text[chunk.start : chunk.end] == chunk.text
    finally:
        done.set()
        writer.join()


def test_what_a_switch_leaves_over_is_garbage_until_it_is_cleared(ledger: Ledger) -> None:
    before = {chunk.id for chunk in version("ada").chunks}
    ledger.announce("c", ["about to be written", "never written"])
    ledger.switch("c", [version("ada", page("ada", 1))], removed=["bob"])
    kept = {chunk.id for chunk in version("ada", page("ada", 1)).chunks}
    gone = {chunk.id for chunk in version("bob").chunks}

    assert set(ledger.garbage("c")) == (before - kept) | gone | {"about to be written", "never written"}
    ledger.cleared("c", ledger.garbage("c"))
    assert ledger.garbage("c") == []


def test_a_chunk_that_comes_back_is_no_garbage(ledger: Ledger) -> None:
    ledger.switch("c", [version("ada", page("ada", 1))])
    ledger.switch("c", [version("ada")])

    assert not set(ledger.garbage("c")) & {chunk.id for chunk in version("ada").chunks}


def test_the_generation_grows_with_every_switch(ledger: Ledger) -> None:
    start = ledger.generation
    ledger.switch("c", [version("ada")])
    here = ledger.generation_of("c")
    ledger.switch("other", [version("ada")])
    ledger.activate("other")

    assert ledger.generation == start + 3
    assert ledger.generation_of("c") == here
    ledger.forget("c")
    assert ledger.generation_of("c") == 0
    assert ledger.collections() == {"other"}


def test_failures_keep_their_since_and_equal_ones_write_nothing(ledger: Ledger, tmp_path: Path) -> None:
    ledger.note_failures([PageFailure("ada", "it timed out", "wait"), PageFailure("new", "it is empty", "fill it")])
    (ada, new) = ledger.failures()
    before = (tmp_path / "ledger.sqlite3-wal").read_bytes()
    ledger.note_failures([PageFailure("new", "it is empty", "fill it"), PageFailure("ada", "it timed out", "wait")])
    assert (tmp_path / "ledger.sqlite3-wal").read_bytes() == before
    ledger.note_failures([PageFailure("ada", "it is gone", "look")])

    assert new.url == "new"
    assert [(f.url, f.reason, f.since) for f in ledger.failures()] == [("ada", "it is gone", ada.since)]
    assert ledger.states("c")["ada"].failure == "it is gone"
    assert ledger.states("c")["bob"].failing_since is None


def test_misses_and_validators_are_noted(ledger: Ledger) -> None:
    ledger.note_missed("c", {"ada": 2})
    assert ledger.states("c")["ada"].missed == 2
    ledger.revalidate("c", [Page("ada", b"other bytes", "text/markdown", NOW, '"f"', None)])
    state = ledger.states("c")["ada"]

    assert (state.missed, state.etag, state.last_modified) == (0, '"f"', None)
    assert state.page_digest == Page("ada", b"other bytes", "text/markdown", NOW).digest


def test_languages_are_counted_by_page(ledger: Ledger) -> None:
    assert ledger.languages("c") == {"": 2}
    ledger.switch("c", [version("cyd")], ["ada", "bob"])
    assert ledger.languages("c") == {"": 1}
    assert ledger.within(frozenset(["elsewhere"])).languages("c") == {}


def test_more_ids_than_a_statement_takes_are_asked_for_in_parts(ledger: Ledger) -> None:
    wanted = [f"x{n}" for n in range(40_000)] + [chunk.id for chunk in version("bob").chunks]

    assert len(ledger.live_chunks(wanted)) == 3


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.close()
    with pytest.raises(StoreDamagedError) as caught:
        Ledger(LedgerOptions(), tmp_path)
    assert caught.value.message == "the ledger is of version 99, this program reads version 2"
    assert caught.value.hint == "use the program version that wrote it, or name another folder with --data-dir"


def test_a_ledger_of_an_older_version_is_brought_to_this_one(ledger: Ledger, tmp_path: Path) -> None:
    before = ledger.page("ada")
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        for column in ("blocks", "others", "left_out"):
            connection.execute(f"ALTER TABLE pages DROP COLUMN {column}")
    connection.close()
    opened = Ledger(LedgerOptions(), tmp_path)

    assert before is not None
    assert opened.page("ada") == before
    assert opened.cut_pages("c")["ada"] == CutPage("s", PageBlocks(), ())
    opened.switch("c", [replace(version("ada"), blocks=PageBlocks((1, 2**64 - 1), True), left_out=(1,))])
    opened.close()
    again = Ledger(LedgerOptions(), tmp_path)
    assert again.cut_pages("c")["ada"] == CutPage("s", PageBlocks((1, 2**64 - 1), True), (1,))


def test_a_page_cut_anew_is_the_page_that_it_was(ledger: Ledger) -> None:
    before, state = ledger.page("ada"), ledger.states("c")["ada"]
    assert before is not None
    first, *others = version("ada").chunks
    ledger.switch("c", [Recut(before.document, tuple(others), (7,))])

    assert (ledger.page("ada"), ledger.states("c")["ada"]) == (before, state)
    assert ledger.cut_pages("c")["ada"].left_out == (7,)
    assert ledger.garbage("c") == [first.id]
    assert ledger.chunk_ids("c", ["ada"]) == {chunk.id for chunk in others}


def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_bytes(b"this is no database at all" * 99)
    with pytest.raises(StoreDamagedError) as caught:
        Ledger(LedgerOptions(), tmp_path)
    assert caught.value.message == "the ledger is damaged: file is not a database"
    assert caught.value.hint == "run: footnoted doctor"


def test_half_a_character_is_no_damage(ledger: Ledger) -> None:
    failure = PageFailure("p\udcf6yt\udce4.md", "no", "no")
    told = r"^'p\\udcf6yt\\udce4\.md' holds characters that cannot be written$"
    with pytest.raises(UsageError, match=told):
        ledger.page(failure.url)
    with pytest.raises(UsageError, match=told):
        ledger.note_failures([failure])


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written: File exists"):
        Ledger(LedgerOptions(), tmp_path / "file")


@pytest.mark.parametrize("url", ["no address", "nosuch://host/name", "postgresql+nosuchdriver://host/name"])
def test_an_address_that_cannot_be_used_is_said(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match=r"^ledger\.url cannot be used: ") as caught:
        Ledger(LedgerOptions(url=url), tmp_path)
    assert "postgresql+psycopg://user@host/name" in caught.value.hint
