from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.types import Answer, Place
from tests.ui.scripted import prepared
from ui.link import answer_of
from ui.schema import AnswerOut
from ui.terminal import events_of, print_answer

SAME = (("Leave in short", "/source/staff/short.md"), ("Public page", "https://example.org/leave"))


@pytest.fixture
def answer() -> Answer:
    given = prepared()["How many days of leave do I get?"]
    return replace(given, citations=(replace(given.citations[0], also=SAME), *given.citations[1:]))


def printed(answer: Answer, capsys: pytest.CaptureFixture[str]) -> str:
    print_answer(events_of(answer))
    return " ".join(capsys.readouterr().out.split())


def test_a_footnote_names_the_pages_that_say_the_same(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(answer, capsys)

    assert "Everyone earns 30 days of leave a year. [1]" in shown
    assert "the same words stand in Leave in short, Public page [2]" in shown


def test_an_answer_comes_over_the_wire_as_it_is(answer: Answer) -> None:
    sent = AnswerOut.of(answer).model_dump_json()

    assert answer_of(AnswerOut.model_validate_json(sent)) == answer


def test_a_refusal_names_places_to_look_and_no_footnote(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = prepared()["Who won the ice hockey?"]
    shown = printed(replace(refusal, closest=(Place("Annual leave", "/source/a.md"), Place("Houses", "x"))), capsys)

    assert shown == "The pages don’t say. Places to look: Annual leave, Houses"
    assert "closest" in AnswerOut.of(refusal).model_dump()
    assert AnswerOut.of(refusal).citations == []
