"""A follow-up question is rewritten by the model when what it writes is made of the conversation, else blended."""

from __future__ import annotations

import pytest

from assistant.language_model.llm import LanguageModel
from assistant.language_model.options import LlmOptions
from assistant.language_model.rewrite import rewrite
from tests.llm.server import Script, ScriptedServer

HISTORY = ["When does the Turku office open?"]


def rewritten(reply: str, question: str = "And when does it close?") -> str | None:
    with ScriptedServer([Script(reply)]).running() as server:
        return rewrite(question, HISTORY, LanguageModel(LlmOptions(base_url=server.url, model="small")))


def test_a_question_that_stands_by_itself_is_left_alone() -> None:
    assert rewrite("How many desks does the Tampere office have?", HISTORY, None) is not None


def test_without_a_model_the_conversation_is_to_be_blended() -> None:
    assert rewrite("And when does it close?", HISTORY, None) is None


def test_the_model_puts_in_what_it_stands_for() -> None:
    assert rewritten("When does the Turku office close?") == "When does the Turku office close?"


@pytest.mark.parametrize(
    "reply",
    [
        "When does the Tampere office close?",
        "When does the Turku office close in 2024?",
        "The Turku office closes at 8 pm.",
        "When does the Turku office open?",
        "Here is the question:\nWhen does the Turku office close?",
        "When does the Turku office close and how much do the parking, lunch, gym and sauna cost?",
        "",
    ],
)
def test_what_is_not_made_of_the_conversation_is_not_taken(reply: str) -> None:
    assert rewritten(reply) is None


def test_a_server_that_fails_means_blending() -> None:
    with ScriptedServer([Script("no", status=400)]).running() as server:
        model = LanguageModel(LlmOptions(base_url=server.url, model="small"))
        assert rewrite("And when does it close?", HISTORY, model) is None
