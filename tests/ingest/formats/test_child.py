from __future__ import annotations

import os
import time

import pytest

from ingest.blocks import DocumentBuilder
from ingest.errors import PageError
from ingest.formats.child import read_in_child
from ingest.types import Document, Page
from tests.ingest.documents import page_of


def plain(page: Page) -> Document:
    print("noise that must not stand in the answer")  # noqa: T201  # what a library may do
    builder = DocumentBuilder()
    builder.page_break(3)
    builder.heading(1, "Överskrift", "top")
    builder.paragraph(page.body.decode())
    return builder.build(page.url, page.media_type)


def refuses(page: Page) -> Document:
    raise PageError(f"{page.url!r} is not wanted", hint="go away")


def breaks(page: Page) -> Document:
    raise KeyError("/Root")


def hangs(page: Page) -> Document:
    while True:
        time.sleep(1)


def devours(page: Page) -> Document:
    return plain(page_of(b"x" * 8 * 1024**3))


def crashes(page: Page) -> Document:
    os.abort()


def test_the_document_comes_back_whole() -> None:
    page = page_of("Räksmörgås\n\n" * 3, "text/x")

    assert read_in_child(plain, page) == plain(page)


def test_the_child_s_refusal_is_ours() -> None:
    with pytest.raises(PageError) as caught:
        read_in_child(refuses, page_of(b""))

    assert (caught.value.message, caught.value.hint) == ("'page' is not wanted", "go away")


def test_an_error_in_the_child_is_a_damaged_file() -> None:
    with pytest.raises(PageError) as caught:
        read_in_child(breaks, page_of(b""))

    assert caught.value.message == "'page' is damaged and cannot be read (KeyError: '/Root')"
    assert "`exclude`" in caught.value.hint


def test_a_child_that_hangs_is_ended() -> None:
    with pytest.raises(PageError) as caught:
        read_in_child(hangs, page_of(b""), seconds=1)

    assert caught.value.message == "'page' took longer than 1 s to read"


def test_a_child_that_needs_too_much_is_ended() -> None:
    with pytest.raises(PageError) as caught:
        read_in_child(devours, page_of(b""))

    assert caught.value.message == "'page' needs more than 2 GB of memory to read"


def test_a_child_that_crashes_is_a_damaged_file() -> None:
    with pytest.raises(PageError) as caught:
        read_in_child(crashes, page_of(b""))

    assert caught.value.message == "'page' is damaged and cannot be read (its reader ended with SIGABRT)"
