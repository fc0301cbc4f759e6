from __future__ import annotations

import io
import time
import zipfile

import pytest

from ingest.errors import PageError
from ingest.formats.opendocument.document import parse_opendocument
from tests.ingest.documents import lines_of, page_of
from tests.ingest.formats.opendocument.opendocuments import cells, content_of, opendocument, p, sheet


def refusal(body: bytes) -> PageError:
    begun = time.monotonic()
    with pytest.raises(PageError) as caught:
        parse_opendocument(page_of(body, url="a.odt"))
    assert time.monotonic() - begun < 20
    assert caught.value.hint.endswith(("leave it out with the source's `exclude`", "leave it out with `exclude`"))
    return caught.value


def test_an_encrypted_file_says_so() -> None:
    sealed = '<manifest:encryption-data manifest:checksum-type="SHA256/1K"/>'
    whole = io.BytesIO(opendocument("text", p("x"), sealed=sealed))
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in ("mimetype", "META-INF/manifest.xml")}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in {**parts, "encrypted-package": b"\x17\x03"}.items():
            archive.writestr(name, data)

    for body in (whole.getvalue(), out.getvalue()):
        assert refusal(body).message == "'a.odt' is encrypted and asks for a password"


def test_a_file_without_text_says_so() -> None:
    for kind in ("text", "spreadsheet", "presentation"):
        assert refusal(opendocument(kind, "")).message == "'a.odt' holds no text"


def test_what_is_no_document_says_so() -> None:
    drawing = opendocument("drawing", "<draw:page/>")
    wrong = opendocument("text", "", content="<html><body>Sign in</body></html>")
    flat = content_of("text", p("All in one file.")).encode()

    for body in (drawing, wrong):
        assert refusal(body).message == (
            "'a.odt' is no OpenDocument text, spreadsheet or presentation, whatever its name says"
        )
    assert refusal(flat).message == "'a.odt' is no file in OpenDocument form (.odt, .ods, .odp), or is cut short"


def test_a_file_without_its_content_is_damaged() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest/>")

    assert (
        "is damaged and cannot be read (KeyError: \"There is no item named 'content.xml'"
        in refusal(out.getvalue()).message
    )


def test_entities_stay_unread_and_those_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'?><!DOCTYPE x [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>'
    files = [
        opendocument("text", "", content=content_of("text", body).replace("?>", doctype, 1))
        for body in (p("Read &f; and &l0; this."), p("&l9;"), p("x", "&l9;"))
    ]

    assert lines_of(parse_opendocument(page_of(files[0]))) == ["Read and this."]
    for file in files[1:]:
        assert "is damaged and cannot be read (lxml.etree.XMLSyntaxError: Maximum entity" in refusal(file).message


@pytest.mark.parametrize("tag", ["text:span", "text:list", "text:section", "draw:g", "table:table"])
def test_elements_deep_inside_each_other_are_refused(tag: str) -> None:
    for depth, message in ((120, "has more than 100 elements inside each other"), (20_000, "is damaged")):
        body = f"<text:p>{f'<{tag}>' * depth}x{f'</{tag}>' * depth}</text:p>"
        assert message in refusal(opendocument("text", body)).message


def test_cells_that_repeat_without_end_are_bounded() -> None:
    many = 'table:number-columns-repeated="1000000000"'
    rows = 'table:number-rows-repeated="1000000000"'
    row = f"<table:table-row {rows}><table:table-cell {many}>{p('x')}</table:table-cell></table:table-row>"

    assert refusal(opendocument("text", f"<table:table>{row * 50}</table:table>")).message == (
        "'a.odt' has more than 200,000 table cells"
    )
    made = parse_opendocument(page_of(opendocument("spreadsheet", sheet("S", row + row.replace(">x<", ">y<")))))
    assert [line.count("x: y") for line in lines_of(made)] == [0, 200]
    assert refusal(opendocument("spreadsheet", sheet("S", cells("a", "b") * 50_001))).message == (
        "'a.odt' has more than 50,000 rows"
    )


def test_macros_are_not_read() -> None:
    content = content_of("text", p("Text.<text:script script:language='JavaScript'>alert(1)</text:script>")).replace(
        "<office:scripts/>",
        "<office:scripts><office:script script:language='Basic'>Sub Main</office:script></office:scripts>",
    )

    assert lines_of(parse_opendocument(page_of(opendocument("text", "", content=content)))) == ["Text."]
