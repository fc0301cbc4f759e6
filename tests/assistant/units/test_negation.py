"""What turns a sentence is not lost: by a page that says the opposite, by a list quoted without its lead."""

from __future__ import annotations

import pytest

from assistant.units.negation import hinges, takes_back, turns


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Visitors may bring dogs.", "Visitors may not bring dogs."),
        ("Koiria saa tuoda.", "Koiria ei saa tuoda."),
        ("Hundar får tas med.", "Hundar får inte tas med."),
        ("Up to 240 hours.", "Up to 160 hours."),
        ("It can be done.", "It can't be done."),
    ],
)
def test_what_says_otherwise_differs_in_what_it_hinges_on(one: str, other: str) -> None:
    assert hinges(one) != hinges(other)
    assert hinges(one) == hinges(one.upper())


@pytest.mark.parametrize("text", ["You may not:", "Not reimbursed", "Exceptions", "Ei korvata:", "Inte tillåtet:"])
def test_a_lead_that_turns_what_follows_is_known(text: str) -> None:
    assert turns(text)
    assert not turns("You may:")
    assert not turns("A notable notice of notes")


def test_a_sentence_that_takes_back_the_one_before_is_known() -> None:
    assert takes_back("However, this does not apply to the laboratories.")
    assert takes_back("This doesn’t apply on Sundays.")
    assert takes_back("Tämä ei koske harjoittelijoita.")
    assert not takes_back("Butter is sold at the desk.")
    assert not takes_back("It costs 20 euros.")
