from __future__ import annotations

import re

import httpx
import pytest

from tests.ui.serving import ALLOWED
from ui.http.headers import policy

EVERY_KIND = [
    "/",
    "/api/search?q=leave",
    "/healthz",
    "/source/staff/annual-leave.md",
    "/source/none",
    "/ui/chat.js",
    "/widget.js",
]
EMBED = "/embed"
JOIN = "/gradio_api/queue/join"
EVIL = "https://evil.example.org"


def directives(response: httpx.Response) -> dict[str, str]:
    parts = response.headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_response_may_be_framed_by_ourselves_alone(
    client: httpx.Client, addresses: dict[str, str], path: str
) -> None:
    for origin in (str(client.base_url), addresses["open"]):
        response = httpx.get(f"{origin.rstrip('/')}{path}")
        assert directives(response)["frame-ancestors"] == "'self'"
        assert response.headers["x-frame-options"] == "SAMEORIGIN"
        assert response.headers["x-content-type-options"] == "nosniff"


def test_a_listed_origin_may_frame_the_embedded_chat_and_no_other(addresses: dict[str, str]) -> None:
    closed, listed = (httpx.get(addresses[name] + EMBED) for name in ("ready", "open"))
    assert directives(closed)["frame-ancestors"] == "'self'"
    assert directives(listed)["frame-ancestors"] == f"'self' {ALLOWED} {addresses['host']}"
    assert "x-frame-options" not in listed.headers


@pytest.mark.parametrize(
    ("origin", "told"), [(ALLOWED, ALLOWED), (EVIL, ""), ("", ""), ("null", ""), (ALLOWED + "/", ""), ("*", "")]
)
def test_the_embedded_chat_is_told_to_talk_to_a_listed_origin_only(
    addresses: dict[str, str], origin: str, told: str
) -> None:
    page = httpx.get(addresses["open"] + EMBED, params={"origin": origin}).text
    assert f"&#34;host&#34;: &#34;{told}&#34;" in page


@pytest.mark.parametrize("path", ["/api/ask", JOIN, "/gradio_api/heartbeat/abc", "/"])
@pytest.mark.parametrize("state", ["ready", "open"])
def test_a_foreign_origin_is_let_nowhere(addresses: dict[str, str], state: str, path: str) -> None:
    headers = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    preflight = httpx.options(addresses[state] + path, headers=headers)
    assert "access-control-allow-origin" not in preflight.headers
    assert preflight.status_code == 400
    if path != "/gradio_api/heartbeat/abc":  # which never ends
        assert "access-control-allow-origin" not in httpx.get(addresses[state] + path, headers=headers).headers


def test_a_listed_origin_may_ask(addresses: dict[str, str]) -> None:
    response = httpx.post(f"{addresses['open']}/api/ask", json={"question": "leave"}, headers={"Origin": ALLOWED})
    assert response.headers["access-control-allow-origin"] == ALLOWED
    assert "access-control-allow-credentials" not in response.headers


def test_the_chat_page_runs_only_scripts_that_carry_its_nonce(client: httpx.Client) -> None:
    first, second = client.get("/"), client.get("/")
    script_src = directives(first)["script-src"]
    assert "'unsafe-inline'" not in script_src
    nonce = re.findall(r"'nonce-([^']+)'", script_src)
    assert len(nonce) == 1
    assert set(re.findall(r'<script nonce="([^"]+)"', first.text)) == set(nonce)
    assert not re.search(r"<script(?! nonce=)[\s>]", first.text)
    assert directives(second)["script-src"] != script_src


def test_the_source_view_runs_no_script_at_all(client: httpx.Client) -> None:
    rules = directives(client.get("/source/staff/annual-leave.md"))
    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == ("'none'", "'none'", "'none'")
    assert "script-src" not in rules


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/info",
        "/gradio_api/file=/etc/hosts",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/vibe-edit",
        "/gradio_api/vibe-code",
        "/gradio_api/run/predict",
        "/gradio_api/call/respond",
        "/gradio_api/openapi.json",
        "/config",
        "/monitoring",
        "/login",
        "/svelte/x",
        "/manifest.json",
        "/docs",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_chat_page_does_not_call_is_not_there(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


def test_who_opens_an_address_where_nothing_is_gets_a_page_with_the_way_on(client: httpx.Client) -> None:
    asked = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "fi"}
    for path in ("/no-such-page", "/login"):
        page = client.get(path, headers=asked)

        assert page.status_code == 404
        assert page.headers["content-type"].startswith("text/html")
        assert "Tässä osoitteessa ei ole mitään." in page.text
        assert 'href="/"' in page.text
        assert 'href="/login"' not in page.text
    assert client.get("/no-such-page").json()["error"]["message"] == "There is nothing at this address."


def test_only_what_never_changes_is_kept_unasked(client: httpx.Client) -> None:
    script = re.findall(r"assets/index-[\w-]+\.js", client.get("/").text)[0]
    assert "immutable" in client.get(f"/{script}").headers["cache-control"]
    assert client.get("/").headers["cache-control"] == "no-store"
    for path in ("/ui/chat.css", "/source/staff/annual-leave.md", "/api/search?q=leave", "/assets/none.js"):
        assert client.get(path).headers["cache-control"] == "no-cache", path


def test_the_served_page_names_no_other_site(client: httpx.Client) -> None:
    page = client.get("/").text
    foreign = set(re.findall(r"https?://[\w.-]+", page)) - {str(client.base_url).rstrip("/").rsplit(":", 1)[0]}
    assert not foreign


def test_a_policy_allows_nothing_but_what_it_names() -> None:
    assert policy("'none'", img_src="'self'") == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self'; frame-ancestors 'none'"
    )
