from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ingest.errors import PageError, UsageError
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Fetched, Page, PageFailure


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

    assert [first.url, *(one.url for one in found)] == ["SOURCES.md", "a.md"]


def test_a_folder_of_which_some_files_are_left_out_is_looked_into(folder: Path) -> None:
    (folder / "b" / "b").mkdir()
    (folder / "b" / "b" / "f.txt").write_text("text")

    assert "b/c.txt" in pages(folder, exclude=("b/*.pdf", "b/b"))
    assert "b/b/f.txt" not in pages(folder, exclude=("b/*.pdf", "b/b"))
    assert "b/b/f.txt" in pages(folder, exclude=("*.pdf", "c/*"))


def test_lock_files_of_office_programs_are_passed_over(folder: Path) -> None:
    (folder / "b" / "~$report.docx").write_text("someone")

    assert len(fetched(folder)) == 4
