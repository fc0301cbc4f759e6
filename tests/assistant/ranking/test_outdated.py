"""Pages that say of themselves that they are no longer in force."""

from __future__ import annotations

import pytest

from assistant.question.question import read_question
from assistant.ranking.outdated import is_outdated
from ingest.blocks import DocumentBuilder
from ingest.types import Document
from tests.assistant.conftest import MakeAssistant

LEAVE = {
    "old.md": "# Annual leave 2021 (superseded)\n\nFull-time staff get 23 days of annual leave a year.\n",
    "new.md": "# Holidays\n\nFull-time staff get 27 days of annual leave. Agency workers ask their agency.\n",
}


def page(title: str, first: str, heading: str = "") -> tuple[Document, tuple[str, ...]]:
    builder = DocumentBuilder()
    builder.heading(1, title)
    if heading:
        builder.heading(2, heading)
    builder.paragraph(first)
    document = builder.build("page", title, "en")
    return document, document.sections[-1].heading_path


@pytest.mark.parametrize(
    ("title", "first", "heading"),
    [
        ("Leave policy 2021 (superseded)", "Staff get 23 days.", ""),
        ("ARCHIVED: Leave policy", "Staff get 23 days.", ""),
        ("Leave policy", "This version was replaced on 1 April 2024.", ""),
        ("Leave policy", "This page is no longer valid.", ""),
        ("Rates", "A night costs £8.", "Old rates - obsolete"),
        ("Lomaohje", "Tämä ohje ei ole enää voimassa.", ""),
        ("Lomaohje (kumottu)", "Lomaa kertyy.", ""),
        ("Semester", "Denna anvisning har ersatts av en ny.", ""),
        ("Leave policy", "In short. The policy was replaced in May.", ""),
        ("Leave policy", "This policy of 2021 is no longer valid.", ""),
        ("Lomaohje", "Tämä ohje vuodelta 2021 on korvattu.", ""),
        ("Leave policy", "Staff get 23 days.", "Archived"),
    ],
)
def test_a_page_that_was_replaced_says_so(title: str, first: str, heading: str) -> None:
    document, path = page(title, first, heading)
    assert is_outdated(read_question("how much leave do I get"), path, document)


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Leave policy", "Valid from 1 May 2026. The policy of 2021 is no longer valid."),
        ("Leave policy", "The version of May 2021 was replaced by this one."),
        ("Leave policy", "This policy replaces the policy of 2019, which is superseded."),
        ("Leave policy", "This page lists policies that are no longer valid."),
        ("Lomaohje", "Tämä ohje korvaa ohjeen, joka on kumottu."),
        ("Records", "After approval the document is archived in the register."),
        ("Records", "The document is archived for ten years."),
        ("Passes", "The document is replaced free of charge."),
        ("Wiki", "Check that the page is obsolete before deleting it."),
        ("Archive", "Boxes are sent on Mondays."),
        ("Archive: how to send boxes", "Boxes are sent on Mondays."),
        ("Outlook – archive", "Old mail is moved there."),
        ("Self-archive", "Papers are put there."),
        ("Applications: withdrawn", "Who withdraws tells us."),
        ("Archived records", "Records are archived after ten years."),
        ("Permits", "A permit that is no longer valid is handed back."),
        ("Payments", "Cash was replaced by cards in 2020."),
        ("Leave policy", "Staff get 27 days."),
    ],
)
def test_a_page_may_speak_of_what_is_outdated(title: str, first: str) -> None:
    document, path = page(title, first)
    assert not is_outdated(read_question("how much leave do I get"), path, document)


@pytest.mark.parametrize(
    "question",
    [
        "the leave policy of 2021",
        "what did the old leave policy say",
        "what were the previous rates",
        "vanha lomaohje",
        "gamla semesterregler",
    ],
)
def test_who_asks_for_the_old_page_gets_it(question: str) -> None:
    document, path = page("Leave policy 2021 (superseded)", "Staff get 23 days.")
    assert not is_outdated(read_question(question), path, document)


@pytest.mark.parametrize(
    "question",
    [
        "What do I do with my old phone?",
        "How old must I be to get leave?",
        "leave from my previous employer",
        "can I leave earlier on Fridays",
        "can I have 1 phone",
    ],
)
def test_who_asks_about_something_old_does_not_ask_for_the_old_page(question: str) -> None:
    document, path = page("Leave policy 2021 (superseded)", "Staff get 23 days.", "1. Phones")
    assert is_outdated(read_question(question), path, document)


def test_what_is_in_force_goes_before_what_was_replaced(over: MakeAssistant) -> None:
    answer = over(LEAVE).answer("how many days of annual leave do full-time staff get")
    assert answer.citations[0].url == "new.md"


def test_a_page_that_names_what_it_replaced_is_in_force(over: MakeAssistant) -> None:
    new = "Valid from 1 May 2026. The policy of 2021 is no longer valid. You get 27 days of annual leave."
    pages = {"new.md": f"# Leave\n\n{new}\n", "old.md": "# Annual leave 2021\n\nYou get 25 days.\n"}
    answer = over(pages).answer("how many days of annual leave do I get")
    assert answer.statements[0].text == "You get 27 days of annual leave."
