"""Questions for a way to reach someone."""

from __future__ import annotations

import pytest

from assistant.question.contacts import gives_contact, is_of_whom
from assistant.question.question import read_question
from assistant.question.topic import text_terms
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
        "What is the emergency number for Mill Street?",
        "How do I contact my manager?",
        "How do I call the porter?",
        "Miten otan yhteyttä henkilöstöpalveluihin?",
        "Hur kontaktar jag personalavdelningen?",
        "Hur kan jag kontakta HR?",
        "Hur kontakt jag HR?",
        "Hur når jag HR?",
        "Miten voin ottaa yhteyttä HR:ään?",
        "Miten saan yhteyden verkkotukeen?",
        "Vad är vaktmästarens telefon nummer?",
        "Vad är vaktmästarens telefon-nummer?",
        "Mikä on vahtimestarin puhelin numero?",
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
        ("How do I call in sick?", "steps"),
        ("How do I call a meeting?", "steps"),
        ("How do I email a large file?", "steps"),
        ("How do I phone abroad?", "steps"),
        ("How do I reach level 3?", "steps"),
        ("How do I reach Lantern House by bus?", "steps"),
        ("What is the VAT number of the company?", "any"),
        ("What is the room number of the finance team?", "any"),
        ("policy number of the trust", "any"),
        ("number of the building", "any"),
        ("What is the extension of the deadline for the tax return?", "duration"),
        ("Hur når vi klimatmålen?", "steps"),
        ("Hur når jag kontoret med buss?", "steps"),
        ("Miten saan yhteyden vierasverkkoon?", "steps"),
        ("Miten saan yhteyden VPN:ään?", "steps"),
        ("Kuinka otan yhteyden palvelimeen?", "steps"),
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
        ("address of the depot", "It is at 5 Bakers Yard."),
        ("osoite", "Fabianinkatu 33, Helsinki"),
        ("address of the depot", "Write to BK3 4QT."),
        ("How do I contact the mobility team?", "mobility@uni.example"),
        ("How do I contact email support?", "Email support: 01632 960 200"),
        ("How do I contact the phone support team?", "help@uni.example"),
        ("How do I contact IT?", "Raise a ticket in the service portal."),
        ("How do I reach IT?", "Send us the form."),
        ("phone number of security", "Emergency: 112"),
        ("phone number of the porter", "Porter | 555"),
        ("phone number of the porter", "Name: Porter | Number: 555"),
        ("phone number of the porter", "Porter 09/1234567"),
        ("phone number of the porter", "Porter 0800.555.0162"),
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
        ("address of the head office", "The head office employs 250 people. It opens at eight."),
        ("address of the head office", "It opened on 12 March 2024 at 9.30."),
        ("How do I contact IT by phone?", "Raise a ticket in the service portal."),
        ("mobile number of the porter", "The mobility team: 01632 960 200"),
        ("phone number of the porter", "The house has 120 rooms."),
        ("phone number of the porter", "Rooms: 120 | Floors: 4"),
        ("phone number of the porter", "Since 28.11.2026, 01/02/2024 and 01.02.2024 at 192.168.0.1"),
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


@pytest.mark.parametrize(
    ("page", "question", "outcome"),
    [
        (
            "# Telefon\n\nPersonalavdelningens telefonnummer är 08 123 456 78. Vaktmästaren sitter i källaren.\n",
            "Vad är vaktmästarens telefon nummer?",
            "partial",
        ),
        (
            "# Klimat\n\nVi når klimatmålen genom att resa mindre och spara el.\n",
            "Hur når vi klimatmålen?",
            "answered",
        ),
        (
            "# Pensions\n\nThe pensions team looks after the scheme. Phone: 01632 960 300.\n",
            "What number should I call with a question about pensions?",
            "answered",
        ),
        (
            "# Parking\n\nThe car park is behind the house and open to all who work here.\n\n"
            "Parking desk: 01632 960 301. It is open on weekdays.\n",
            "phone number for information about parking",
            "answered",
        ),
    ],
)
def test_a_page_answers_what_it_is_asked(over: MakeAssistant, page: str, question: str, outcome: str) -> None:
    assert over({"page.md": page}).answer(question).outcome == outcome


