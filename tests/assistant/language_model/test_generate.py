"""The model's reply as it streams: cut into sentences, checked, shown, or replaced by the quoting answer."""

from __future__ import annotations

import pytest

from assistant.language_model.generate import BROKE_OFF_NOTE, MODEL_DOWN_NOTE, Said, read_reply
from assistant.language_model.options import LlmOptions
from assistant.language_model.prompts import REFUSAL
from assistant.types import Statement
from tests.index.building import Built
from tests.llm.cases import FALLBACK, Bench
from tests.llm.server import Script, ScriptedServer

PAGE = """# Leave

Everyone earns 30 days of leave a year. Leave is approved by the team lead.

You may carry over at most five days. Unused days expire on 31 March.
"""


@pytest.fixture
def bench(built: Built) -> Bench:
    built.write({"leave.md": PAGE})
    built.sync()
    return Bench(built)


def ask(bench: Bench, *scripts: Script, options: dict[str, object] | None = None) -> list[Statement]:
    with ScriptedServer(scripts).running() as server:
        hits = sorted(bench.built.searcher.search("days of leave"), key=lambda hit: hit.chunk.start)
        chosen = LlmOptions.model_validate({"base_url": server.url, "model": "small", "retries": 0, **(options or {})})
        return bench.ask("How much leave do I earn?", hits, server.url, chosen)[0]


def sentences(*pieces: str) -> list[Said]:
    return list(read_reply(iter(pieces)))


def test_marks_may_stand_before_or_behind_the_full_stop() -> None:
    assert sentences("One is so [1]. Two is so. [2] Three is so.[3]\nFour is so [1][3].") == [
        Said("One is so.", (1,)), Said("Two is so.", (2,)), Said("Three is so.", (3,)), Said("Four is so.", (1, 3)),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 8, 1000])
def test_how_a_reply_is_cut_into_pieces_changes_nothing(size: int) -> None:
    reply = "Leave is 2.5 days a month [1]. Ask Dr. Salo at 8:00 [2, 3].\n- A point [1-2]\n\nThe end. [4]"
    pieces = [reply[start : start + size] for start in range(0, len(reply), size)]
    assert sentences(*pieces) == [
        Said("Leave is 2.5 days a month.", (1,)), Said("Ask Dr. Salo at 8:00.", (2, 3)), Said("A point", (1, 2)),
        Said("The end.", (4,)),
    ]  # fmt: skip


def test_thoughts_and_emphasis_are_left_out() -> None:
    assert sentences("<think>Let me see. 5 days?</think>It is **30 days** [1].") == [Said("It is 30 days.", (1,))]


def test_a_sentence_is_given_as_soon_as_the_next_begins() -> None:
    def pieces() -> object:
        yield "One is so [1]. Two"
        raise RuntimeError("no more was asked for")

    assert next(read_reply(pieces())) == Said("One is so.", (1,))  # type: ignore[arg-type]


def test_a_borne_out_sentence_is_shown_with_its_quote(bench: Bench) -> None:
    with ScriptedServer([Script("You earn 30 days of leave a year [1].")]).running() as server:
        statements, footnotes = bench.ask("How much leave?", bench.built.searcher.search("leave"), server.url)
    assert statements == [Statement("sentence", "You earn 30 days of leave a year.", (1,))]
    assert [made.quote for made in footnotes.made] == ["Everyone earns 30 days of leave a year."]


def test_a_sentence_without_a_number_gets_the_footnote_of_what_bears_it_out(bench: Bench) -> None:
    with ScriptedServer([Script("Leave is approved by the team lead.")]).running() as server:
        statements, footnotes = bench.ask("Who approves leave?", bench.built.searcher.search("leave"), server.url)
    assert statements == [Statement("sentence", "Leave is approved by the team lead.", (1,))]
    assert [made.quote for made in footnotes.made] == ["Leave is approved by the team lead."]


