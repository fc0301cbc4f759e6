from __future__ import annotations

import httpx

from tests.ui.asking import PROXY, Chat
from tests.ui.operating import Operated
from ui.access.asker import OPERATOR, Asker, with_asker
from ui.access.rate import Allowance, Rates, TooManyError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_then_one_as_time_passes() -> None:
    clock = Clock()
    allowed = Allowance(6, clock)

    assert [allowed.take("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert allowed.take("b") == 0, "another's are their own"
    clock.now = 9.5
    assert allowed.take("a") == 1
    clock.now = 10.5
    assert [allowed.take("a"), allowed.take("a")] == [0, 10]
    clock.now = 1_000
    assert [allowed.take("a") for _ in range(7)].count(0) == 6, "no more is saved up than a minute's"


def test_without_a_number_there_is_no_limit() -> None:
    allowed = Allowance(0)
    assert not any(allowed.take("a") for _ in range(10_000))


def asks(rates: Rates, address: str, asker: Asker | None = None) -> bool:
    scope = {"type": "http", "client": (address, 1)}
    try:
        rates.check(with_asker(scope, asker) if asker else scope)
    except TooManyError:
        return False
    return True


def test_an_ipv6_customer_is_one_address_and_a_mapped_one_is_what_it_is() -> None:
    rates = Rates(0, 2)
    assert [asks(rates, f"2001:db8:1:2::{n}") for n in (1, 2, 3)] == [True, True, False]
    assert asks(rates, "2001:db8:1:3::1")
    assert [asks(rates, address) for address in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1")] == [True, True, False]


def test_this_machine_and_its_operator_are_free() -> None:
    rates = Rates(1, 1)
    assert all(asks(rates, address) for address in ("127.0.0.1", "::1", "127.0.0.1", "127.0.0.9"))
    assert all(asks(rates, "127.0.0.1", OPERATOR) for _ in range(3))


def test_a_person_is_one_wherever_they_ask_from() -> None:
    rates = Rates(2, 0)
    maija = Asker("maija")
    assert [asks(rates, f"192.0.2.{n}", maija) for n in (1, 2, 3)] == [True, True, False]
    assert asks(rates, "192.0.2.1", Asker("matti"))


def test_an_address_behind_a_proxy_that_asks_too_often_is_told_when_to_come_back(watched: Operated) -> None:
    def search(address: str) -> httpx.Response:
        return watched.get("/api/search", params={"q": "platypus"}, headers={"X-Forwarded-For": address})

    answers = [search("203.0.113.9") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
    assert answers[-1].json()["error"]["hint"] == f"Ask again in {answers[-1].headers['retry-after']} s."
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
    assert search("203.0.113.10").status_code == 200
    spoofed = search("198.51.100.7, 203.0.113.9")
    assert spoofed.status_code == 429, "what a client writes before the proxy's word does not count"
    assert watched.get("/healthz", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200


def test_a_person_who_asks_too_often_in_the_chat_is_told_so_there(watched: Operated) -> None:
    transport = httpx.HTTPTransport(local_address=PROXY)
    with httpx.Client(
        base_url=watched.url, transport=transport, headers={"Remote-User": "maija"}, timeout=60
    ) as client:
        chat = Chat(client)
        said = [chat.ask("When does the platypus eat?") for _ in range(4)]
        assert ["more than may be asked" in text for text in said] == [False, False, False, True]
        assert "Reference: " in said[-1]
        assert client.get("/api/search", params={"q": "platypus"}).status_code == 429
    assert 'footnoted_refused_total{reason="rate"}' in watched.get("/metrics").text
