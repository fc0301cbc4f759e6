"""Tokens that a host site signs for the people in front of it, and the frame that is opened with one."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from ingest.errors import AccessError
from tests.ui.asking import HIDDEN_FILE, SECRET, Chat, asked, asks, directly, found_in
from tests.ui.operating import Operated
from ui.access.asker import NOBODY, Asker
from ui.access.tokens import Passes, read_token

QUESTION = "What is Operation Glasshouse?"


def token(secret: str = SECRET, *, algorithm: str = "HS256", **claims: Any) -> str:
    told = {"sub": "maija", "groups": ["B"], "exp": int(time.time()) + 300, **claims}
    return jwt.encode(
        {"alg": algorithm}, {k: v for k, v in told.items() if v is not None}, OctKey.import_key(secret), [algorithm]
    )


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": "x", "groups": ["B"], "exp": int(time.time()) + 300})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def by_public_key() -> str:
    """Signed by another algorithm with a key of the sender's own."""
    key = RSAKey.generate_key(2048)
    return jwt.encode(
        {"alg": "RS256", "jwk": key.as_dict(private=False)}, {"sub": "x", "exp": int(time.time()) + 300}, key
    )


def changed() -> str:
    head, body, signature = token(groups=["A"]).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    body = base64.urlsafe_b64encode(json.dumps({**claims, "groups": ["B"]}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


BAD: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no token": lambda: "abc",
    "alg none": unsigned,
    "another algorithm": by_public_key,
    "a stronger hash": lambda: token(algorithm="HS512"),
    "another key": lambda: token("another secret, which is long enough too"),
    "changed": changed,
    "expired": lambda: token(exp=int(time.time()) - 60),
    "too long": lambda: token(exp=int(time.time()) + 3600),
    "without end": lambda: token(exp=None),
    "an end that is no number": lambda: token(exp="never"),
    "true for ever": lambda: token(exp=True),
    "not a number": lambda: token(exp=float("nan")),
    "infinite": lambda: token(exp=float("inf")),
    "future": lambda: token(nbf=int(time.time()) + 200),
    "made in the future": lambda: token(iat=int(time.time()) + 200),
    "nobody's": lambda: token(sub=None),
    "groups as a name": lambda: token(groups="B"),
    "groups as numbers": lambda: token(groups=[1]),
    "long": lambda: "a" * 9_000,
    "half a pair": lambda: "\u00ff.\u00fe.x",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with asked(tmp_path_factory.mktemp("tokens")) as made:
        yield made


@pytest.mark.parametrize("kind", BAD)
def test_a_token_that_is_not_good_is_refused_with_a_hint(kind: str) -> None:
    with pytest.raises(AccessError) as refused:
        read_token(BAD[kind](), SECRET)
    assert refused.value.hint
    assert SECRET not in refused.value.message + refused.value.hint


def test_a_good_token_gives_name_and_groups() -> None:
    assert read_token(token(), SECRET) == ("maija", ["B"])
    assert read_token(token(groups=None, exp=time.time() + 599.5, iat=time.time()), SECRET) == ("maija", [])


def test_a_pass_ends_and_is_no_one_elses() -> None:
    passes, asker = Passes("key", 1), Asker("maija", frozenset("BA"))
    name, groups = passes.read(passes.give(asker))
    assert (name, list(groups)) == ("maija", ["A", "B"])
    for bad in (Passes("other key", 1).give(asker), passes.give(asker)[:-1], "", "a.b.c", token()):
        with pytest.raises(AccessError, match="session is over"):
            passes.read(bad)
    with pytest.raises(AccessError):
        Passes("key", -1).read(passes.give(asker))


def test_a_program_asks_with_a_token(server: Operated) -> None:
    insider = directly(server, Authorization=f"Bearer {token()}")
    outsider = directly(server, Authorization=f"bearer {token(groups=['A'])}")
    assert asks(insider, QUESTION)["outcome"] == "answered"
    assert insider.get(f"/source/{HIDDEN_FILE}").status_code == 200
    assert found_in(json.dumps(asks(outsider, QUESTION)), QUESTION) == []
    assert outsider.get(f"/source/{HIDDEN_FILE}").status_code == 404


@pytest.mark.parametrize("kind", ["alg none", "another key", "expired", "too long", "changed", "future", "long"])
def test_a_bad_token_is_refused_everywhere(server: Operated, kind: str) -> None:
    bad = BAD[kind]()
    asking = directly(server, Authorization=f"Bearer {bad}")
    refused = [
        asking.post("/api/ask", json={"question": QUESTION}),
        asking.get("/api/search", params={"q": "zorblax"}),
        asking.get("/source/leave.md"),
        asking.get("/"),
        directly(server).get("/embed", params={"token": bad}),
    ]
    assert [response.status_code for response in refused] == [401] * 5
    assert all(found_in(response.text) == [] for response in refused)
    for response in refused[:4]:
        assert response.json()["error"]["hint"]
        assert response.headers["www-authenticate"].startswith("Bearer")
    frame = refused[4]
    assert "token" in frame.text
    assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
    assert bad not in frame.text


def test_a_frame_goes_on_with_a_pass_and_the_token_stands_in_no_later_address(server: Operated) -> None:
    given = token()
    opening = directly(server)
    frame = Chat(opening, f"/embed?lang=fi&token={given}")
    assert frame.status == 200
    assert given not in frame.html
    passed = frame.face["pass"]
    assert "<script nonce=" in frame.html
    assert 'src="ui/pass.js"' in frame.html
    assert opening.get(f"/embed?token={given}").headers["referrer-policy"] == "no-referrer"

    with_pass = Chat(opening, "/embed", **{"X-Footnoted-Pass": passed})
    assert "40417 euros" in with_pass.ask("What does the zorblax plan save?")
    assert "Glasshouse" in with_pass.open()
    without = Chat(opening, "/embed")
    assert found_in(without.ask(QUESTION), QUESTION) == []
    spoiled = Chat(opening, "/embed", **{"X-Footnoted-Pass": passed[:-2] + "xx"})
    assert spoiled.ask(QUESTION).startswith("401")

    page = opening.post(f"/source/{HIDDEN_FILE}?start=0&end=20", data={"pass": passed})
    assert page.status_code == 200
    assert "Hietaniemi" in page.text
    assert opening.post(f"/source/{HIDDEN_FILE}", data={"pass": "x"}).status_code == 401
    assert opening.post(f"/source/{HIDDEN_FILE}").status_code == 401


def test_a_frame_without_a_token_is_as_it_ever_was(server: Operated) -> None:
    frame = Chat(directly(server), "/embed")
    assert frame.face["pass"] == ""
    assert "pass.js" not in frame.html
    assert "form-action 'none'" in directly(server).get("/embed").headers["content-security-policy"]


def test_a_token_is_not_taken_for_the_operator(server: Operated) -> None:
    asking = directly(server, Authorization=f"Bearer {token()}")
    assert asking.get("/api/handover").status_code == 404
    assert asking.get("/owner/sync").status_code == 404
    assert NOBODY.mark == ""


def test_a_token_in_a_header_too_long_for_any_is_refused_cleanly(server: Operated) -> None:
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/api/search?q=x", headers={"Authorization": "Bearer"}).status_code == 401
        assert client.get("/api/search?q=x", headers={"Authorization": "Basic eDp5"}).status_code == 200
