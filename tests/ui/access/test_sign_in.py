"""Sign-in by OpenID Connect, at a provider that signs for real."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.ui.asking import HIDDEN_FILE, LIMITED, SETTINGS, Chat, asked, asks, directly, found_in
from tests.ui.operating import Operated
from tests.ui.provider import CLIENT, SECRET, Provider, providing
from ui.access.asker import Limits
from ui.access.gate import Gate
from ui.access.options import AccessOptions, OidcOptions

QUESTION = "What is Operation Glasshouse?"
PUBLIC = "http://127.0.0.1:9"  # as browsers would know it; the tests go to the server itself
HEADERS = SETTINGS[SETTINGS.index("user_header") : SETTINGS.index("[[sources]]")]
OIDC = f"""[access.oidc]
issuer = "{{issuer}}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
public_url = "{PUBLIC}"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Operated]:
    settings = SETTINGS.replace("[access]\n" + HEADERS, OIDC.format(issuer=provider.url)) + LIMITED
    with asked(tmp_path_factory.mktemp("oidc"), settings) as made:
        yield made


@pytest.fixture(autouse=True)
def honest(provider: Provider) -> None:
    provider.spoiled = ""
    provider.claims = {"sub": "u1", "preferred_username": "maija", "groups": ["B"]}
    provider.told_by_userinfo = {}
    provider.seen.clear()


def begin(client: httpx.Client) -> str:
    """Go to the provider and come back as far as the address with the code, on this server."""
    away = client.get("/login")
    assert away.status_code == 302, away.text
    back = httpx.get(away.headers["location"])
    assert back.status_code == 302
    assert back.headers["location"].startswith(f"{PUBLIC}/login/callback?code=")
    return str(back.headers["location"]).removeprefix(PUBLIC)


def sign_in(client: httpx.Client) -> httpx.Response:
    return client.get(begin(client))


def test_who_signs_in_sees_what_their_groups_may(server: Operated, provider: Provider) -> None:
    browser = directly(server)
    assert browser.get(f"/source/{HIDDEN_FILE}").status_code == 404
    assert Chat(browser).face["account"] == "nobody"
    done = sign_in(browser)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"].lower()
    assert cookie.startswith("footnoted_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie

    assert asks(browser, QUESTION)["outcome"] == "answered"
    assert browser.get(f"/source/{HIDDEN_FILE}").status_code == 200
    chat = Chat(browser)
    assert (chat.face["account"], "ui/account.js" in chat.html) == ("somebody", True)
    assert "40417 euros" in chat.ask("What does the zorblax plan save?")
    assert found_in(json.dumps(asks(directly(server), QUESTION)), QUESTION) == [], "only in that browser"

    out = browser.get("/logout")
    assert "storage" in out.headers["clear-site-data"]
    assert browser.get(f"/source/{HIDDEN_FILE}").status_code == 404
    assert Chat(browser).face["account"] == "nobody"


def test_someone_of_another_group_sees_nothing_of_it(server: Operated, provider: Provider) -> None:
    provider.claims = {"sub": "u2", "groups": ["A", "everyone"]}
    browser = directly(server)
    sign_in(browser)
    assert browser.get("/source/sauna.md").status_code == 200
    assert browser.get(f"/source/{HIDDEN_FILE}").status_code == 404
    assert found_in(Chat(browser).ask(QUESTION), QUESTION) == []


def test_groups_come_from_userinfo_where_the_id_token_has_none(server: Operated, provider: Provider) -> None:
    provider.claims = {"sub": "u3"}
    for subject, status in (("u3", 200), ("someone else", 404)):
        provider.told_by_userinfo = {"sub": subject, "groups": ["chiefs"]}
        browser = directly(server)
        done = sign_in(browser)
        assert done.status_code == 303, done.text
        assert browser.get(f"/source/{HIDDEN_FILE}").status_code == status
    assert "/userinfo" in provider.seen


@pytest.mark.parametrize(
    "spoiled", ["issuer", "audience", "azp", "expired", "nonce", "none", "public key as secret", "key"]
)
def test_an_id_token_that_is_not_good_signs_nobody_in(server: Operated, provider: Provider, spoiled: str) -> None:
    browser = directly(server)
    back = begin(browser)
    provider.spoiled = spoiled
    refused = browser.get(back)
    assert refused.status_code == 401, refused.text
    assert refused.json()["error"]["hint"]
    assert browser.get(f"/source/{HIDDEN_FILE}").status_code == 404


def test_a_code_works_once_and_in_the_browser_that_asked_for_it(server: Operated) -> None:
    browser, other = directly(server), directly(server)
    back = begin(browser)
    assert other.get(back).status_code == 401
    assert browser.get(back.replace("state=", "state=x")).status_code == 401
    back = begin(browser)
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 401
    assert browser.get("/login/callback").status_code == 401
    assert browser.get("/login/callback?error=access_denied&state=x").status_code == 401


def test_a_person_whose_sign_in_fails_is_told_on_a_page_that_leads_on(server: Operated) -> None:
    browser = directly(server, Accept="text/html,application/xhtml+xml", **{"Accept-Language": "sv"})
    told = browser.get("/login/callback?error=access_denied&error_description=%3Cb%3Eno&state=x")
    assert told.status_code == 401
    assert told.headers["content-type"].startswith("text/html")
    assert "<h1>Inloggningen lyckades inte</h1>" in told.text
    assert '<a href="/login">' in told.text
    assert "<b>" not in told.text
    assert told.headers["content-security-policy"].startswith("default-src 'none'")
    assert "access_denied: &lt;b&gt;no" in told.text


def test_a_session_that_was_made_up_or_changed_is_none(server: Operated) -> None:
    browser = directly(server)
    sign_in(browser)
    cookie = browser.cookies["footnoted_session"]
    body, rest = cookie.split(".", 1)
    for forged in (body, f"{body}x.{rest}", f"{cookie[:-3]}abc", "null", "e30=.x.y"):
        other = directly(server, Cookie=f"footnoted_session={forged}")
        assert other.get(f"/source/{HIDDEN_FILE}").status_code == 404


def test_a_provider_that_is_down_or_another_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    with providing() as provider:
        provider.spoiled = "metadata"
        settings = SETTINGS.replace("[access]\n" + HEADERS, OIDC.format(issuer=provider.url)) + LIMITED
        with asked(tmp_path_factory.mktemp("down"), settings) as server:
            told = directly(server).get("/login")
            assert told.status_code == 503
            assert "elsewhere.example" in told.json()["error"]["message"]


def test_the_cookie_is_for_https_alone_where_the_chat_is_reached_so() -> None:
    def secure(url: str) -> bool:
        oidc = OidcOptions(issuer="https://sso.example.org", client_id="x", public_url=url)
        return bool(Gate(AccessOptions(oidc=oidc), Limits({}), "key").session["https_only"])

    assert secure("https://chat.example.org")
    assert not secure("http://127.0.0.1:7860")


def test_without_the_setting_there_is_no_sign_in(client: httpx.Client) -> None:
    assert [client.get(path).status_code for path in ("/login", "/login/callback", "/logout")] == [404] * 3
