from __future__ import annotations

import pytest

from ingest.errors import PageError
from ingest.formats.decode import decode
from tests.ingest.documents import page_of

SAID = "Työelämälähtöisyys – „så här“ költség"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_by_its_mark(encoding: str) -> None:
    assert decode(page_of(SAID.encode(encoding), "text/plain")) == SAID


@pytest.mark.parametrize(("encoding", "said"), [("iso-8859-1", "Pöytäkirja åtgärd"), ("koi8-r", "Правила отпуска")])
def test_the_declared_encoding_is_taken_where_it_fits(encoding: str, said: str) -> None:
    assert decode(page_of(said.encode(encoding), f"text/plain; charset={encoding}")) == said


@pytest.mark.parametrize(
    ("declared", "encoding", "said"),
    [
        ("ISO-8859-1", "cp1252", "Hinta on 5 € – ”kysy” työpäivän jälkeen…"),
        ("latin1", "cp1252", "työajat – kesällä"),
        ("us-ascii", "cp1252", "työajat – kesällä"),
        ("iso-8859-9", "cp1254", "İzin günleri – 5 €"),
        ("TIS-620", "cp874", "วันลา – …"),
        ("iso-8859-11", "cp874", "วันลา – …"),
    ],
)
def test_a_declared_charset_is_read_as_the_wider_one_that_browsers_take(
    declared: str, encoding: str, said: str
) -> None:
    assert decode(page_of(said.encode(encoding), f"text/plain; charset={declared}")) == said


def test_bytes_that_the_wider_charset_does_not_know_do_not_fail_the_page() -> None:
    assert decode(page_of(b"ty\xf6 \x81 \x96", "text/plain; charset=iso-8859-1")) == "työ \ufffd –"


@pytest.mark.parametrize("declared", ["ascii", "no-such-charset", "utf-8"])
def test_a_wrong_declaration_is_seen_through(declared: str) -> None:
    said = "Kesälomalla töitä ei tehdä, ja työvuorot jäävät väliin. Näin päätettiin tänä vuonna yhdessä. " * 4
    assert decode(page_of(said.encode("cp1252"), f"text/plain; charset={declared}")) == said


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "på Åland"),
        ("cp1252", "Kontoret på Åland är öppet"),
        ("cp1252", "Namn;Telefon\nÅsa Öberg;018 123\nPär Lång;018 234\n"),
        ("cp1252", "smörgås"),
        ("cp1252", "Öppettider: mån–fre"),
        ("cp1252", "sarjakortti lapselle\näiti"),
        ("cp1252", "Où est l'été ?"),
        ("cp1250", "Nazwa;Ilość\nŁódź;5\nGdańsk;6\n"),
        ("cp1250", "Otevírací doba: úterý, středa, čtvrtek"),
        ("cp1250", "Nyitva tartás: hétfő, kedd"),
        ("cp1254", "Çalışma saatleri: pazartesi, salı"),
        ("cp1257", "Lūdzu, aizpildiet veidlapu"),
        ("cp1257", "Šokolaad ja žurnaal, õpetaja"),
        ("cp1251", "Часы работы: понедельник"),
    ],
)
def test_a_short_text_is_read_in_the_encoding_of_its_language(encoding: str, said: str) -> None:
    assert decode(page_of(said.encode(encoding), "text/plain")) == said


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1250", "Knihovna je otevřena každý všední den, v sobotu má zavřeno."),
        ("cp1250", "Biblioteka jest czynna od dziewiątej, w święta zamknięta."),
        ("cp1251", "Библиотека открыта каждый будний день с девяти часов."),
        ("cp1252", "Biblioteket är öppet på vardagar från nio, på lördagar är det stängt."),
    ],
)
@pytest.mark.parametrize(
    "before", ['<div class="menu"><a href="/x">Home page</a></div>\n' * 60, "Plain words. " * 30_000]
)
def test_what_is_plain_beside_it_does_not_hide_the_language(encoding: str, said: str, before: str) -> None:
    assert decode(page_of((before + said).encode(encoding), "text/html")) == before + said


def test_what_is_no_text_is_in_no_encoding() -> None:
    with pytest.raises(PageError, match="is in no encoding that could be recognised"):
        decode(page_of(bytes(range(1, 32)) * 9 + b"\xe4\xf6\x81" * 40 + b"letters" * 20, "text/plain"))


def test_utf8_wins_over_what_the_server_says() -> None:
    assert decode(page_of(SAID.encode(), "text/plain; charset=iso-8859-1")) == SAID


@pytest.mark.parametrize("body", [b"", b" \n\t"])
def test_an_empty_file_is_an_error(body: bytes) -> None:
    with pytest.raises(PageError, match="'page' is empty") as caught:
        decode(page_of(body, "text/plain"))
    assert caught.value.hint == "fill the page, or leave it out with the source's `exclude`"


def test_a_binary_that_is_called_text_is_an_error() -> None:
    with pytest.raises(PageError, match=r"'a.md' is not a text file \(it holds zero bytes\)") as caught:
        decode(page_of(b"\x7fELF\x02\x01\x01\0\0\0", "text/markdown", "a.md"))
    assert caught.value.hint == "leave it out with the source's `exclude`"
