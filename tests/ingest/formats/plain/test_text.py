from __future__ import annotations

import time

import pytest

from ingest.blocks import read_blocks
from ingest.errors import PageError
from ingest.formats.plain.text import parse_text
from ingest.types import Document
from tests.ingest.documents import check_form, lines_of, page_of


def document_of(text: str, url: str = "notes/travel-policy.txt") -> Document:
    return check_form(parse_text(page_of(text, "text/plain", url)))


def section_of(document: Document, words: str) -> tuple[str, ...]:
    place = document.text.index(words)
    return next(s.heading_path for s in document.sections if s.start <= place < s.end)


# The shipped pages ----------------------------------------------------------------------------------------------------


def test_nothing_of_the_export_is_left_in_the_shipped_pages(corpus_documents: list[Document]) -> None:
    for document in corpus_documents:
        check_form(document)
        for debris in ("<img", ".aspx", "T22:00:00Z", "T21:00:00Z", "src=", "style=", "BORDER", "•", "'s-uniting"):
            assert debris not in document.text
            assert debris not in document.title


def test_the_news_of_2016_survive_with_their_days(corpus_documents: list[Document]) -> None:
    (laurea,) = [document for document in corpus_documents if "Laurea" in document.title]

    assert lines_of(laurea)[-3:] == [
        "Mobile application offers peer support for the seriously ill",
        'Jouni Koski: "Three large UAS\'s uniting their forces in an operational alliance" (2016-11-27)',
        "Haaga-Helia, Laurea and Metropolia to establish an alliance (2016-10-04)",
    ]


def test_the_seven_projects_are_one_list_under_the_line_that_introduces_them(corpus_documents: list[Document]) -> None:
    (laurea,) = [document for document in corpus_documents if "Laurea" in document.title]
    items = [laurea.text[block.start : block.end] for block in read_blocks(laurea) if block.kind == "item"]

    assert items == [
        "Professional Summer School",
        "Green Card",
        "TalentTrack",
        "YrittäjyysSavotta",
        "EduExcellence",
        "Työelämälähtöisyys 9.0",
        "International ProjectTatami",
    ]
    assert "The seven development projects are:\n\n- Professional Summer School\n- Green Card" in laurea.text


def test_each_university_has_its_own_priority_areas(corpus_documents: list[Document]) -> None:
    (helsinki,) = [document for document in corpus_documents if document.title == "Globally connected"]
    areas: dict[str, list[str]] = {}
    for block in read_blocks(helsinki):
        if block.kind == "item" and len(block.path) == 2:
            areas.setdefault(block.path[1], []).append(helsinki.text[block.start : block.end])

    assert areas == {
        "Peking University": ["Air Quality", "Comparative Law", "Teaching and Learning", "Medicine/Oncology"],
        "The University of Edinburgh": ["Human genomics", "Forestry"],
    }
    assert ("Globally connected", "Stockholm University") in [s.heading_path for s in helsinki.sections]
    assert section_of(helsinki, "University of the Arctic") == ("Globally connected",)


# Any text -------------------------------------------------------------------------------------------------------------


def test_a_short_line_over_a_paragraph_is_its_heading() -> None:
    document = document_of("Travel policy\n\nWho pays\n\n" + "The company pays for trips that it asks for. " * 3)

    assert document.title == "Travel policy"
    assert section_of(document, "The company pays") == ("Travel policy", "Who pays")


@pytest.mark.parametrize("line", ["It ends like a sentence.", "read more about it", "in lower case", "And then:"])
def test_a_line_that_cannot_be_a_heading_is_a_paragraph(line: str) -> None:
    document = document_of(
        "Title\n\nAn opening paragraph of prose.\n\n" + line + "\n\n" + "Body text follows here. " * 6
    )

    assert all(line not in section.heading_path for section in document.sections)
    assert line in lines_of(document)


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "This paragraph was broken into lines by an editor that\nwraps at some sixty characters, as mail does, and so\n"
        "it is one."
    )
    assert lines_of(document_of("Title\n\n" + wrapped))[1] == wrapped.replace("\n", " ")


def test_a_paragraph_of_two_lines_that_begins_in_capitals_is_one() -> None:
    wrapped = "The command is restricted to those who may read the\nshadow file of passwords."

    assert lines_of(document_of("Title\n\n" + wrapped))[1] == wrapped.replace("\n", " ")


def test_a_short_paragraph_that_was_wrapped_is_no_heading() -> None:
    document = document_of(
        "The list\n\nMore can be read about the list of names at\nhttps://list.example.org\n\nNames.\n"
    )

    assert lines_of(document) == [
        "The list",
        "More can be read about the list of names at https://list.example.org",
        "Names.",
    ]
    assert [section.heading_path for section in document.sections] == [()]


