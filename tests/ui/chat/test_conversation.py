from __future__ import annotations

import pytest
from markupsafe import Markup

from tests.ui.scripted import ATTACK, ScriptedWorkspace
from ui.chat.conversation import Conversation, Teller, View, welcome_html
from ui.language import LANGUAGES, words_in
from ui.schema import ReadyOut

EMPTY = Conversation()
DAYS = "How many days of leave do I get?"


def shown(question: str, conversation: Conversation = EMPTY, state: str = "ready") -> list[View]:
    return list(Teller().views(ScriptedWorkspace(state=state), question, conversation))


def test_an_answer_grows_and_only_the_whole_of_it_joins_the_conversation() -> None:
    grown = shown(DAYS)
    assert [view.turn.count('class="said"') for view in grown] == [0, 0, 1, 2, 2, 2]
    assert [view.turn.count("<details") for view in grown] == [0, 0, 1, 2, 2, 2]
    assert ["working" in view.turn for view in grown] == [True] * 4 + [False] * 2
    assert [view.conversation.questions for view in grown] == [()] * 4 + [(DAYS,)] * 2
    assert [view.turn.count('class="further"') for view in grown] == [0] * 5 + [2]
    assert Teller().turns_html(grown[-1].conversation) == grown[-2].turn


def test_a_second_turn_keeps_its_ids_apart_from_the_first() -> None:
    first = shown(DAYS)[-1]
    second = shown("And part-time?", first.conversation)[-1]
    assert 'id="fn-1-1"' in first.turn
    assert 'id="fn-2-1"' in second.turn
    assert second.conversation.questions == (DAYS, "And part-time?")


def test_a_screen_reader_hears_the_start_and_the_whole_and_nothing_between() -> None:
    assert [view.spoken for view in shown(DAYS)] == [
        "Searching the pages.",
        "",
        "",
        "",
        "Everyone earns 30 days of leave a year. Part-time staff earn theirs by the share of their hours. 2 footnotes.",
        "",
    ]


def test_what_fails_is_told_and_leaves_the_conversation_as_it_was() -> None:
    for question, state, told in (
        ("What breaks half-way?", "ready", "The store went away. Start it again."),
        ("What is not foreseen?", "ready", "The answer could not be made."),
        ("Is anybody free?", "ready", "Too many questions are being asked at this moment. Ask again in a few seconds."),
        (DAYS, "broken: disk full", "disk full"),
        (DAYS, "loading", "are being loaded"),
        ("x" * 2001, "ready", "2,001 characters"),
    ):
        last = shown(question, state=state)[-1]
        assert told in last.spoken
        assert "failed" in last.turn
        assert last.conversation == Conversation()


def test_a_question_is_shown_as_text() -> None:
    last = shown(f"What goes in the form? {ATTACK}")[-1]
    assert "<script" not in last.turn
    assert "<img" not in last.turn


def test_the_welcome_tells_the_state() -> None:
    ready = welcome_html(ReadyOut(status="ready"), "Ask us <b>")
    loading = welcome_html(ReadyOut(status="loading"), "Ask us <b>")
    broken = welcome_html(ReadyOut(status="broken", reason="a <b> is lost"), "Ask us <b>")
    assert "role" not in ready
    assert 'role="status"' in loading
    assert 'role="alert"' in broken
    assert "Ask us &lt;b&gt; can’t answer now: a &lt;b&gt; is lost" in broken
    assert isinstance(broken, Markup)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who won the ice hockey?", "Sivut eivät kerro tätä. Kysy HR:ltä."),
        ("May I take leave as half days?", "Sivut eivät sano tätä suoraan; lähimmät kohdat:"),
    ],
)
def test_the_assistants_own_words_are_in_the_readers_language(question: str, told: str) -> None:
    teller = Teller(words_in("fi"), "Kysy HR:ltä.")
    last = list(teller.views(ScriptedWorkspace(), question, EMPTY))[-1]
    assert told in last.turn
    assert told in last.spoken
    assert "The pages" not in last.turn


def test_what_is_no_answer_is_not_shown_before_that_is_told() -> None:
    grown = shown("May I take leave as half days?")
    assert ["<blockquote>" in view.turn for view in grown] == [False] * (len(grown) - 1) + [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_framed_in_one_language(language: str) -> None:
    teller = Teller(words_in(language))
    html = list(teller.views(ScriptedWorkspace(), DAYS, EMPTY))[-1].turn
    for other in set(LANGUAGES) - {language}:
        for key in ("copy", "again", "edit", "open_passage", "footnotes"):
            assert f">{words_in(other)[key]}<" not in html
    assert words_in(language)["copy"] in html
