"""Questions for a way to reach someone."""

from __future__ import annotations

import pytest

from assistant.contacts import gives_contact
from assistant.question import read_question
from tests.assistant.conftest import MakeAssistant

DESK = {
    "desk.md": "# Service desk\n\n| How | Where | When |\n|---|---|---|\n| Telephone | 01632 960 200 | weekdays |\n"
    "| Portal | help.example.org | any time |\n\nThe desk mends printers and "
    "laptops for everybody who works here, and it helps people who cannot sign in.\n",
    "phones.md": "# Phones\n\nIf you have lost your phone, tell the service desk your staff number.\n",
    "porter.md": "# Telephones\n\nThe phone number of the porter is 01632 960 201.\n",
    "union.md": "# Trade union\n\nThe convenor of the trade union is Bronwen Tully.\n",
}


@pytest.mark.parametrize(
    "question",
    [
        "IT helpdesk phone number",
        "number of the finance director",
        "what number do I call when I am ill",
        "e-mail address for invoices",
        "What is Priya Nambiar's extension?",
        "address of the depot",
        "and the phone number?",
        "what is her extension?",
        "How do I contact purchasing?",
        "Mikä on palvelupisteen puhelinnumero?",
        "Vilket telefonnummer har växeln?",
    ],
)
def test_who_asks_for_a_way_to_reach_someone_is_understood(question: str) -> None:
    assert read_question(question).answer_type == "contact"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what is the maximum number of days", "number"),
        ("how do I change my e-mail address", "steps"),
        ("can I keep my phone number when I leave", "yesno"),
        ("who should I contact about maternity leave", "person"),
        ("extension of my contract", "any"),
        ("which phone do I get", "any"),
    ],
)
def test_the_same_words_may_ask_for_other_things(question: str, kind: str) -> None:
    assert read_question(question).answer_type == kind


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("phone number of the desk", "Telephone: 01632 960 200"),
        ("phone number of the desk", "Name: Amara Lindqvist | Telephone: 4001"),
        ("phone number of the desk", "Soita numeroon 040 123 4567."),
        ("number for emergencies", "In a fire, ring 112 at once."),
        ("extension of the desk", "Purchasing: Leontyne Marsh, extension 4330"),
        ("mobile number of the porter", "mobile 07700 900 461"),
        ("e-mail address for invoices", "Invoices: payables@example.org"),
        ("how do I contact the desk", "desk@example.org"),
        ("address of the depot", "The depot is at 12 Mill Street."),
    ],
)
def test_what_is_asked_for_is_seen(question: str, text: str) -> None:
    assert gives_contact(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("phone number of the desk", "The desk was founded in 1974 and moved on 2024-03-01."),
        ("phone number of the desk", "It has 6 840 000 users and costs £12000"),
        ("phone number of the desk", "desk@example.org"),
        ("mobile number of the porter", "Telephone: 01632 960 200"),
        ("e-mail address for invoices", "Invoices: extension 4330"),
    ],
)
def test_what_is_not_asked_for_is_no_contact(question: str, text: str) -> None:
    assert not gives_contact(question, text)


def test_a_phone_number_is_found_whatever_the_page_calls_it(over: MakeAssistant) -> None:
    answer = over(DESK).answer("service desk phone number")
    assert answer.outcome == "answered"
    assert "01632 960 200" in answer.statements[0].text


def test_a_line_without_a_number_is_not_given_for_the_answer(over: MakeAssistant) -> None:
    answer = over(DESK).answer("What is the phone number of the convenor of the trade union?")
    assert answer.outcome == "partial"
