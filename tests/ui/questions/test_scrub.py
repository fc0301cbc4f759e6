from __future__ import annotations

import pytest

from ui.questions.scrub import EMAIL, IDENTITY, PHONE, scrubbed


@pytest.mark.parametrize(
    "number",
    [
        "131052-308T", "010594Y9032", "010594y9032", "020516C903K", "131052+308T", "131052A308T", "131052–308T",
        "850709-9805", "19850709-9805", "850709+9805", "8507099805", "198507099805", "850709 9805", "850769-9805",
        "123-45-6789", "123 45 6789", "900-70-1234",
    ],
)  # fmt: skip
def test_personal_identity_numbers_are_taken_out(number: str) -> None:
    assert scrubbed(f"What of {number}?") == f"What of {IDENTITY}?"
    assert scrubbed(f"({number})") == f"({IDENTITY})"


def test_nine_digits_are_a_number_of_a_person_where_they_are_called_so() -> None:
    assert scrubbed("my SSN is 123456789, ok") == f"my SSN is {IDENTITY}, ok"
    assert scrubbed("form 123456789, ok") == "form 123456789, ok"


@pytest.mark.parametrize(
    "address",
    [
        "ada.lovelace@example.org", "ADA+x@mail.example.co.uk", "åsa@företag.se", "ada (at) example.org",
        "ada[at]example.org",
    ],
)  # fmt: skip
def test_addresses_are_taken_out(address: str) -> None:
    assert scrubbed(f"Write to {address}?") == f"Write to {EMAIL}?"


@pytest.mark.parametrize(
    "number",
    [
        "+358 40 123 4567", "+358401234567", "+358 (0)40 123 4567", "00358 40 1234567", "040 1234567", "040-123 4567",
        "(09) 123 4567", "09 1234 5678", "0401234567", "070-123 45 67", "08-123 456 78", "+46 70 123 45 67",
        "+1 (555) 123-4567", "(555) 123-4567", "555-123-4567", "555.123.4567", "+44 20 7946 0958", "020 7946 0958",
        "050\u00a0555\u00a01234",
    ],
)  # fmt: skip
def test_phone_numbers_are_taken_out(number: str) -> None:
    assert scrubbed(f"Who answers {number}?") == f"Who answers {PHONE}?"


def test_a_short_number_is_a_phone_number_where_it_is_called_so() -> None:
    assert scrubbed("Whose is tel. 123456?") == f"Whose is tel. {PHONE}?"
    assert scrubbed("puh: 12 34 56 78") == f"puh: {PHONE}"


@pytest.mark.parametrize(
    "question",
    [
        "What changed between 2024 and 2025?",
        "budget for 2024-2025, 2024–2027",
        "Is 1.1.2024 a holiday? And 01.02.2024, 2024-06-24, 24/12/2024, 01-02-2024?",
        "Open 09-18, 9.00-16.30, 09:00–18:00 or 0-24?",
        "May I spend 1 200 000 euros, 1,200,000.50 € or 0.5 %?",
        "Is 12 345 678 too much? And 123 456 789?",
        "When does TIES483 or CS-E4002, 521286A, DATA11002, ITST-0123 begin?",
        "Who teaches TX00EY12-3004 in room 0123 or B-3.041?",
        "What says § 4 of act 558/2009, ISO 27001:2022, form 1040 or RFC 9110?",
        "ISBN 0-306-40615-2 and ISBN: 951-0-11369-7",
        "Is 10.0.0.1 or 192.168.100.200 ours? Port 8080?",
        "Version 0.12.3456 of ticket 20240612?",
        "project 991399-1234",  # no month is the 13th
        "Which @channel is for @staff?",
        "How many are 250 000 000 of 7 000 000 000?",
        "Is 5 + 3 = 8, and 100-200 pages enough?",
        "invoice 1234567890",
    ],
)
def test_years_amounts_codes_and_dates_stay(question: str) -> None:
    assert scrubbed(question) == question


def test_everything_in_one_question_is_taken_out() -> None:
    given = "I am 131052-308T, ada@example.org, +358 40 123 4567: what is my leave in 2026?"
    assert scrubbed(given) == f"I am {IDENTITY}, {EMAIL}, {PHONE}: what is my leave in 2026?"


def test_a_long_text_is_read_in_good_time() -> None:
    for text in ("0" * 2000, "0 " * 1000, "a." * 1000, "+1 " * 600, "(0" * 1000, "1-" * 1000):
        scrubbed(text)
