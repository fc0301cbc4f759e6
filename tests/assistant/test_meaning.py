"""What is shown means on its own what it means in the page, and belongs to the question that was asked."""

from __future__ import annotations

import pytest

from assistant.answer import Assistant
from assistant.facts import find_fact
from assistant.question.question import read_question
from assistant.question.small_talk import GREETING_NOTE, is_small_talk
from assistant.question.topic import content_terms
from index.conversation import leans
from tests.assistant.conftest import MakeAssistant

LEAVE = (
    "# Annual leave\n\nYou can carry over up to 240 hours of annual leave to the next leave year.\n\n"
    "# Parking\n\nParking in the garage under the building costs 20 euros a month. Ask the front desk for a badge.\n"
)
CARRY = "How much annual leave can I carry over?"


def shown(assistant: Assistant, question: str, *history: str) -> list[str]:
    return [each.text for each in assistant.answer(question, history).statements if each.kind != "note"]


def test_a_page_that_says_the_opposite_is_not_told_to_say_the_same(over: MakeAssistant) -> None:
    assistant = over(
        {
            "new.md": "# Visitors\n\nVisitors may bring dogs to the office on Fridays.\n",
            "old.md": "# Visitors, before\n\nVisitors may not bring dogs to the office on Fridays.\n",
        }
    )
    answer = assistant.answer("May visitors bring dogs to the office?")
    assert [note.also for note in answer.citations] == [()] * len(answer.citations)
    assert {note.url for note in answer.citations} == {"new.md", "old.md"}


def test_an_item_is_shown_with_the_line_that_turns_it(over: MakeAssistant) -> None:
    items = [
        "Lend your laptop to others, even to members of your own family, for whatever reason they may give you for it.",
        "Leave your laptop in a car that is parked in the street, even for the few minutes that shopping might take.",
        "Install programs that were not bought by the university, even when they are said to cost nothing at all.",
    ]
    listed = "\n".join(f"- {item}" for item in items)
    assistant = over({"laptop.md": f"# Laptops\n\nStaff must not do the following with their laptops:\n\n{listed}\n"})
    said = shown(assistant, "Can I lend my laptop to my family?")
    assert said[0] == "Staff must not do the following with their laptops:"
    assert items[0] in said


def test_a_list_is_shown_with_the_heading_that_turns_it(over: MakeAssistant) -> None:
    page = "# Travel\n\n## Reimbursed\n\n- Train\n- Bus\n- Hotel\n\n## Not reimbursed\n\n- Alcohol\n- Parking fines\n"
    said = shown(over({"travel.md": page}), "Is alcohol reimbursed?")
    assert "Not reimbursed" in said[: said.index("Alcohol")]


def test_a_sentence_is_shown_with_the_next_that_takes_it_back(over: MakeAssistant) -> None:
    page = (
        "# Guests\n\nGuests may enter every building of the campus with a badge. However, this does not apply to the "
        "laboratories. Badges are given out at the front desk.\n"
    )
    said = " ".join(shown(over({"guests.md": page}), "May guests enter the buildings with a badge?"))
    assert "However, this does not apply to the laboratories." in said


def test_a_chain_of_pronouns_is_shown_from_its_beginning(over: MakeAssistant) -> None:
    page = "# Garage\n\nThe badge opens the garage. It is sold at the front desk. It costs 20 euros.\n"
    said = shown(over({"garage.md": page}), "How much does the badge cost?")
    assert said[0].startswith("The badge opens the garage.")
    assert "20 euros" in said[0]


@pytest.mark.parametrize("question", ["Thanks!", "ok", "Who are you?", "Is there a gym?", "Kiitos paljon!"])
def test_what_leaves_the_topic_is_not_answered_with_it(over: MakeAssistant, question: str) -> None:
    answer = over({"leave.md": LEAVE}).answer(question, [CARRY])
    assert answer.outcome == "abstained"
    assert not answer.citations


def test_a_short_question_about_another_topic_gets_that_topic(over: MakeAssistant) -> None:
    answer = over({"leave.md": LEAVE}).answer("parking?", [CARRY])
    assert answer.outcome != "answered" or "Parking" in answer.statements[0].text


def test_a_greeting_is_told_what_can_be_asked(over: MakeAssistant) -> None:
    assistant = over({"leave.md": LEAVE})
    assert [each.text for each in assistant.answer("Hello there!").statements] == [GREETING_NOTE]
    for text in ("Hi", "thank you very much", "Moi!", "Tack så mycket", "ok, great, thanks", "hi, who are you?"):
        assert is_small_talk(text), text
    for text in ("Thanks, how long is it valid?", "Who are the members?", "good practice", "Hi-fi", "help", ""):
        assert not is_small_talk(text), text


def test_courtesy_is_no_name_and_no_topic(over: MakeAssistant) -> None:
    assert read_question(f"{CARRY} Thanks!").names == ()
    assert read_question("HOW DO I BOOK LEAVE").names == ()
    assert content_terms("Why doesn't the VPN work?", "en") == content_terms("Why the VPN work?", "en")
    assert content_terms("What's the department’s budget?", "en") == content_terms("department budget", "en")
    assert over({"leave.md": LEAVE}).answer(f"{CARRY} Thanks!").outcome == "answered"


def test_neither_it_the_department_nor_is_there_points_back() -> None:
    assert not leans("How do I contact IT support?")
    assert not leans("How many students are there in Tampere?")
    assert not leans("Is there a gym in the main building?")
    assert leans("How do I contact it afterwards?")
    assert leans("Who works there nowadays mostly?")


@pytest.mark.parametrize(
    ("question", "sentence", "fact"),
    [
        ("How much is paid for glasses?", "Glasses are paid for up to 1 500 € a year.", "1 500 €"),
        ("How many students are there?", "The university has 31 600 students.", "31 600"),
        ("How much does the building cost?", "It costs €20 million.", "€20 million"),
        ("When is the bill due?", "The bill of 1600 euros is due on Friday.", "Friday"),
        ("How many days of leave do I earn?", "Staff with 10 years of service earn 38 days.", "38 days"),
        ("When is the deadline?", "Claims are made by 15 March and take 30 days.", "15 March"),
        ("Who is in charge of payroll?", "Payroll is run by Anna Virtanen, who works at 50 %.", "Anna Virtanen"),
        ("How much is the fee?", "The fee is 20 euros for staff and 35 euros for others.", None),
    ],
)
def test_the_figure_in_bold_is_the_whole_one_that_is_asked_for(question: str, sentence: str, fact: str | None) -> None:
    span = find_fact(read_question(question), sentence)
    assert (sentence[slice(*span)] if span else None) == fact


def test_what_cannot_be_cited_is_not_answered_with(over: MakeAssistant) -> None:
    row = " ".join(f"word{number}" for number in range(400))
    page = f"# Rates\n\n| Kind | Text |\n|---|---|\n| zebra allowance | {row} |\n"
    answer = over({"rates.md": page}).answer("What is the zebra allowance?")
    assert answer.outcome != "answered" or any(each.kind != "note" for each in answer.statements)


def test_an_empty_heading_elsewhere_refuses_no_answer(over: MakeAssistant) -> None:
    pages = {
        "index.md": "# Tools\n\nThe tools that staff use.\n\n## Microsoft Teams\n\n## Zoom\n\nZoom is for lectures.\n",
        "teams.md": "# Meetings\n\nTo record a meeting in Microsoft Teams, open the meeting's menu and press Record.\n",
    }
    answer = over(pages).answer("How do I record a meeting in Microsoft Teams?")
    assert answer.outcome == "answered"
    assert "press Record" in answer.statements[0].text
