from __future__ import annotations

from pathlib import Path

from ui.memory.link_memory import FILE_NAME, StoredLinks

LINKS = ("https://a.example/1", "https://a.example/ü?x=1")


def test_links_are_there_for_the_next_crawl_of_the_same_source(tmp_path: Path) -> None:
    StoredLinks(tmp_path, "one")["u"] = LINKS
    StoredLinks(tmp_path, "one")["none"] = ()

    assert StoredLinks(tmp_path, "one").get("u") == LINKS
    assert StoredLinks(tmp_path, "one").get("none") == ()
    assert StoredLinks(tmp_path, "one").get("never read") is None
    assert StoredLinks(tmp_path, "two").get("u") is None


def test_reading_writes_nothing(tmp_path: Path) -> None:
    StoredLinks(tmp_path, "one").get("u")
    assert list(tmp_path.iterdir()) == []

    StoredLinks(tmp_path, "one")["u"] = LINKS
    before = (tmp_path / FILE_NAME).stat()
    read = StoredLinks(tmp_path, "one")
    read.get("u")
    read.forget_others()
    after = (tmp_path / FILE_NAME).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_pages_that_a_crawl_did_not_meet_are_forgotten(tmp_path: Path) -> None:
    written = StoredLinks(tmp_path, "one")
    written["u"] = written["gone"] = LINKS
    StoredLinks(tmp_path, "two")["gone"] = LINKS

    crawl = StoredLinks(tmp_path, "one")
    crawl.get("u")
    crawl.forget_others()

    assert StoredLinks(tmp_path, "one").get("u") == LINKS
    assert StoredLinks(tmp_path, "one").get("gone") is None
    assert StoredLinks(tmp_path, "two").get("gone") == LINKS


def test_a_page_that_is_forgotten_is_read_whole_next_time(tmp_path: Path) -> None:
    written = StoredLinks(tmp_path, "one")
    written["u"] = LINKS
    written.forget(["u", "never read"])

    assert written.get("u") is None
    assert StoredLinks(tmp_path, "one").get("u") is None


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    StoredLinks(tmp_path, "one", keep=False)["u"] = LINKS

    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_counts_as_empty_and_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database at all" * 100)
    links = StoredLinks(tmp_path, "one")
    assert links.get("u") is None

    links["u"] = LINKS

    assert StoredLinks(tmp_path, "one").get("u") == LINKS
