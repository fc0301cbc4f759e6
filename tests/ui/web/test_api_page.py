from __future__ import annotations

import re
from html import unescape

import httpx


def test_the_page_tells_every_route_and_loads_nothing_from_outside(client: httpx.Client) -> None:
    answer = client.get("/api/docs")
    described = client.get("/api/openapi.json").json()
    shown = unescape(answer.text)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "script" not in answer.headers["content-security-policy"]
    assert "<script" not in shown
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert f'<span class="method">{method.upper()}</span> <code>{path}</code>' in shown
            assert operation["description"].replace("``", "") in re.sub(r"</?code>", "", shown)
    assert "``" not in shown
    assert not re.search(r'(?:src|href)="(?!/|#)', shown)
    for loaded in re.findall(r'<link [^>]*href="([^"]+)"', shown):
        assert client.get(loaded).status_code == 200


def test_what_is_named_is_described(client: httpx.Client) -> None:
    shown = client.get("/api/docs").text
    described = client.get("/api/openapi.json").json()["components"]["schemas"]
    places = set(re.findall(r'id="(\w+)"', shown))
    assert set(re.findall(r'href="#(\w+)"', shown)) <= places == set(described)
    for name in ("AskRequest", "AnswerOut", "Refusal"):
        for field in described[name]["properties"]:
            assert f"<code>{field}</code>" in shown


def test_the_own_page_of_the_framework_is_not_there(client: httpx.Client) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
