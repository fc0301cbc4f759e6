from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.ui.operating import Operated, logged, serving, until
from tests.ui.scripted import prepared
from ui.chat.conversation import Conversation, Teller, Turn
from ui.chat.kept import conversation_from, kept_json
from ui.language import LANGUAGES, words_in
from ui.questions.feedback import thumbs_html
from ui.schema import MAX_REASON

SETTINGS = """
data_dir = "data"
[reader]
model = "none"
[log]
questions = {on}
[[sources]]
folder = "pages"
"""
QUESTION = {"question": "What says the page of walruses?"}


def settings(folder: Path, on: str) -> Path:
    (folder / "pages").mkdir()
    (folder / "pages" / "walrus.md").write_text("# Walruses\n\nThe page of walruses says that they are large.\n")
    (folder / "footnoted.toml").write_text(SETTINGS.format(on=on))
    return folder / "footnoted.toml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("logged")
    with serving(settings(folder, "true"), folder / "data") as made:
        yield made


def rated(server: Operated, **body: object) -> int:
    return httpx.post(f"{server.url}/api/feedback", json=body).status_code


def test_an_answer_is_logged_rated_and_taken_back(server: Operated) -> None:
    before = len(logged(server))
    answer = httpx.post(f"{server.url}/api/ask", json=QUESTION).json()
    until(lambda: len(logged(server)) == before + 1)
    assert logged(server)[0].closest_url == "walrus.md"

    for thumb, reason in (("down", "too\n short"), ("up", ""), ("", "")):
        assert rated(server, answer_id=answer["id"], thumb=thumb, reason=reason) == 204
        until(lambda: (logged(server)[0].thumb, logged(server)[0].reason) == (thumb, " ".join(reason.split())))  # noqa: B023


def test_a_stream_is_logged_and_names_its_answer(server: Operated) -> None:
    before = len(logged(server))
    told = httpx.post(f"{server.url}/api/ask", json=QUESTION, headers={"Accept": "text/event-stream"}).text
    assert '"id":"' in told.split("event: finished")[1]
    until(lambda: len(logged(server)) == before + 1)


def test_what_is_asked_in_a_terminal_is_not_logged(server: Operated) -> None:
    before = len(logged(server))
    done = server.command("ask", "What of the walruses in a terminal?")
    assert done.returncode == 0, done.stderr
    httpx.post(f"{server.url}/api/ask", json=QUESTION)
    until(lambda: len(logged(server)) > before)
    assert len(logged(server)) == before + 1
    assert "terminal" not in logged(server)[0].question


def test_what_is_no_thumb_is_refused(server: Operated) -> None:
    assert rated(server, answer_id="x", thumb="sideways") == 422
    assert rated(server, answer_id="x" * 65, thumb="up") == 422
    assert rated(server, answer_id="x", thumb="up", reason="x" * (MAX_REASON + 1)) == 422
    assert rated(server, answer_id="x", thumb="up", who="me") == 422
    assert rated(server, answer_id="not in the log", thumb="up") == 204


def test_without_the_log_nothing_is_kept_named_or_taken(tmp_path: Path) -> None:
    with serving(settings(tmp_path, "false"), tmp_path / "data") as server:
        assert httpx.post(f"{server.url}/api/ask", json=QUESTION).json()["id"] == ""
        assert rated(server, answer_id="x", thumb="up") == 404
        assert not (server.data / "questions.db").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_thumbs_have_names_in_every_language_and_show_what_was_said(language: str) -> None:
    words = words_in(language)
    html = thumbs_html("x", "down", 3, words)
    assert f'aria-label="{words["thumbs"]}"' in html
    assert f'data-thumb="up" aria-pressed="false" aria-label="{words["thumb_up"]}"' in html
    assert f'data-thumb="down" aria-pressed="true" aria-label="{words["thumb_down"]}"' in html
    assert f'<label for="reason-3">{words["thumb_reason"]}</label>' in html
    assert thumbs_html("", "", 1, words) == ""


def test_a_thumb_is_kept_with_the_conversation() -> None:
    answer = replace(prepared()["How do I ask for leave?"], id="an-id")
    kept = kept_json(Conversation("x", (Turn("How?", answer, "up", "fine"),)))
    back = conversation_from(kept)
    assert (back.turns[0].thumb, back.turns[0].reason) == ("up", "fine")
    shown = Teller().turns_html(back)
    assert 'data-answer="an-id"' in shown
    assert 'data-thumb="up" aria-pressed="true"' in shown
    assert conversation_from(kept.replace('"thumb":"up"', '"thumb":"<b>"')) == Conversation()