ANOTHER = {
    "en": (
        "# Contacts\n\n| Team | Phone |\n|---|---|\n| IT helpdesk | 01632 960 200 |\n| Facilities | 01632 960 201 |\n\n"
        "HR is on the second floor.\n",
        "# HR\n\n## Contact\n\nWrite to people@example.org or ring 4455.\n",
        "HR phone number",
    ),
    "fi": (
        "# Yhteystiedot\n\n| Tiimi | Puhelin |\n|---|---|\n| IT-tuki | 09 123 4567 |\n| Kiinteistöt | 09 123 4568 |\n\n"
        "Henkilöstöpalvelut on toisessa kerroksessa.\n",
        "# Henkilöstöpalvelut\n\n## Puhelin\n\nPuhelinnumero on 09 765 4321.\n",
        "henkilöstöpalveluiden puhelinnumero",
    ),
    "sv": (
        "# Kontakt\n\n| Team | Telefon |\n|---|---|\n| IT-stöd | 08 123 456 78 |\n| Lokaler | 08 123 456 79 |\n\n"
        "Personalavdelningen finns på andra våningen.\n",
        "# Personalavdelningen\n\n## Telefon\n\nVårt telefonnummer är 08 765 432 10.\n",
        "personalavdelningens telefonnummer",
    ),
}


@pytest.mark.parametrize("language", ANOTHER)
def test_the_number_of_another_is_not_given_for_the_answer(over: MakeAssistant, language: str) -> None:
    others, own, question = ANOTHER[language]
    assert over({"a.md": others}).answer(question).outcome != "answered"
    best = over({"a.md": others, "b.md": own}).find(question).ranked[0]
    assert best.unit.text in own


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("How do I contact HR?", "Human resources: 4455"),
        ("How do I contact IT?", "IT helpdesk: 4455"),
        ("How do I contact the HR team about my laptop?", "HR: 4455"),
        ("Mikä on henkilöstöpalveluiden puhelinnumero?", "Henkilöstöpalvelut: 4455"),
        ("and the phone number?", "Porter: 4455"),
        ("what number do I call when I am ill", "Absence line: 4455"),
        ("How do I contact HR?", "Human Resources | 4455"),
        ("phone number of the HSS", "Health and Safety Services: 4455"),
        ("What number should I call with a question about pensions?", "Pensions: 4455"),
        ("What number do I ring for advice about my pension?", "Pension line: 4455"),
        ("phone number for information about parking", "Parking desk: 4455"),
        ("How do I contact support about my laptop?", "Support: 4455"),
        ("What is her cell phone number?", "Mobile: 07700 900 123"),
        ("Mikä on Otaniemen kirjaston puhelinnumero?", "Otaniemi: 4455"),
    ],
)
def test_a_contact_is_of_whom_it_is_asked_for(question: str, line: str) -> None:
    language = "fi" if question.startswith("Mikä") else "en"
    assert is_of_whom(question, text_terms(line, language), line, language)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("How do I contact HR?", "IT helpdesk: 4455"),
        ("How do I contact IT?", "HR: 4455"),
        ("How do I contact the purchasing team?", "IT team: 4455"),
        ("How do I contact HR about my laptop?", "Laptop repairs: 4455"),
        ("How do I contact HR about VPN?", "VPN support: 4455"),
        ("What is the phone number of IT?", "In the evening ring the porter on 4455."),
        ("What is the phone number of IT?", "If the alarm rings, call 4455."),
        ("HR phone number", "Harri Rantanen | 09 123 4568"),
        ("What is the phone number of IT support?", "HR support: 4455"),
        ("What is the support phone number?", "Porter: 4455"),
        ("What number should I call with a question about pensions?", "Porter: 4455"),
        ("What about the phone number of facilities?", "Porter: 4455"),
        ("phone number of Saara", "Porter: 4455"),
    ],
)
def test_a_contact_of_another_is_not_of_whom_it_is_asked_for(question: str, line: str) -> None:
    assert not is_of_whom(question, text_terms(line, "en"), line, "en")