def test_terms_that_follow_each_other_are_a_line_each() -> None:
    text = "Words\n\nBadge\n    opens the doors\nPass:\n    lets a visitor in\n\nBasta\n\nBirgit\n    the porter\n"

    assert lines_of(document_of(text)) == [
        "Words",
        "Badge opens the doors",
        "Pass: lets a visitor in",
        "Basta",
        "Birgit the porter",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Opening hours:\n    Monday 9 to 17\n    Tuesday 9 to 16\n    Saturday closed",
        "The store\n    Smith & Sons\n    1 Main Street\n    London",
        "Name      Key\n  Smith      3",
        "I wandered lonely as a cloud\n    That floats on high o'er vales and hills,\nWhen all at once I saw a crowd,",
        "if (lent) {\n    back();\n}",
        "The key to the store of the bicycles\nThe key to the store",
    ],
)
def test_lines_that_stand_by_themselves_stay_lines(text: str) -> None:
    assert lines_of(document_of("A page\n\n" + text))[1:] == [" ".join(line.split()) for line in text.split("\n")]


def test_numbered_and_nested_items_keep_number_and_depth() -> None:
    document = document_of("Steps\n\n1. Ask\n2) Wait\n\n• First\n    • Within\n• Second\n")
    items = [(b.depth, document.text[b.line_start : b.end].strip()) for b in read_blocks(document) if b.kind == "item"]

    assert items == [(0, "1. Ask"), (0, "2. Wait"), (0, "- First"), (2, "- Within"), (0, "- Second")]


def test_an_item_of_very_many_lines_is_read_at_once() -> None:
    began = time.process_time()
    document = document_of("Title\n\n- An item\n" + "   that goes on\n" * 100_000)

    assert document.text.endswith("- An item" + " that goes on" * 100_000)
    assert time.process_time() - began < 2


def test_mark_up_that_runs_something_stays_the_text_that_it_is() -> None:
    said = 'Never paste <script>alert(1)</script> or <img src=x onerror="alert(2)"> into a page.'
    document = document_of(f"Security\n\n{said}\n")

    assert said in document.text


def test_a_file_without_a_title_line_is_called_by_its_name() -> None:
    assert document_of("this is how it goes. And so on.\n").title == "Travel policy"


def test_typographic_characters_and_line_ends_are_folded() -> None:
    document = document_of("Ti\u00adtle\r\n\r\nA\u00a0b\u200b c\u202e d\u2028e.\r\n")

    assert document.title == "Title"
    assert "A b c d" in document.text
    assert not set(document.text) & set("\u00ad\u00a0\u200b\u202e\u2028\r")


@pytest.mark.parametrize("text", ["<img src=x>\n\n<br>", "\u200b\n\u200b", "<!-- only a comment -->"])
def test_a_page_that_shows_nothing_is_an_error(text: str) -> None:
    with pytest.raises(PageError, match=r"^'notes/travel-policy\.txt' holds no text$") as caught:
        document_of(text)
    assert caught.value.hint == "remove the file, or leave it out with the source's `exclude`"


def test_names_underlined_one_by_one_are_a_table_s() -> None:
    document = document_of(
        "Name           Department   Ext.\n-------------  -----------  ----\nRiikka Aalto   Payroll      4412\n"
        "Teemu Laine    IT           4431\nReception                   4400\n"
    )

    assert lines_of(document) == [
        "| Name: Riikka Aalto | Department: Payroll | Ext.: 4412",
        "| Name: Teemu Laine | Department: IT | Ext.: 4431",
        "| Name: Reception | Ext.: 4400",
    ]


def test_dots_lead_from_a_name_to_its_value() -> None:
    document = document_of(
        "Maximum weights:\n\n    Standard pallet ........ 1,000 kg\n    Half pallet ............   500 kg\n"
    )

    assert lines_of(document) == ["Maximum weights:", "| Standard pallet: 1,000 kg", "| Half pallet: 500 kg"]


@pytest.mark.parametrize(
    "line",
    [
        "Asiasta ei ole vielä päätetty .... mutta maksu on noin 50 euroa tänä vuonna.",
        "def f(x): return x # ....... 5",
        "Name .............. Date ..............",
        "It was .... 50 euros a year.",
    ],
)
def test_dots_in_a_sentence_or_a_form_lead_to_no_value(line: str) -> None:
    assert lines_of(document_of(f"{line}\n\nThe end.\n"))[0] == line


@pytest.mark.timeout(10)
def test_a_long_line_of_spaces_is_read_in_a_moment() -> None:
    assert document_of(f"Title\n\na{' ' * 200_000}b\n").text == "Title\n\na b"
