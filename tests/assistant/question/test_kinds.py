from __future__ import annotations

import pytest

from assistant.question.kinds import holds_kind, only_counts
from assistant.question.question import read_question


@pytest.mark.parametrize(
    "text",
    [
        "Only directors may sign it.",
        "It is signed by the head of finance.",
        "The heads of service decide.",
        "Hakemuksen hyväksyy osaston johtaja.",
        "Den godkänns av närmaste chefen.",
    ],
)
def test_a_post_is_an_answer_to_who(text: str) -> None:
    assert holds_kind(read_question("who signs it"), text, "en")


def test_a_thing_is_no_answer_to_who() -> None:
    assert not holds_kind(read_question("who signs it"), "It is signed in ink.", "en")


@pytest.mark.parametrize("text", ["xargs - build and execute command lines", "xargs -- runs commands"])
def test_the_name_line_of_a_manual_page_says_what_a_command_is(text: str) -> None:
    assert holds_kind(read_question("what is xargs"), text, "en")


def test_options_after_a_name_do_not_say_what_it_is() -> None:
    assert not holds_kind(read_question("what is xargs"), "xargs -0 --null", "en")


@pytest.mark.parametrize(
    ("question", "above", "text", "says"),
    [
        ("What is dpkg?", "8.1.1. dpkg", "This is the main package management program.", True),
        ("What is debian/rules?", "Building script: debian/rules", "This file must be an executable makefile.", True),
        ("What is dpkg?", "", "This is the main package management program.", False),
        ("What is dpkg?", "apt", "This is the main package management program.", False),
        ("What is dpkg?", "dpkg", "Find out all the options: dpkg --help.", False),
        ("Mikä on sivukirjasto?", "Sivukirjasto", "Se on palvelupiste muualla kuin pääkirjastossa.", True),
        ("Vad är en filial?", "Filial", "Det är ett bibliotek på en annan ort.", True),
    ],
)
def test_the_first_sentence_under_a_heading_says_what_that_is(question: str, above: str, text: str, says: bool) -> None:
    language = {"M": "fi", "V": "sv"}.get(question[0], "en")
    assert holds_kind(read_question(question), text, language, above) is says
    if above:
        assert not holds_kind(read_question(question), text, language)


@pytest.mark.parametrize(
    ("question", "text", "counts"),
    [
        ("Which universities are in UNICA?", "UNICA is a network of 46 universities from 35 capital cities.", True),
        ("Which partner universities are there?", "We have some two hundred partner universities.", True),
        ("Which offices close in July?", "Two of our offices close in July.", True),
        ("Which languages are supported?", "It is written in three languages: Finnish, Swedish and English.", False),
        ("Which languages are supported?", "It is written in two official languages, Finnish and Swedish.", False),
        ("Which languages are supported?", "Finnish and Swedish are supported.", False),
        ("Which documents do I need?", "You need no documents.", False),
        ("Which hours is it open?", "It is open 24 hours a day.", False),
        ("How many universities are in UNICA?", "UNICA is a network of 46 universities.", False),
        ("Which plans cover phone calls?", "Phone plans Basic and Pro cover calls abroad.", False),
        ("Which rooms can be booked?", "Centre rooms Heron and Crane can be booked.", False),
        ("Which fees apply?", "Two fees apply: the deposit and the first rent.", False),
        ("Which rooms have a projector?", "The two rooms that have a projector are 101 and 204.", False),
        ("Which courses are compulsory?", "There are three courses. These are Law, Tax and Audit.", False),
        ("Which members voted against?", "In 2024 members Smith and Jones voted against.", False),
        ("Which campuses have a library?", "One of the two campuses has a library, namely Otaniemi.", False),
        ("Which members may vote?", "Members who have paid may vote. A quorum is ten members present.", False),
        ("Which items are free?", "Paper and pens are free, up to five items a day.", False),
        ("Which countries are covered?", "All 27 countries of the EU and Norway.", False),
    ],
)
def test_how_many_there_are_does_not_say_which_they_are(question: str, text: str, counts: bool) -> None:
    assert only_counts(read_question(question), text) is counts
