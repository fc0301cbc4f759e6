from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.opendocument.document import parse_opendocument
from ingest.formats.pptx import parse_pptx
from ingest.formats.sheets.xlsx import parse_xlsx
from ingest.formats.word.docx import parse_docx
from ingest.types import Document, Page
from tests.ingest.documents import page_of

PARTS: dict[Callable[[Page], Document], str] = {
    parse_docx: "word/document.xml",
    parse_pptx: "ppt/presentation.xml",
    parse_xlsx: "xl/workbook.xml",
    parse_opendocument: "META-INF/manifest.xml",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def refusal(body: bytes, parse: Callable[[Page], Document]) -> PageError:
    with pytest.raises(PageError) as caught:
        parse(page_of(body, "x", "a.docx"))
    assert caught.value.hint.endswith("leave it out with the source's `exclude`")
    return caught.value


@pytest.mark.parametrize("parse", PARTS)
def test_a_file_that_cannot_be_opened_says_why(parse: Callable[[Page], Document]) -> None:
    part = PARTS[parse].replace("/", "__").replace(".", "_")
    bomb = zipped(**{part: b"\0" * 101 * 1024**2})

    assert refusal(b"", parse).message == "'a.docx' is empty"
    assert refusal(OLE, parse).message == "'a.docx' is of a format from before 2007"
    assert refusal(OLE + "EncryptedPackage".encode("utf-16-le"), parse).message == (
        "'a.docx' is encrypted and asks for a password"
    )
    assert refusal(zipped(readme_xml=b"x"), parse).message.startswith("'a.docx' is no ")
    assert refusal(b"<html>Sign in</html>", parse).message.endswith(", or is cut short")
    assert len(bomb) < 200_000
    assert refusal(bomb, parse).message == (
        f"'a.docx' unpacks from {len(bomb):,} to 105,906,176 bytes, which is too much to open"
    )


@pytest.mark.parametrize("parse", PARTS)
def test_an_archive_without_sense_in_it_is_damaged(parse: Callable[[Page], Document]) -> None:
    part = PARTS[parse].replace("/", "__").replace(".", "_")

    assert refusal(zipped(**{part: b"<broken"}), parse).message.startswith("'a.docx' is damaged and cannot be read (")


def test_a_wrong_claim_of_its_size_does_not_get_a_bomb_in() -> None:
    bomb = bytearray(zipped(word__document_xml=b"\0" * 101 * 1024**2))
    size = (101 * 1024**2).to_bytes(4, "little")
    lying = bytes(bomb.replace(size, (1000).to_bytes(4, "little")))
    check_archive(page_of(lying, "x"), "word/document.xml", "Word document (.docx)")

    assert refusal(lying, parse_docx).message.startswith("'a.docx' is damaged and cannot be read (")


def test_pictures_of_any_number_are_not_a_bomb() -> None:
    body = zipped(word__document_xml=b"<x/>", word__media__picture=b"\0" * 150 * 1024**2)

    check_archive(page_of(body, "x"), "word/document.xml", "Word document (.docx)")