def test_the_quote_that_answers_best_follows_where_nothing_rests_on_it(bench: Bench) -> None:
    hits = bench.built.searcher.search("leave")
    units = bench.units(hits)
    aside = next(unit for unit in units if unit.text == "Leave is approved by the team lead.")
    best = next(unit for unit in units if unit.text == "Everyone earns 30 days of leave a year.")
    with ScriptedServer([Script("Leave is approved by the team lead.")]).running() as server:
        with_best = bench.ask("How much leave?", hits, server.url, best=best)[0]
        with_aside = bench.ask("How much leave?", hits, server.url, best=aside)[0]
    assert [statement.text for statement in with_best] == ["Leave is approved by the team lead.", FALLBACK.text]
    assert [statement.text for statement in with_aside] == ["Leave is approved by the team lead."]


def test_what_is_not_borne_out_is_dropped_and_the_rest_stays(bench: Bench) -> None:
    shown = ask(bench, Script("Everyone earns 40 days of leave a year [1]. Leave is approved by the team lead [1]."))
    assert [statement.text for statement in shown] == ["Leave is approved by the team lead."]


@pytest.mark.parametrize(
    "reply",
    [
        "Everyone earns 40 days of leave a year [1].",
        "It is approved by the team lead.",
        "Everyone earns 30 days of leave a year [7].",
        "Everyone earns 30 days of leave a year [1][7].",
        REFUSAL,
        "",
        "[1]",
        "?!",
    ],
)
def test_nothing_left_means_the_quoting_answer(bench: Bench, reply: str) -> None:
    assert ask(bench, Script(reply)) == [FALLBACK]


def test_a_dead_server_means_the_quoting_answer_with_a_line_saying_so(bench: Bench) -> None:
    assert ask(bench, Script("no", status=500)) == [FALLBACK, Statement("note", MODEL_DOWN_NOTE)]


@pytest.mark.parametrize(
    "raw",
    [
        "<html><body>502 Bad Gateway</body></html>",
        "data: {not json}\n\n",
        'data: {"choices": 7}\n\n',
        "data: [DONE]\n\n",
    ],
)
def test_a_server_that_speaks_something_else_means_the_quoting_answer(bench: Bench, raw: str) -> None:
    assert ask(bench, Script(raw=raw))[0] == FALLBACK


def test_a_server_that_is_busy_once_is_asked_again(bench: Bench) -> None:
    busy, reply = Script("busy", status=429), Script("Leave is approved by the team lead [1].")
    shown = ask(bench, busy, reply, options={"retries": 1})
    assert [statement.text for statement in shown] == ["Leave is approved by the team lead."]


def test_garbled_words_are_not_shown(bench: Bench) -> None:
    garbled = "leaf leav \ufffd\ufffd [1]. <|im_end|> 30 30 30 [1] [1] team]] [[1 lead .. approved [1]"
    assert ask(bench, Script(garbled)) == [FALLBACK]


def test_nothing_is_shown_of_a_sentence_before_it_is_whole(bench: Bench) -> None:
    reply = "Leave is approved by the team lead [1]. Leave is approved by the team lead who never answers [1]."
    shown = ask(bench, Script(reply, size=1))
    assert [statement.text for statement in shown] == ["Leave is approved by the team lead."]


def test_a_silent_server_means_the_quoting_answer_with_a_line_saying_so(bench: Bench) -> None:
    shown = ask(bench, Script("Late.", silence=30), options={"first_token_seconds": 0.3})
    assert shown == [FALLBACK, Statement("note", MODEL_DOWN_NOTE)]


def test_a_reply_that_stops_half_way_keeps_what_was_shown(bench: Bench) -> None:
    reply = "Leave is approved by the team lead [1]. Then " + "and so on " * 40
    shown = ask(bench, Script(reply, size=40, pause=0.2), options={"total_seconds": 1.0})
    assert shown == [
        Statement("sentence", "Leave is approved by the team lead.", (1,)),
        Statement("note", BROKE_OFF_NOTE),
    ]


def test_a_sentence_said_twice_is_shown_once(bench: Bench) -> None:
    shown = ask(bench, Script("Leave is approved by the team lead [1]. Leave is approved by the team lead [1]."))
    assert len(shown) == 1
