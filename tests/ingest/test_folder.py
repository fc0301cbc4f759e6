from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from ingest.addresses import Addresses
from ingest.errors import PageError, UsageError
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Fetched, Page, PageFailure, PassedOver


def fetched(path: Path, **options: object) -> list[Fetched]:
    source = FolderSource(FolderOptions.model_validate({"path": path, **options}))
    return list(source.fetch(lambda _: None))


def pages(path: Path, **options: object) -> dict[str, str]:
    return {page.url: page.media_type for page in fetched(path, **options) if isinstance(page, Page)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.md", "b/c.txt", "b/d.pdf", "b/.hidden.md", ".git/x.md", "logo.png", "b/e.HTML", "SOURCES.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    return tmp_path


def test_every_readable_file_is_a_page_of_its_kind(folder: Path) -> None:
    assert pages(folder) == {
        "a.md": "text/markdown",
        "b/c.txt": "text/plain",
        "b/d.pdf": "application/pdf",
        "b/e.HTML": "text/html",
    }


def test_globs_choose_and_leave_out(folder: Path) -> None:
    assert set(pages(folder, include=("*.md", "*.txt"))) == {"a.md", "b/c.txt", "SOURCES.md"} - {"SOURCES.md"}
    assert set(pages(folder, include=("b/*",), exclude=("**/*.pdf",))) == {"b/c.txt", "b/e.HTML"}


def test_one_file_is_a_folder_of_one(folder: Path) -> None:
    assert set(pages(folder / "b" / "c.txt")) == {"c.txt"}


def test_a_page_has_an_address_below_the_folders(folder: Path) -> None:
    options = FolderOptions(path=folder, base_url="https://intra.example/docs/")

    assert FolderSource(options).link("b/c d.txt") == "https://intra.example/docs/b/c%20d.txt"
    assert FolderSource(FolderOptions(path=folder)).link("a.md") is None


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        FolderSource(FolderOptions(path=tmp_path / "none"))
    assert caught.value.message == f"no such file or folder: {str(tmp_path / 'none')!r}"
    assert caught.value.hint == "name an existing one: footnoted index FOLDER"


def test_a_loop_of_links_ends(folder: Path) -> None:
    (folder / "b" / "round").symlink_to(folder, target_is_directory=True)
    (folder / "circle.md").symlink_to(folder / "circle.md")
    (failure,) = [one for one in fetched(folder) if isinstance(one, PageFailure)]

    assert len(pages(folder)) == 4
    assert (failure.url, failure.reason) == ("circle.md", "it is not a regular file, or a link that leads nowhere")


def test_a_link_to_a_file_is_followed_and_a_broken_one_is_a_failure(folder: Path, tmp_path: Path) -> None:
    (folder / "linked.md").symlink_to(folder / "a.md")
    (folder / "broken.md").symlink_to(folder / "nowhere")
    found = {one.url: one for one in fetched(folder)}

    assert isinstance(found["linked.md"], Page)
    assert found["broken.md"] == PageFailure(
        "broken.md",
        "it is not a regular file, or a link that leads nowhere",
        "remove it, or leave it out with `exclude`",
    )


def test_a_pipe_is_a_failure_and_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")

    assert [one.url for one in fetched(folder) if isinstance(one, PageFailure)] == ["pipe.md"]


def test_a_file_that_is_too_large_is_a_failure(folder: Path) -> None:
    (folder / "a.md").write_text("x" * 1001)
    (failure,) = [one for one in fetched(folder, max_bytes=1000) if isinstance(one, PageFailure)]

    assert failure.reason == "it has 1,001 bytes, more than the 1,000 allowed"
    assert failure.hint == "raise the source's `max_bytes`, or `exclude` it"


def test_a_file_that_vanishes_while_the_folder_is_read_is_a_failure(folder: Path) -> None:
    (folder / "z.md").write_text("last")
    (folder / "y.md").write_text("last but one")
    found = FolderSource(FolderOptions(path=folder)).fetch(lambda _: None)
    first = next(found)
    (folder / "y.md").unlink()
    rest = {one.url: one for one in found}

    assert isinstance(first, Page)
    assert rest["y.md"] == PageFailure("y.md", "it vanished while the folder was read", "run the sync again")
    assert isinstance(rest["z.md"], Page)


def test_a_folder_that_cannot_be_listed_fails_the_source(folder: Path) -> None:
    found = FolderSource(FolderOptions(path=folder)).fetch(lambda _: None)
    next(found)
    shutil.rmtree(folder / "b")

    with pytest.raises(PageError) as caught:
        list(found)
    assert caught.value.message == f"the folder {str(folder / 'b')!r} cannot be read: No such file or directory"
    assert caught.value.hint == "give this user the right to read it, or run the sync again"


def test_a_name_that_is_not_utf8_is_a_failure_and_is_shown_escaped(folder: Path) -> None:
    (folder / os.fsdecode(b"p\xf6yt\xe4")).mkdir()
    (folder / os.fsdecode(b"p\xf6yt\xe4") / "list.md").write_text("text")
    (failure,) = [one for one in fetched(folder) if isinstance(one, PageFailure)]

    assert failure.url == "p\\xf6yt\\xe4/list.md"
    assert (failure.reason, failure.hint) == (
        "the name of the file, or of a folder above it, is not UTF-8",
        "rename it",
    )
    assert len(pages(folder)) == 4


@pytest.mark.parametrize("glob", ["b", "b/*", "b/**", "**/b", "**/b/*", "b*"])
def test_a_folder_that_is_left_out_is_not_looked_into(folder: Path, glob: str) -> None:
    found = FolderSource(FolderOptions(path=folder, exclude=(glob,))).fetch(lambda _: None)
    first = next(found)
    shutil.rmtree(folder / "b")  # as one that may not be listed

    assert [first.url, *(one.url for one in found)] == ["SOURCES.md", "a.md", "logo.png"]


def test_a_folder_of_which_some_files_are_left_out_is_looked_into(folder: Path) -> None:
    (folder / "b" / "b").mkdir()
    (folder / "b" / "b" / "f.txt").write_text("text")

    assert "b/c.txt" in pages(folder, exclude=("b/*.pdf", "b/b"))
    assert "b/b/f.txt" not in pages(folder, exclude=("b/*.pdf", "b/b"))
    assert "b/b/f.txt" in pages(folder, exclude=("*.pdf", "c/*"))


def test_lock_files_of_office_programs_are_passed_over(folder: Path) -> None:
    (folder / "b" / "~$report.docx").write_text("someone")

    assert len(pages(folder)) == 4
    assert [one for one in fetched(folder) if not isinstance(one, Page)] == [PassedOver("logo.png")]


def test_files_that_are_not_read_are_told_unless_they_are_left_out(folder: Path) -> None:
    for name in ("Minutes.DOC", "b/old.zip", "b/.hidden.zip", "LICENSE", os.fsdecode(b"p\xe4.gif")):
        (folder / name).write_bytes(b"bytes")

    def told(**options: object) -> set[str]:
        return {one.url for one in fetched(folder, **options) if isinstance(one, PassedOver)}

    assert told() == {"Minutes.DOC", "b/old.zip", "LICENSE", "logo.png", "p\\xe4.gif"}
    assert told(exclude=("*.DOC", "*.gif", "b")) == {"LICENSE", "logo.png"}
    assert told(include=("*.md", "*.zip")) == {"b/old.zip"}


def side_by_side(*folders: Path, held: dict[str, str] | None = None, **options: object) -> list[dict[str, str]]:
    """What each of some sources gives, by address, read in this order; they are called by their number."""
    addresses = Addresses(held)
    sources = [
        FolderSource(FolderOptions.model_validate({"path": folder, **options}), str(number), addresses)
        for number, folder in enumerate(folders)
    ]
    return [
        {one.url: one.body.decode() if isinstance(one, Page) else "" for one in source.fetch(lambda _: None)}
        for source in sources
    ]


def written(folder: Path, *names: str) -> Path:
    """A folder of files, each of which says where it lies."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(str(folder / name))
    return folder


def test_files_of_the_same_path_in_several_folders_have_addresses_of_their_own(tmp_path: Path) -> None:
    one, two, three = (written(tmp_path / name / "docs", "index.md", f"{name}.md") for name in "abc")

    assert side_by_side(one, two, three) == [
        {"a.md": f"{one}/a.md", "index.md": f"{one}/index.md"},
        {"b.md": f"{two}/b.md", "docs/index.md": f"{two}/index.md"},
        {"c.md": f"{three}/c.md", "c/docs/index.md": f"{three}/index.md"},
    ]


def test_what_stands_in_front_never_makes_the_path_of_another_file(tmp_path: Path) -> None:
    one = written(tmp_path / "a" / "docs", "index.md")
    two = written(tmp_path / "b" / "docs", "index.md", "docs/index.md")
    found = {"docs/index.md": f"{two}/docs/index.md", "b/docs/index.md": f"{two}/index.md"}

    assert side_by_side(one, two)[1] == found
    assert side_by_side(one, two, held={"index.md": "0", "docs/index.md": "1"})[1] == found
    assert side_by_side(two, one)[1] == {"a/docs/index.md": f"{one}/index.md"}
    three = written(tmp_path / "docs" / "docs", "index.md", "docs/index.md")
    assert sorted(side_by_side(two, three)[1].values()) == [f"{three}/docs/index.md", f"{three}/index.md"]


def test_an_address_stays_with_its_file_whatever_comes_and_goes(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, "index.md") for name in "ab")
    held = {"index.md": "0", "b/index.md": "1"}

    assert [list(found) for found in side_by_side(one, two, held=held)] == [["index.md"], ["b/index.md"]]
    (one / "index.md").unlink()
    written(one, "other.md")
    assert [list(found) for found in side_by_side(one, two, held=held)] == [["other.md"], ["b/index.md"]]
    assert list(side_by_side(one, two, held={"b/index.md": "1"})[1]) == ["b/index.md"]
    written(one, "index.md")
    assert list(side_by_side(one, two, held={"b/index.md": "1"})[0]) == ["index.md", "other.md"]
    assert list(side_by_side(one, two, held={"index.md": "1"})[0]) == ["a/index.md", "other.md"]


def test_an_address_is_free_once_its_source_has_no_such_page(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a", "index.md"), written(tmp_path / "b", "other.md")
    for order in ((one, two), (two, one)):
        held = {"index.md": str(order.index(two))}
        assert "index.md" in side_by_side(*order, held=held)[order.index(one)], "it moved there"
    assert list(side_by_side(one, held={"index.md": "a source that is no more"})[0]) == ["index.md"]
    written(two, "index.md")
    addresses = Addresses({"index.md": "two"})
    FolderSource(FolderOptions(path=two, include=("o*",)), "two", addresses)
    assert [page.url for page in FolderSource(FolderOptions(path=one), "one", addresses).fetch(lambda _: None)] == [
        "index.md"
    ], "the other one leaves it out"


@pytest.mark.parametrize("absent", ["empty", "gone", "unread"])
def test_an_address_of_a_folder_that_cannot_be_asked_is_not_free(tmp_path: Path, absent: str) -> None:
    one, two = written(tmp_path / "a", "index.md"), tmp_path / "b"
    two.mkdir()
    addresses = Addresses({"index.md": "two"})
    FolderSource(FolderOptions(path=two), "two", addresses)
    if absent == "gone":
        two.rmdir()
    if absent == "unread":
        written(two, "other.md")
        addresses.leave("two")
    source = FolderSource(FolderOptions(path=one), "one", addresses)

    assert [page.url for page in source.fetch(lambda _: None)] == ["a/index.md"]


@pytest.mark.parametrize("trouble", ["a link in a circle", "no right"])
def test_an_address_of_a_file_that_cannot_be_looked_at_is_not_free(tmp_path: Path, trouble: str) -> None:
    one, two = (written(tmp_path / name, "sub/index.md", "x.md") for name in "ab")
    (two / "sub").rename(two / ".aside")
    (two / "sub").symlink_to(two / ("sub" if trouble == "a link in a circle" else ".aside"))
    (two / ".aside").chmod(0o000)
    addresses = Addresses({"sub/index.md": "two"})
    FolderSource(FolderOptions(path=two), "two", addresses)
    source = FolderSource(FolderOptions(path=one), "one", addresses)

    assert [page.url for page in source.fetch(lambda _: None)] == ["x.md", "a/sub/index.md"]


def test_two_large_folders_of_the_same_paths_are_not_listed_anew_for_each_file(tmp_path: Path) -> None:
    names = [f"{number}.md" for number in range(4_000)]
    one, two = (written(tmp_path / name, *names) for name in "ab")
    held = dict.fromkeys(names, "0")
    started = time.process_time()
    for folder in (one, two):
        assert len(side_by_side(folder, held=held)[0]) == 4_000
    alone = time.process_time() - started
    started = time.process_time()
    side_by_side(one, two, held=held)
    assert time.process_time() - started < 8 * alone, "a listing of the folder for each file is 14 times"


def test_single_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    files = [written(tmp_path / name, "README.md") / "README.md" for name in "ab"]

    assert side_by_side(*files) == [{"README.md": str(files[0])}, {"b/README.md": str(files[1])}]


def test_a_page_that_fails_does_so_under_its_own_address(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, "index.md") for name in "ab")
    (two / "index.md").unlink()
    (two / "index.md").symlink_to(two / "nowhere")
    for folder in (one, two):
        (folder / os.fsdecode(b"p\xf6yt\xe4.md")).write_text("text")

    assert [list(found) for found in side_by_side(one, two)] == [
        ["index.md", "p\\xf6yt\\xe4.md"],
        ["b/index.md", "b/p\\xf6yt\\xe4.md"],
    ]


def test_public_addresses_are_those_of_the_files(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, "index.md") for name in "ab")
    addresses = Addresses()
    sources = [
        FolderSource(FolderOptions(path=folder, base_url=f"https://{folder.name}.example"), folder.name, addresses)
        for folder in (one, two)
    ]

    links = [source.link(page.url) for source in sources for page in source.fetch(lambda _: None)]
    assert links == ["https://a.example/index.md", "https://b.example/index.md"]
