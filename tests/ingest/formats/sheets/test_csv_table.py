from __future__ import annotations

import codecs
import io

import pytest
from openpyxl import Workbook

from ingest import media
from ingest.errors import PageError
from ingest.parse import parse
from ingest.types import Document
from tests.ingest.documents import check_form, lines_of, page_of


def read(body: bytes | str, kind: str = media.CSV, url: str = "lists/price-list.csv") -> Document:
    return check_form(parse(page_of(body, kind, url)))


def test_rows_say_their_header() -> None:
    document = read('Name,Unit,Phone\n"Aalto, Anna","HR, ""Turku""",+358\u00a040 123\nBe\u00adrg,,"040 1\r\n040 2"\n')

    assert document.title == "Price list"
    assert lines_of(document) == [
        '| Name: Aalto, Anna | Unit: HR, "Turku" | Phone: +358 40 123',
        "| Name: Berg | Phone: 040 1 040 2",
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Tuote;Hinta, €\nTee;2,50\nPulla;2\n", ["| Tuote: Tee | Hinta, €: 2,50", "| Tuote: Pulla | Hinta, €: 2"]),
        ("Hinnat, 2026\nNimi;Hinta\nA;1,50\nB;2,50;*\nC;3,50;*\n",
         ["Hinnat, 2026", "| Nimi: A | Hinta: 1,50", "| Nimi: B | Hinta: 2,50 | *", "| Nimi: C | Hinta: 3,50 | *"]),
        ("Name,Days,Languages\nAnna,3,fi;en\nBen,5,fi;sv\n",
         ["| Name: Anna | Days: 3 | Languages: fi;en", "| Name: Ben | Days: 5 | Languages: fi;sv"]),
        ("Width,Height\n1,2\n3,4\n", ["| Width: 1 | Height: 2", "| Width: 3 | Height: 4"]),
        ("Place\tOpen\nPool\t6,5; 20\n", ["| Place: Pool | Open: 6,5; 20"]),
        ("|Place|Open|\n|Pool|6, 20|\n", ["| Place: Pool | Open: 6, 20"]),
        ("Name, Unit\nAnna, \"HR, IT\"\nBen, IT\n", ["| Name: Anna | Unit: HR, IT", "| Name: Ben | Unit: IT"]),
        ("Rooms\nSince May\nAsk Eva\nName,Days\nAnna,3\nBen,5\n",
         ["Rooms", "Since May", "Ask Eva", "| Name: Anna | Days: 3", "| Name: Ben | Days: 5"]),
        ("# by A, B\n# on 1, 2\n# or 3, 4\nName;Room\nAnna;5\n",
         ["by A, B", "on 1, 2", "or 3, 4", "| Name: Anna | Room: 5"]),
        ("sep=,\r\nName;unit,Room\r\nAnna;HR,5\r\n", ["| Name;unit: Anna;HR | Room: 5"]),
        ('"sep=\t"\nName;unit\tRoom\nAnna;HR\t5\n', ["| Name;unit: Anna;HR | Room: 5"]),
        ("Name;Room\rAnna;5\rBen;6\r", ["| Name: Anna | Room: 5", "| Name: Ben | Room: 6"]),
    ],
)  # fmt: skip
def test_the_delimiter_is_told(text: str, rows: list[str]) -> None:
    assert lines_of(read(text)) == rows


@pytest.mark.parametrize(
    "body",
    [
        "Nimi;Tila\nRönkä;Väli 2\nMäki;Sali\n".encode(),
        codecs.BOM_UTF8 + "Nimi;Tila\nRönkä;Väli 2\nMäki;Sali\n".encode(),
        "Nimi;Tila\nRönkä;Väli 2\nMäki;Sali\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Nimi\tTila\nRönkä\tVäli 2\nMäki\tSali\n".encode("utf-16-be"),
        "Nimi;Tila\nRönkä;Väli 2\nMäki;Sali\n".encode("latin-1"),
    ],
)
def test_any_encoding_is_read(body: bytes) -> None:
    assert lines_of(read(body)) == ["| Nimi: Rönkä | Tila: Väli 2", "| Nimi: Mäki | Tila: Sali"]


@pytest.mark.parametrize(
    "text",
    [
        "Tea;2,50\nBun;3\nJam;4\n",  # a figure
        "Anna;anna@x.example\nBen;ben@x.example\n",  # an address
        "Anna;Sales\nBen;IT\nCia;Sales\n",  # it stands below too
        "Ma 8-16;Kirjasto\nTi 9-17;Halli\n",  # so is written what stands below
        "Ann;1984\nBen;1990\n",  # a year over years
    ],
)
def test_a_first_row_like_those_below_it_is_no_header(text: str) -> None:
    assert lines_of(read(text)) == ["| " + line.replace(";", " | ") for line in text.splitlines()]


def test_a_header_may_hold_figures() -> None:
    assert lines_of(read("Item;1 mo;12 mo\nGym;49,00 €;399,00 €\n")) == [
        "| Item: Gym | 1 mo: 49,00 € | 12 mo: 399,00 €"
    ]
    assert lines_of(read("Year;2024;2025\nCost;340;350\n")) == ["| Year: Cost | 2024: 340 | 2025: 350"]
    assert lines_of(read("Fee,2024/25,2025/26\nGym,10,12\n")) == ["| Fee: Gym | 2024/25: 10 | 2025/26: 12"]
    assert lines_of(read("Who,1.1.2025,8.1.2025\nAnna,off,in\n")) == ["| Who: Anna | 1.1.2025: off | 8.1.2025: in"]
    assert lines_of(read("#;Name\n1;Anna\n")) == ["| #: 1 | Name: Anna"]


