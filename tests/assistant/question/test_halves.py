"""Questions that ask two things in one breath."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import PARTIAL_NOTE, Assistant
from assistant.question.halves import halves_of
from assistant.reader.bundled import load_reader
from assistant.types import Finished
from index.embedding.encoder import SentenceEncoder
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource
from tests.assistant.conftest import MakeAssistant

PARKING = {
    "parking.md": "# Parking\n\nThere are 62 spaces in the car park, of which 4 are for disabled people. "
    "A permit costs £18 a month, taken from pay. Permits are for one number plate.\n\n"
    "To apply, send form F-20 to the porter.\n\nThe charge for cars without a permit is £60.\n",
    "pay.md": "# Pay and benefits\n\n## Pay day\n\nSalaries are paid on the 26th of each month. "
    "In December pay day is the 19th. When the 26th falls on a weekend, they are paid on the working day before.\n",
    "lunch.md": "# Canteen\n\nThe canteen serves lunch from eleven to two.\n",
}


@pytest.mark.parametrize(
    ("question", "halves"),
    [
        (
            "how much does a parking permit cost and how do i apply",
            ("how much does a parking permit cost", "how do i apply"),
        ),
        (
            "When is pay day and what if it falls on a weekend?",
            ("When is pay day", "what if it falls on a weekend?"),
        ),
        ("What does it cost? When is it open?", ("What does it cost", "When is it open?")),
        (
            "Milloin kirjasto on auki ja mistä saan kortin?",
            ("Milloin kirjasto on auki", "mistä saan kortin?"),
        ),
        (
            "När öppnar biblioteket och hur får jag ett kort?",
            ("När öppnar biblioteket", "hur får jag ett kort?"),
        ),
        ("What is a green card and how do I get it?", ("What is a green card", "how do I get it?")),
        ("What do I do when I am ill and who do I call?", ("What do I do when I am ill", "who do I call?")),
        (
            "How do I know who my manager is and how do visitors get in?",
            ("How do I know who my manager is", "how do visitors get in?"),
        ),
        (
            "What is the difference between A1 and B2 and how do I apply?",
            ("What is the difference between A1 and B2", "how do I apply?"),
        ),
    ],
)
def test_a_question_word_after_an_and_opens_a_second_question(question: str, halves: tuple[str, str]) -> None:
    assert halves_of(question) == halves


@pytest.mark.parametrize(
    "question",
    [
        "What documents do I need when I move and when I marry?",
        "When and where is the meeting?",
        "How many sick days and which holidays can I take?",
        "Where is the Ministry of Education and Culture?",
        "How are annual leave and sick leave different?",
        "Vad gäller när jag flyttar och när jag gifter mig?",
        "the form and how it is filled in",
        "Can employees who work nights and who have children get flexible hours?",
        "Can staff who live abroad and who are on a fixed-term contract get relocation help?",
        "Who decides how much leave I carry over and which days I take?",
        "Who decides what is needed and what is allowed?",
        "What is allowed and what is not when I work abroad?",
        "What is the difference between what contractors get and what employees get?",
        "Vad är skillnaden mellan vad jag får och vad jag betalar?",
        "Can you explain how it works and what it costs?",
        "Which courses are free and which cost money?",
        "Vem bestämmer hur mycket jag får och vilka dagar jag tar ut?",
        "Kuka päättää miten paljon saan ja mitkä päivät otan?",
        "What does U.S. how mean?",
        "How is e.g. what we do taxed?",
        "",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert halves_of(question) is None


def test_the_best_line_for_each_half_is_shown(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("how much does a parking permit cost and how do i apply")
    assert answer.outcome == "answered"
    assert [statement.text for statement in answer.statements] == [
        "A permit costs £18 a month, taken from pay.",
        "To apply, send form F-20 to the porter.",
    ]


def test_lines_that_fit_a_half_as_well_as_the_best_are_shown_too(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("When is pay day and what if it falls on a weekend?")
    assert [statement.text for statement in answer.statements] == [
        "In December pay day is the 19th.",
        "Salaries are paid on the 26th of each month.",
        "When the 26th falls on a weekend, they are paid on the working day before.",
    ]


def test_where_one_half_is_not_known_the_other_is_told_and_nothing_more_is_claimed(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("how much does a parking permit cost and who is the president of France")
    assert answer.outcome == "partial"
    assert [statement.text for statement in answer.statements] == [
        PARTIAL_NOTE,
        "A permit costs £18 a month, taken from pay.",
    ]


def test_where_neither_half_is_known_nothing_is_shown(over: MakeAssistant) -> None:
    answer = over(PARKING).answer("Who is the president of France and how old is he?")
    assert answer.outcome == "abstained"


def test_what_two_who_relatives_ask_together_is_answered_as_one(over: MakeAssistant) -> None:
    pages = {
        "hours.md": "# Flexible hours\n\nEmployees who have children under 8 may ask for flexible hours.\n",
        "nights.md": "# Night work\n\nEmployees who work nights get a health check every year.\n",
    }
    answer = over(pages).answer("Can employees who work nights and who have children get flexible hours?")
    assert answer.citations[0].url == "hours.md"
    assert "health check" not in answer.text


def test_each_half_is_looked_for_from_the_page_that_is_asked_from(tmp_path: Path, encoder: SentenceEncoder) -> None:
    for place in ("east", "north", "west"):
        (tmp_path / "pages" / place).mkdir(parents=True)
        text = "# Parking\n\nA permit costs £18 a month.\n\nTo apply, send form F-20 to the porter.\n"
        (tmp_path / "pages" / place / "parking.md").write_text(text, encoding="utf-8")
    address = "https://intranet.example.org"
    stores = Stores(tmp_path / "data")
    options = FolderOptions(path=tmp_path / "pages", base_url=address)
    Syncer(stores, encoder, ChunkOptions()).sync([FolderSource(options)])
    assistant = Assistant(Searcher(stores, encoder), stores.ledger, load_reader("bundled"))

    for place in ("east", "north", "west"):
        *_, last = assistant.ask(
            "how much does a parking permit cost and how do i apply", here=f"{address}/{place}/parking.md"
        )
        assert isinstance(last, Finished)
        assert {citation.url for citation in last.answer.citations} == {f"{place}/parking.md"}
