from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.client import Client

from ingest.errors import SettingsError
from tests.ui.operating import Operated, serving, until
from ui.http.headers import MAX_BODY
from ui.questions.question_log import LogOptions, QuestionLog
from ui.settings import load_settings
from ui.web.mcp_endpoint import PATH

SETTINGS = """
data_dir = "data"
[reader]
model = "none"
[log]
questions = true
[server]
hosts = ["chat.example.org"]
origins = ["https://intranet.example.org"]
[[sources]]
folder = "pages"
"""
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "pages").mkdir()
    (folder / "pages" / "walrus.md").write_text("# Walruses\n\nThe page of walruses says that they are large.\n")
    (folder / "footnoted.toml").write_text(SETTINGS)
    with serving(folder / "footnoted.toml", folder / "data") as made:
        yield made


def in_a_thread(call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What a coroutine gives, run where no browser's event loop runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, call).result()


def called(server: Operated, tool: str, arguments: dict[str, Any], mode: str = "auto") -> Any:
    """What the package's own client gets for a call."""

    async def call() -> Any:
        async with Client(server.url + PATH, mode=mode) as client:
            return await client.call_tool(tool, arguments)

    return in_a_thread(call)


def status(server: Operated, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(server.url + PATH, json=LIST, headers=ACCEPT | named).status_code


def test_it_offers_just_two_tools_and_says_what_they_take_and_give(server: Operated) -> None:
    async def ask() -> tuple[Any, Any]:
        async with Client(server.url + PATH) as client:
            return await client.list_tools(), client.server_capabilities

    tools, capabilities = in_a_thread(ask)
    assert [tool.name for tool in tools.tools] == ["ask", "search"]
    assert [sorted(tool.input_schema["properties"]) for tool in tools.tools] == [
        ["history", "question"],
        ["limit", "query"],
    ]
    assert all(tool.output_schema["type"] == "object" and tool.annotations.read_only_hint for tool in tools.tools)
    assert (capabilities.resources, capabilities.prompts) == (None, None)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_answer_comes_with_citations_whose_links_open(server: Operated, mode: str) -> None:
    result = called(server, "ask", {"question": "What says the page of walruses?"}, mode)

    assert not result.is_error
    given = result.structured_content
    assert given["outcome"] in ("answered", "partial")
    (note,) = given["citations"]
    assert note["quote"] == "The page of walruses says that they are large."
    assert note["link"].startswith(f"{server.url}/source/walrus.md?start=")
    assert f'<mark id="passage">{note["quote"]}</mark>' in httpx.get(note["link"]).text
    assert note["quote"] in result.content[0].text
    assert note["link"] in result.content[0].text


def test_an_answer_says_which_word_it_took_for_another(server: Operated) -> None:
    result = called(server, "ask", {"question": "What says the page of warluses?"})

    told = "No page has the word “warluses”: it was read as “walruses”.\nThe page of walruses says that they are large."
    assert result.structured_content["answer"].startswith(told)


def test_a_search_gives_passages_with_links(server: Operated) -> None:
    result = called(server, "search", {"query": "walruses", "limit": 1})

    (passage,) = result.structured_content["passages"]
    assert "they are large" in passage["text"]
    assert "they are large" in httpx.get(passage["link"]).text


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("ask", {"question": "  "}, "The question is empty."),
        ("ask", {}, "question: Field required"),
        ("ask", {"question": "x" * 2_001}, "2,001 characters"),
        ("ask", {"question": "x", "who": "me"}, "who: Extra inputs"),
        ("search", {"query": "x", "limit": 1_000}, "limit: Input should be less than"),
        ("delete", {}, "there is no tool 'delete'"),
    ],
)
def test_what_cannot_be_done_is_told(server: Operated, tool: str, arguments: dict[str, Any], told: str) -> None:
    result = called(server, tool, arguments)
    assert result.is_error
    assert told in result.content[0].text


def test_a_question_that_came_this_way_is_logged(server: Operated) -> None:
    called(server, "ask", {"question": "What of the walruses by MCP?"})
    log = QuestionLog(server.data, LogOptions())
    until(lambda: any("by MCP" in entry.question for entry in log.entries()))
    log.close()


def test_only_our_own_names_and_listed_origins_are_let_in(server: Operated) -> None:
    port = server.url.rpartition(":")[2]
    assert status(server) == 200
    assert status(server, Host="chat.example.org") == 200
    assert status(server, Host=f"localhost:{port}", Origin=f"http://localhost:{port}") == 200
    assert status(server, Origin="https://intranet.example.org") == 200
    # A page of another site whose name was made to resolve to this machine.
    assert status(server, Host=f"evil.example.com:{port}", Origin=f"http://evil.example.com:{port}") == 421
    assert status(server, Host=f"evil.example.com:{port}") == 421
    assert status(server, Origin="https://evil.example.com") == 403
    assert status(server, Origin="https://chat.example.org.evil.example.com") == 403
    assert status(server, Origin="null") == 403


def test_nothing_is_kept_between_requests_and_no_request_is_too_long(server: Operated) -> None:
    answer = httpx.post(server.url + PATH, json=LIST, headers=ACCEPT)
    assert "mcp-session-id" not in answer.headers
    long = LIST | {"params": {"x": "y" * MAX_BODY}}
    assert httpx.post(server.url + PATH, json=long, headers=ACCEPT).status_code == 413
    garbled = httpx.post(server.url + PATH, content=b"{", headers=ACCEPT | {"Content-Type": "application/json"})
    assert garbled.status_code == 400


def test_no_configured_name_may_hold_a_port(tmp_path: Path) -> None:
    config = tmp_path / "footnoted.toml"
    for wrong in ("https://chat.example.org", "chat.example.org:443", "*", ""):
        config.write_text(f'[server]\nhosts = ["{wrong}"]\n')
        with pytest.raises(SettingsError, match="host name"):
            load_settings(config)
