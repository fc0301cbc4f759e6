"""The language model's side of the wire: streaming, waiting, trying again, and saying what is wrong."""

from __future__ import annotations

import logging
import time

import pytest

from assistant.language_model.llm import LanguageModel, Message, load_model
from assistant.language_model.options import LlmOptions
from index.openai_library import http_client
from ingest.errors import ModelError, SettingsError
from tests.llm.server import Script, ScriptedServer

ASK = [Message("system", "Be brief."), Message("user", "How many?")]
KEY = "sk-not-to-be-told"


def model_at(url: str, **options: object) -> LanguageModel:
    return LanguageModel(LlmOptions.model_validate({"base_url": url, "model": "small", **options}))


def test_no_address_means_no_model() -> None:
    assert load_model(LlmOptions()) is None


def test_an_address_needs_a_model_beside_it() -> None:
    with pytest.raises(ValueError, match="needs a model"):
        LlmOptions(base_url="http://127.0.0.1:1/v1")


def test_a_reply_comes_in_pieces_and_the_request_is_as_set() -> None:
    with ScriptedServer([Script("Forty-six, in all.", size=4)]).running() as server:
        pieces = list(model_at(server.url, max_tokens=40).stream(ASK))
    assert "".join(pieces) == "Forty-six, in all."
    assert len(pieces) > 3
    body = server.asked[0].body
    assert (body["model"], body["temperature"], body["max_tokens"], body["stream"]) == ("small", 0.0, 40, True)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_the_key_is_read_from_the_named_variable_and_never_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("A_KEY", KEY)
    with ScriptedServer([Script(f"Incorrect API key: {KEY}", status=401)]).running() as server:
        model = model_at(server.url, api_key_env="A_KEY")
        with pytest.raises(ModelError, match="refused the key") as caught:
            list(model.stream(ASK))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in f"{caught.value} {caught.value.hint} {model!r} {model.options!r} {caplog.text}"


def test_a_variable_that_is_not_set_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(SettingsError, match="'A_KEY', which is not set"):
        model_at("http://127.0.0.1:1/v1", api_key_env="A_KEY")


def test_an_overloaded_server_is_tried_again_before_the_first_word() -> None:
    with ScriptedServer([Script("busy", status=503), Script("Here.")]).running() as server:
        assert "".join(model_at(server.url, retries=1).stream(ASK)) == "Here."
    assert len(server.asked) == 2


def test_a_reply_that_breaks_off_is_not_begun_again() -> None:
    with ScriptedServer([Script("One two three four five.", size=4, cut=2), Script("Again.")]).running() as server:
        # A stream that ends without its end mark reads as finished: what was said so far is what there is.
        pieces = list(model_at(server.url, retries=3).stream(ASK))
    assert "".join(pieces) == "One two "
    assert len(server.asked) == 1


def test_a_server_that_only_keeps_the_line_open_is_given_up() -> None:
    with ScriptedServer([Script("Late.", silence=30)]).running() as server:
        model = model_at(server.url, first_token_seconds=0.3, retries=0)
        with pytest.raises(ModelError, match=r"said nothing for 0\.3 seconds"):
            list(model.stream(ASK))


def test_a_reply_that_takes_too_long_is_cut() -> None:
    with ScriptedServer([Script("word " * 200, pause=0.1)]).running() as server:
        model = model_at(server.url, total_seconds=1)
        stream = model.stream(ASK)
        assert next(stream)
        with pytest.raises(ModelError, match="more than 1 seconds"):
            list(stream)


@pytest.mark.parametrize(
    ("status", "words"), [(404, "knows no 'small'"), (400, "refused the question"), (500, "is overloaded")]
)
def test_each_refusal_is_told_apart(status: int, words: str) -> None:
    with ScriptedServer([Script("no", status=status)]).running() as server, pytest.raises(ModelError, match=words):
        list(model_at(server.url, retries=0).stream(ASK))


def test_a_server_that_is_not_there_is_named() -> None:
    with ScriptedServer([Script("x")]).running() as server:
        url = server.url
    with pytest.raises(ModelError, match="cannot be reached") as caught:
        list(model_at(url, retries=0).stream(ASK))
    assert url in caught.value.message
    assert "llm.base_url" in caught.value.hint


def test_no_more_replies_are_asked_for_at_once_than_may_be() -> None:
    with ScriptedServer([Script("One two three."), Script("Four.")]).running() as server:
        model = model_at(server.url, at_once=1)
        first = model.stream(ASK)
        assert next(first)
        with pytest.raises(ModelError, match="is writing 1 replies already"):
            list(model.stream(ASK))
        list(first)
        assert "".join(model.stream(ASK)) == "Four."
    assert len(server.asked) == 2


def test_a_reply_that_cannot_be_read_is_let_go_of_at_once() -> None:
    with ScriptedServer([Script(raw='data: {"choices": 7}\n\n')]).running() as server:
        model = model_at(server.url, retries=0)
        with pytest.raises(ModelError, match="does not speak") as caught:
            list(model.stream(ASK))
        assert server.held() == 0
    assert caught.value


def test_a_reply_that_nobody_waits_for_any_more_is_let_go_of() -> None:
    with ScriptedServer([Script("word " * 1000, pause=0.05)]).running() as server:
        model = model_at(server.url)
        stream = model.stream(ASK)
        assert next(stream)
        assert server.held() == 1
        stream.close()  # type: ignore[attr-defined]
        deadline = time.monotonic() + 10  # of the 50 seconds that the reply would take
        while server.held() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.held() == 0


def test_connections_are_closed_when_their_owner_goes() -> None:
    class Owner:
        """Somebody who asks."""

    owner = Owner()
    connections = http_client(owner)
    assert not connections.is_closed
    del owner
    assert connections.is_closed
