from __future__ import annotations

import json

import pytest

from tests.ui.scripted import ATTACK, prepared
from ui.chat.conversation import Conversation, Teller
from ui.chat.kept import MAX_KEPT, conversation_from, kept_json

ANSWERS = prepared()
EVERYTHING = Conversation()
for question, answer in ANSWERS.items():
    EVERYTHING = EVERYTHING.with_turn(question, answer)


def test_what_is_kept_comes_back_and_is_shown_the_same() -> None:
    back = conversation_from(kept_json(EVERYTHING))
    assert back.questions == tuple(ANSWERS)
    assert back.id == EVERYTHING.id
    assert len(back.id) == 16
    assert Teller().turns_html(back) == Teller().turns_html(EVERYTHING)


def test_a_conversation_without_a_turn_is_nothing() -> None:
    assert kept_json(Conversation()) == ""
    assert conversation_from("") == Conversation()


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "null", "1", '{"id": 3, "turns": 4}', '{"turns": [{"question": "x"}]}', "\udcff", "x" * (MAX_KEPT + 1)],
)
def test_what_was_not_kept_by_us_is_a_new_conversation(text: str) -> None:
    assert conversation_from(text) == Conversation()


def test_what_was_tampered_with_is_still_shown_as_text() -> None:
    kept = json.loads(kept_json(Conversation().with_turn("x", ANSWERS["How many days of leave do I get?"])))
    kept["turns"][0]["question"] = ATTACK
    shown = kept["turns"][0]["answer"]
    shown["statements"][0] |= {"text": ATTACK, "fact": [0, 9999]}
    shown["citations"][0] |= {"title": ATTACK, "link": "javascript:alert(1)", "quote": ATTACK, "before": ATTACK}
    html = Teller().turns_html(conversation_from(json.dumps(kept)))
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace('data-copy="', "").partition('class="actions"')[0]


@pytest.mark.parametrize("depth", [-1, 7, 10**9])
def test_an_item_deeper_than_any_page_has_was_not_kept_by_us(depth: int) -> None:
    kept = json.loads(kept_json(Conversation().with_turn("x", ANSWERS["How do I ask for leave?"])))
    kept["turns"][0]["answer"]["statements"][2]["depth"] = depth
    assert conversation_from(json.dumps(kept)) == Conversation()


def test_too_long_a_conversation_loses_its_oldest_turns() -> None:
    long = EVERYTHING
    while len(long.turns) < 200:
        long = long.with_turn(f"Question {len(long.turns)}", ANSWERS["How do I ask for leave?"])
    kept = kept_json(long)
    assert MAX_KEPT * 0.9 < len(kept.encode()) <= MAX_KEPT
    back = conversation_from(kept)
    assert back.questions[-1] == "Question 199"
    assert back.id == long.id
