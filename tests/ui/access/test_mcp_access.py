"""What another maker's assistant is told of pages that its person may not see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ui.asking import asked, directly, found_in, through_proxy
from tests.ui.operating import Operated

QUESTION = "What is the secret name of the zorblax plan?"
ACCEPTED = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with asked(Path(tmp_path_factory.mktemp("mcp"))) as made:
        yield made


def call(client: httpx.Client, tool: str, **arguments: str) -> str:
    """All that a tool gives back."""
    params = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    response = client.post("/mcp", json=body, headers=ACCEPTED)
    assert response.status_code == 200, response.text
    return json.dumps(response.json()["result"], ensure_ascii=False)


@pytest.mark.parametrize("groups", ["", "A"])
def test_who_is_not_in_the_group_gets_nothing_of_its_pages(server: Operated, groups: str) -> None:
    client = through_proxy(server, groups) if groups else directly(server, **{"Remote-Groups": "B"})
    for told in (call(client, "ask", question=QUESTION), call(client, "search", query=QUESTION)):
        assert found_in(told, QUESTION) == []
    assert "thirty days" in call(client, "search", query="annual leave")


def test_who_is_gets_them(server: Operated) -> None:
    client = through_proxy(server, "B")
    assert "Glasshouse" in call(client, "ask", question=QUESTION)
    assert "Glasshouse" in call(client, "search", query=QUESTION)
