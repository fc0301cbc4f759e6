"""What of a question is held: hyphenated words in either spelling."""

from __future__ import annotations

import pytest

from assistant.question.topic import content_terms, coverage, text_terms, with_parts
from assistant.ranking.acronyms import expand
from ingest.types import Document
from tests.assistant.conftest import MakeAssistant

PAGES = {
    "post.md": "# Messages\n\nAn email to the wrong person is told to the privacy desk.\n",
    "net.md": "# Network\n\nVisitors get on the Wi-Fi with a code from the reception.\n",
}


@pytest.mark.parametrize(
    ("language", "asked", "said"),
    [
        ("en", "which e-mail", "Any email will do"),
        ("en", "which email", "Any e-mail will do"),
        ("fi", "e-postissa", "Viesti tulee epostiin"),
        ("fi", "epostissa", "Viesti tulee e-postiin"),
        ("sv", "e-posten", "Skicka epost till oss"),
        ("sv", "eposten", "Skicka e-post till oss"),
    ],
)
def test_a_hyphenated_word_is_held_in_either_spelling(language: str, asked: str, said: str) -> None:
    weights = dict.fromkeys(content_terms(asked, language), 1.0)

    assert coverage(weights, with_parts(text_terms(said, language), asked, language)) == 1


def test_one_part_of_a_hyphenated_word_is_not_the_other() -> None:
    assert with_parts(text_terms("By mail", "en"), "e-mail", "en") == {"mail"}


def test_an_acronym_of_a_hyphenated_word_is_known_without_the_hyphen() -> None:
    page = Document("a", "A", "en", "Employee Self-Service (ES) is open.", ())

    assert "es" in expand("The employee self service", page)


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("What if an e-mail goes to the wrong person?", "privacy desk"),
        ("Is there a code for visitors' wifi?", "from the reception"),
        ("Who tells visitors the code of the WiFi?", "from the reception"),
    ],
)
def test_a_hyphen_more_or_less_is_no_word_that_no_page_holds(over: MakeAssistant, question: str, quoted: str) -> None:
    assistant = over(PAGES)
    evidence = assistant.find(question).evidence

    assert evidence.unseen < 0.4
    assert not evidence.stranger
    assert quoted in assistant.answer(question).text


def test_a_slip_is_told_as_the_page_writes_the_word(over: MakeAssistant) -> None:
    answer = over({"a.md": "# Contact\n\nThe privacy desk has an e-mail for complaints.\n"}).answer(
        "What is the emial for complaints?"
    )

    assert [(word.asked, word.read) for word in answer.respelt] == [("emial", "e-mail")]


@pytest.mark.parametrize(
    ("page", "question"),
    [
        ("# Website\n\nThe website is edited by the press team on Fridays.", "Who edits the web site?"),
        ("# Web site\n\nThe web site is edited by the press team on Fridays.", "Who edits the website?"),
        ("# Sivut\n\nVerkkosivut päivittää viestintä perjantaisin.", "Kuka päivittää verkko sivut?"),
        ("# Sivut\n\nVerkko sivut päivittää viestintä perjantaisin.", "Kuka päivittää verkkosivut?"),
        (
            "# Sidor\n\nWebbplatsen redigeras av kommunikationsavdelningen på fredagar.",
            "Av vem redigeras webb platsen?",
        ),
        (
            "# Sidor\n\nWebb platsen redigeras av kommunikationsavdelningen på fredagar.",
            "Av vem redigeras webbplatsen?",
        ),
    ],
)
def test_a_word_written_as_two_or_as_one_is_found_and_not_told_as_a_slip(
    over: MakeAssistant, page: str, question: str
) -> None:
    answer = over({"a.md": page, "b.md": "# Post\n\nPost is brought at ten.\n"}).answer(question)
    assert answer.outcome == "answered"
    assert not answer.respelt