def test_what_stands_around_a_table_is_text() -> None:
    text = (
        "# From the register\nPrices, spring 2026\n\nItem,Price,Unit\nTea,2,cup\n# gone, Juice\n,,\nHot\nCocoa,3,cup\n"
    )

    assert lines_of(read(text)) == [
        "From the register",
        "Prices, spring 2026",
        "| Item: Tea | Price: 2 | Unit: cup",
        "gone, Juice",
        "Hot",
        "| Item: Cocoa | Price: 3 | Unit: cup",
    ]


def test_rows_may_be_of_any_length() -> None:
    assert lines_of(read("a;b;c\nx;1\ny;2;3;4\nz;1;2\n")) == [
        "| a: x | b: 1",
        "| a: y | b: 2 | c: 3 | 4",
        "| a: z | b: 1 | c: 2",
    ]
    assert lines_of(read("Name,Phone\nAnna,12,away\nBen,13,here\n")) == [
        "| Name: Anna | Phone: 12 | away",
        "| Name: Ben | Phone: 13 | here",
    ]


def test_a_header_that_comes_again_is_said_once_and_a_second_table_brings_its_own() -> None:
    text = "Name;Phone\nAnna;12\nName;Phone\nBen;13\n\nOn request;by phone\nCia;14\n\n"
    text += "Rooms\nRoom;Seats\nBlue;8\nRed;9\n\nTurku\nEva;ask her\nFay;ask Eva\n"

    assert lines_of(read(text)) == [
        "| Name: Anna | Phone: 12",
        "| Name: Ben | Phone: 13",
        "| Name: On request | Phone: by phone",
        "| Name: Cia | Phone: 14",
        "Rooms",
        "| Room: Blue | Seats: 8",
        "| Room: Red | Seats: 9",
        "Turku",
        "| Room: Eva | Seats: ask her",
        "| Room: Fay | Seats: ask Eva",
    ]


def test_a_file_of_one_column_is_lines() -> None:
    assert lines_of(read("Bring your badge.\nDoors close at 9, sharp.\nNo dogs\n")) == [
        "Bring your badge.",
        "Doors close at 9, sharp.",
        "No dogs",
    ]
    assert lines_of(read('"Hello, world"\n"No, thanks"\n')) == ["Hello, world", "No, thanks"]


def test_a_quotation_mark_that_nothing_closes_is_a_sign() -> None:
    assert lines_of(read('Size\tItem\n"3.5 disk\t5\nsmall\t6\n', media.TSV)) == [
        '| Size: "3.5 disk | Item: 5',
        "| Size: small | Item: 6",
    ]


def test_a_header_over_nothing_is_a_row() -> None:
    assert lines_of(read("Name;Phone\n")) == ["| Name | Phone"]
    assert lines_of(read("Tea;cup\nTea;cup\n")) == ["| Tea | cup", "| Tea | cup"]


@pytest.mark.parametrize(
    ("body", "said", "hint"),
    [
        ("a;b\n" + "1;2\n" * 50_000, "'a.csv' has more than 50,000 rows", "split the file"),
        ("a,b\n1," + "x" * 131_073, "'a.csv' has a cell of more than 131,072 characters", "close its quotation mark"),
        ("\n;;\n ; \n", "'a.csv' holds no text", "fill the file"),
        (b"PK\3\4\0\0" * 50, "'a.csv' is not a text file (it holds zero bytes)", "leave it out"),
        (bytes(range(128, 256)) * 4, "'a.csv' is in no encoding that could be recognised", "save it as UTF-8"),
    ],
)
def test_what_is_no_page_is_said(body: bytes | str, said: str, hint: str) -> None:
    with pytest.raises(PageError) as caught:
        read(body, url="a.csv")
    assert caught.value.message == said
    assert caught.value.hint.startswith(hint)


def test_columns_beyond_those_of_a_sheet_are_left_out() -> None:
    row = lines_of(read(";".join(f"n{column}" for column in range(300)) + "\n" + "x;" * 300))[0]

    assert row.endswith("n199: x")


def test_a_table_in_a_folder_is_a_page_and_one_behind_a_link_is_not() -> None:
    for name, kind in (("Hours.CSV", media.CSV), ("hours.tsv", media.TSV)):
        assert media.media_type_of(f"lists/{name}") == kind
        assert media.served_type("text/plain", f"https://x.example/{name}") == kind
        assert media.is_asset(f"https://x.example/{name}")


def test_a_sheet_and_the_same_rows_as_csv_read_alike() -> None:
    rows = [["Country", "Currency"], ["Finland", "euro"], ["Sweden", "krona"]]
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    saved = io.BytesIO()
    book.save(saved)
    sheet = parse(page_of(saved.getvalue(), media.XLSX, "a.xlsx"))

    assert lines_of(sheet)[1:] == lines_of(read("\n".join(map(",".join, rows))))


def test_a_mark_that_is_never_closed_before_many_rows_is_a_sign() -> None:
    rows = "".join(f"Thing {number},{number} cm\n" for number in range(12_000))
    assert lines_of(read(f'Item,Size\nDisk,"3.5\n{rows}'))[:2] == [
        '| Item: Disk | Size: "3.5',
        "| Item: Thing 0 | Size: 0 cm",
    ]


def test_a_control_character_ends_no_table() -> None:
    assert lines_of(read("Name,City\nAnna,Turku\n\x1e\nBen,Oulu\n"))[-1] == "| Name: Ben | City: Oulu"


def test_decimal_commas_alone_part_nothing() -> None:
    assert lines_of(read("Price\n2,50\n3,00\n")) == ["Price", "2,50", "3,00"]
