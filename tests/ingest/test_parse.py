from __future__ import annotations

import io
from functools import partial

import pytest
from docx import Document as WordDocument

from ingest import media
from ingest.errors import PageError
from ingest.formats.child import read_in_child
from ingest.formats.web.markdown import parse_markdown
from ingest.parse import PARSERS, parse
from ingest.types import Document, Page
from tests.ingest.documents import page_of


def test_every_kind_of_page_that_is_called_readable_has_a_parser() -> None:
    assert PARSERS.keys() == media.READABLE


def test_the_kind_of_page_chooses_its_parser() -> None:
    word = WordDocument()
    word.add_paragraph("Written in Word by somebody.")
    written = io.BytesIO()
    word.save(written)

    assert parse(page_of("# Head\n\n*Marked*", "text/markdown")).text == "Head\n\nMarked"
    assert parse(page_of("<main><p>In <b>HTML</b></main>", "text/html; charset=utf-8")).text == "In HTML"
    assert parse(page_of("*not marked*", " Text/Plain ")).text == "*not marked*"
    assert parse(page_of(written.getvalue(), media.DOCX, "a.docx")).text == "Written in Word by somebody."
    assert "Subject" not in parse(page_of("From: a@b.fi\nSubject: Hi\n\nA letter.", media.MAIL)).text


def test_the_language_is_detected_where_the_page_does_not_say() -> None:
    assert parse(page_of("Toimisto on suljettu sunnuntaisin, ja ovi pysyy lukittuna.", "text/plain")).language == "fi"


def test_a_kind_of_page_that_is_not_read_is_said() -> None:
    with pytest.raises(PageError) as caught:
        parse(page_of("x", "application/zip", "a.zip"))
    assert caught.value.message == "'a.zip' is of type 'application/zip', which is not read"
    assert caught.value.hint == "leave it out with the source's `exclude`"


def test_a_parser_that_trips_costs_its_page_alone() -> None:
    def trips(page: Page) -> Document:
        raise RecursionError("too deep")

    PARSERS["application/x-tripping"] = trips
    try:
        with pytest.raises(PageError) as caught:
            parse(page_of("x", "application/x-tripping"))
    finally:
        del PARSERS["application/x-tripping"]
    assert caught.value.message == "'page' cannot be read: its parser failed with RecursionError: too deep"


def test_a_large_page_is_read_in_a_child_process_as_any_other() -> None:
    text = "# Head\n\n" + "A word of *many* words.\n\n" * 13_000

    assert parse(page_of(text, media.MARKDOWN)).text == parse_markdown(page_of(text, media.MARKDOWN)).text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (media.MARKDOWN, "a word " * 50_000),
        (media.HTML, "<p>a" * 80_000),
        (media.CSV, "a;b\n" * 80_000),
        (media.MAIL, "From: a@b.fi\nSubject: x\nTo: " + "a <a@b>, " * 7_000 + "\n\nLetter."),
    ],
)
def test_a_page_that_could_take_very_long_is_read_where_its_time_is_limited(
    monkeypatch: pytest.MonkeyPatch, kind: str, body: str
) -> None:
    monkeypatch.setattr("ingest.parse.read_in_child", partial(read_in_child, seconds=0.001))
    with pytest.raises(PageError, match=r"'page' took longer than 0\.001 s to read"):
        parse(page_of(body, kind))


@pytest.mark.parametrize("kind", sorted(media.READABLE))
@pytest.mark.parametrize("body", [b"", b"\0\1\2\3" * 99, b"PK\3\4 cut", b"%PDF-1.7 cut", b"\xff\xfe\xff", b"<" * 999])
def test_rubbish_of_any_kind_is_one_error_or_some_text(kind: str, body: bytes) -> None:
    told = ""
    try:
        told = parse(page_of(body, kind, "rubbish")).text
    except PageError as error:
        told = error.message if "'rubbish'" in error.message else ""
    assert told
