"""How the headings of a plain text are told by where its lines stand."""

from __future__ import annotations

import pytest

from tests.ingest.documents import headings_of, lines_of
from tests.ingest.formats.plain.test_text import document_of, section_of

MANUAL = """\
LEND(1)                       User Commands                       LEND(1)

NAME
       lend - lend a bicycle

OPTIONS
   What is lent
       -a, --all
              every bicycle of the store

       -k     the key alone

       -l, --lights=NUMBER
              as many lights as are asked for, of those that are charged and
              not lent to others

   Other options
       -h, --help
              this help

EXIT STATUS
       0 is good. For example

              lend -k Smith

       See the store

       where the bicycles stand
"""


def test_headings_at_the_margin_and_between_it_and_the_text_are_headings_and_no_others() -> None:
    document = document_of(MANUAL)
    title = "LEND(1) User Commands LEND(1)"

    assert document.title == title
    assert [section.heading_path for section in document.sections] == [
        (title,),
        (title, "NAME"),
        (title, "OPTIONS"),
        (title, "OPTIONS", "What is lent"),
        (title, "OPTIONS", "Other options"),
        (title, "EXIT STATUS"),
    ]


def test_text_back_at_the_margin_is_not_under_the_heading_of_what_stands_further_in() -> None:
    leave = "Employees have 25 days of leave a year, and may carry over five of them to the next."
    note = f"NOTE\n    Contractors\n        They have no leave.\n\n    Ask them.\n\n{leave}\n\n- Not on Sundays\n"
    document = document_of(f"Staff handbook\n\n{note}\nPAY\n    Monthly.\n")

    assert section_of(document, "Ask them") == ("Staff handbook", "NOTE")
    for words in (leave, "Not on Sundays"):
        assert section_of(document, words) == ("Staff handbook",)
    assert section_of(document, "Monthly") == ("Staff handbook", "PAY")


def test_text_beside_a_heading_further_in_is_still_under_the_one_at_the_margin() -> None:
    said = "   Both may be given, and then the lights of all.\n\nNobody pays for it.\n\n"
    document = document_of(MANUAL.replace("EXIT STATUS", f"{said}EXIT STATUS"))

    assert section_of(document, "Both may be")[1:] == ("OPTIONS",)
    assert section_of(document, "Nobody pays")[1:] == ()


def test_text_at_the_margin_is_under_the_heading_that_stands_there_too_and_a_list_under_the_last() -> None:
    paid = "The company pays for trips that it asks for. " * 3
    document = document_of(f"Travel\n\nNOTE\n    Ask for:\n\n- a ticket\n- a bed\n\nWho pays\n\n{paid}\n")

    assert section_of(document, "a bed") == ("Travel", "NOTE")
    assert section_of(document, "The company") == ("Travel", "Who pays")


def test_the_first_of_several_sections_is_no_title() -> None:
    text = "HEAD OFFICE\n  12 Bridge Street\n  Northtown\n\nBRANCH\n  3 Mill Lane\n"
    document = document_of(text, "notes/offices.txt")

    assert document.title == "Offices"
    assert section_of(document, "Bridge Street") == ("HEAD OFFICE",)
    assert section_of(document, "Mill Lane") == ("BRANCH",)


def test_a_line_in_capitals_over_all_that_follows_is_the_title() -> None:
    assert document_of("HEAD OFFICE\n  12 Bridge Street\n\n1. ROOMS\n  Upstairs\n").title == "HEAD OFFICE"
    assert document_of("OFFICES\n\nHEAD\n  12 Bridge Street\n\nBRANCH\n  3 Mill Lane\n").title == "OFFICES"


def test_names_of_columns_are_no_heading_and_no_title() -> None:
    document = document_of("NAME   PHONE   ROOM\n  Smith   31   4\n  Jones   32   5\n\nPART 1   HOURS\n  9 to 5\n")

    assert document.title == "Travel policy"
    assert section_of(document, "Smith 31 4") == ()
    assert section_of(document, "9 to 5") == ("PART 1 HOURS",)


@pytest.mark.parametrize(
    "line",
    [
        "-a, --all every bicycle of the store",
        "-l, --lights=NUMBER as many lights as are asked for, of those that are charged and not lent to others",
        "-h, --help this help",
        "lend - lend a bicycle",
    ],
)
def test_an_option_is_one_line_with_what_it_does(line: str) -> None:
    assert line in lines_of(document_of(MANUAL))


def test_an_underlined_line_is_a_heading_and_its_line_is_not_read() -> None:
    document = document_of("Rules\n=====\n\nLoading\n-------\nChock the wheels first.\n")

    assert document.title == "Rules"
    assert [path for path, _ in headings_of(document)] == [("Rules",), ("Rules", "Loading")]
    assert lines_of(document) == ["Rules", "Loading", "Chock the wheels first."]


def test_a_line_underlined_from_end_to_end_is_a_heading_whatever_it_looks_like() -> None:
    document = document_of("Tools\n=====\n\napt, aptitude etc.\n------------------\nBoth install.\n")

    assert [path for path, _ in headings_of(document)] == [("Tools",), ("Tools", "apt, aptitude etc.")]


def test_numbered_lines_are_headings_where_there_are_several() -> None:
    text = "1  General\n\n1.1  The limit is 10 km/h indoors.\n1.2  Wear a vest.\n\n2  Smoking\n\nOnly in the shelter.\n"

    assert [path for path, _ in headings_of(document_of(text))] == [("1 General",), ("2 Smoking",)]
    assert "1.1 The limit is 10 km/h indoors.\n\n1.2 Wear a vest." in document_of(text).text


@pytest.mark.parametrize(
    "text",
    [
        "Welcome.\n\nThe office is open from 9 to 17.\n----------\nCall 09 123.\n",
        "Welcome.\n\nThe office is closed on Sundays and on public holidays\n-----\nJane Doe\n",
    ],
)
def test_a_rule_below_a_sentence_makes_it_no_heading(text: str) -> None:
    assert headings_of(document_of(text)) == []


def test_an_amount_at_a_line_s_start_begins_no_clause() -> None:
    text = (
        "2.1 The trailer is weighed.\n2.2 The trailer must not weigh more than\n"
        "3.5 tonnes when it is loaded and driven.\n2.3 Wear a vest.\n"
    )

    assert lines_of(document_of(text)) == [
        "2.1 The trailer is weighed.",
        "2.2 The trailer must not weigh more than 3.5 tonnes when it is loaded and driven.",
        "2.3 Wear a vest.",
    ]
