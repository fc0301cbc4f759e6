"""Who is believed about who asks."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from ingest.errors import AccessError
from ui.access.asker import NOBODY, OPERATOR, Asker, Limits, asker_of, with_asker
from ui.access.gate import Gate
from ui.access.options import AccessOptions

LIMITS = Limits({"all": frozenset(), "hr": frozenset({"hr", "chiefs"}), "it": frozenset({"it"})}, frozenset({"gone"}))
PROXIES = ("10.1.0.0/16", "192.0.2.7", "fd00::/8")


def gate() -> Gate:
    options = AccessOptions(user_header="Remote-User", groups_header="Remote-Groups", proxies=PROXIES)
    return Gate(options, LIMITS, operator_token="the operator's")


def asker(peer: str | None, *headers: tuple[str, str], path: str = "/api/ask") -> Asker:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope: dict[str, Any] = {"type": "http", "headers": raw, "query_string": b"", "client": ("10.1.2.3", 1)}
    return gate().asker(scope | ({"footnoted.peer": peer} if peer is not None else {}), path)


LIISA = (("Remote-User", "liisa"), ("Remote-Groups", "hr, others"))


@pytest.mark.parametrize("peer", ["10.1.2.3", "192.0.2.7", "fd12::1", "::ffff:10.1.2.3"])
def test_a_named_proxy_is_believed(peer: str) -> None:
    assert asker(peer, *LIISA) == Asker("liisa", frozenset({"hr"}))


@pytest.mark.parametrize("peer", ["10.2.0.1", "192.0.2.8", "::1", "127.0.0.1", "::ffff:10.2.0.1", "", "proxy", None])
def test_nobody_else_is(peer: str | None) -> None:
    assert asker(peer, *LIISA) == NOBODY
    assert asker(peer, *LIISA, ("X-Forwarded-For", "10.1.2.3")) == NOBODY


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Remote-User", "")],
        [("Remote-User", " "), ("Remote-Groups", "hr")],
        [("Remote-Groups", "hr")],
        [*LIISA, ("Remote-User", "matti")],
        [*LIISA, ("Remote-Groups", "it")],
    ],
)
def test_headers_that_do_not_say_who_it_is_name_nobody(headers: list[tuple[str, str]]) -> None:
    assert asker("10.1.2.3", *headers) == NOBODY


def test_names_are_read_as_utf_8() -> None:
    assert asker("10.1.2.3", ("Remote-User", "Päivi"), ("Remote-Groups", "it;hr")) == Asker(
        "Päivi", frozenset({"it", "hr"})
    )


def test_only_the_right_word_makes_an_operator() -> None:
    assert asker("203.0.113.9", ("X-Footnoted-Token", "the operator's")) == OPERATOR
    for word in ("", "the operator", "the operator's ", "THE OPERATOR'S", "ä"):
        assert asker("203.0.113.9", ("X-Footnoted-Token", word)) == NOBODY
    assert Gate(AccessOptions(), LIMITS).asker({"headers": [(b"x-footnoted-token", b"")]}, "/") == NOBODY


def test_a_password_of_another_kind_is_not_taken_for_a_token() -> None:
    with_tokens = Gate(AccessOptions(token_secret=SecretStr("0123456789abcdef0123456789abcdef")), LIMITS, "key")
    scope = {"headers": [(b"authorization", b"Bearer the owner's password")], "query_string": b""}
    for path in ("/owner/sync", "/owner", "/api/reindex", "/api/handover/index", "/readyz"):
        assert with_tokens.asker(scope, path) == NOBODY
        assert asker("10.1.2.3", *LIISA, path=path).name == "liisa"
    for path in ("/ownership", "/api/ask", "/"):
        with pytest.raises(AccessError):
            with_tokens.asker(scope, path)


def test_an_asker_sees_the_sources_for_everyone_and_for_their_groups() -> None:
    assert LIMITS.sources_for(NOBODY) == frozenset({"all"})
    assert LIMITS.sources_for(Asker("x", frozenset({"it"}))) == frozenset({"all", "it"})
    assert LIMITS.sources_for(Asker("x", frozenset({"chiefs", "hr", "it"}))) == frozenset({"all", "hr", "it"})
    assert LIMITS.sources_for(OPERATOR) is None
    assert Limits({"all": frozenset()}).sources_for(NOBODY) is None
    assert Limits({"all": frozenset()}, frozenset({"gone"})).sources_for(NOBODY) == frozenset({"all"})
    assert Limits({"gone": frozenset()}, frozenset({"gone"})).sources_for(NOBODY) is None


def test_a_request_of_which_nothing_was_found_out_is_nobodys() -> None:
    assert asker_of({}) == asker_of({"footnoted.asker": "operator"}) == NOBODY
    assert asker_of(with_asker({"path": "/"}, OPERATOR)) == OPERATOR
    marks = {each.mark for each in (NOBODY, Asker("a"), Asker("b"), Asker("a", frozenset("x")), OPERATOR)}
    assert len(marks) == 5
