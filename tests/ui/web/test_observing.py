"""What an operator sees of a running server: its figures, its log, and the reference of an error."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from ingest.errors import BusyError, StoreError
from tests.ui.asking import PROXY, Chat
from tests.ui.operating import TOKEN, Operated, serving, until
from ui.access.rate import TooManyError
from ui.chat.conversation import Conversation, Teller
from ui.http.metrics import Metrics
from ui.http.reference import refusal_of
from ui.web.api import install_error_handlers

QUESTION = "What is the platypus, and who feeds it?"


def values(text: str) -> dict[str, float]:
    """The samples that have a value, by name and labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_what_is_asked_is_counted_by_door_and_outcome(watched: Operated) -> None:
    before = values(watched.get("/metrics").text)
    assert watched.get("/api/search", params={"q": "platypus"}).status_code == 200
    httpx.post(f"{watched.url}/api/ask", json={"question": QUESTION}, timeout=60)
    with httpx.Client(base_url=watched.url, timeout=60) as client:
        Chat(client).ask(QUESTION)
        Chat(client, "/embed?origin=https://a.example")
        call = {"name": "ask", "arguments": {"question": QUESTION}}
        client.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
            headers={"Accept": "application/json, text/event-stream"},
        )
    answer = watched.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    after = values(answer.text)

    def grown(name: str) -> float:
        return sum(value - before.get(key, 0) for key, value in after.items() if key.startswith(name))

    doors = {
        door: sum(v - before.get(k, 0) for k, v in after.items() if f"door={door}," in k and "questions_total" in k)
        for door in ("api", "chat", "mcp")
    }
    assert doors == {"api": 1, "chat": 1, "mcp": 1}
    assert grown("footnoted_answer_seconds_count{stage=search}") == 3
    assert grown("footnoted_requests_total{route=/api/search,status=200}") == 1
    assert after["footnoted_answering{}"] == 0


def test_who_is_turned_away_is_counted_by_why() -> None:
    metrics = Metrics()
    busy = BusyError("Too many.", hint="Later.")
    Teller(metrics=metrics).refused("How?", Conversation(), busy)
    for error in (busy, TooManyError(3), StoreError("Gone.")):
        metrics.turned_away(error)
    counted = {reason: metrics.registry.get_sample_value("footnoted_refused_total", {"reason": reason})
               for reason in ("busy", "rate", "access")}  # fmt: skip
    assert counted == {"busy": 2, "rate": 1, "access": None}
    assert refusal_of(busy).headers["retry-after"] == refusal_of(TooManyError(3)).headers["retry-after"] == "3"
    assert [refusal_of(error).status_code for error in (busy, TooManyError(3))] == [503, 429]


def test_the_index_and_its_freshness_are_told_without_an_address(watched: Operated) -> None:
    text = watched.get("/metrics").text
    told = values(text)

    assert told["footnoted_pages{source=1}"] == told["footnoted_pages{source=gone}"] == 1
    assert told["footnoted_chunks{}"] == 2
    assert told["footnoted_state{state=ready}"] == 1
    assert told["footnoted_syncs_total{result=done}"] >= 1
    assert told["footnoted_sync_seconds_count{}"] >= 1
    assert told["footnoted_source_read_timestamp_seconds{source=gone}"] > 1_700_000_000
    assert re.search(r'footnoted_build_info\{.*version="', text)
    assert not {str(watched.config.parent), "platypus", "Platypus", "Eila"} & set(re.split(r"[\"{},=\s]", text))
    assert str(watched.config.parent) not in text


def test_the_figures_are_for_this_machine_alone(watched: Operated) -> None:
    for header in ({"X-Forwarded-For": "203.0.113.9"}, {"Via": "1.1 proxy"}, {"Host": "chat.example.org"}):
        assert watched.get("/metrics", headers=header).status_code == 404, header


def test_every_answer_bears_a_reference_and_an_error_says_it(watched: Operated) -> None:
    fine = watched.get("/healthz")
    assert re.fullmatch(r"[0-9a-f]{12}", fine.headers["x-request-id"])
    wrong = httpx.post(f"{watched.url}/api/ask", json={"question": ""})
    assert wrong.json()["error"]["reference"] == wrong.headers["x-request-id"] != fine.headers["x-request-id"]


def test_a_reference_is_taken_from_a_trusted_proxy_alone_and_well_formed(watched: Operated) -> None:
    def given(reference: str, proxy: bool = True) -> str:
        transport = httpx.HTTPTransport(local_address=PROXY) if proxy else None
        with httpx.Client(base_url=watched.url, transport=transport) as client:
            return client.get("/healthz", headers={"X-Request-ID": reference}).headers["x-request-id"]

    assert given("7f3a-11.x_Y") == "7f3a-11.x_Y"
    assert given("7f3a-11.x_Y", proxy=False) != "7f3a-11.x_Y"
    for wrong in ("abc", "a" * 65, "<script>alert(1)</script>", "a b c d", '{"a":1}', "-abcd"):
        assert re.fullmatch(r"[0-9a-f]{12}", given(wrong)), wrong


def test_readiness_says_what_is_wrong_and_no_secret(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "footnoted.toml").write_text(
        f'data_dir = "data"\n[store]\nurl = "http://me:hush-hush@127.0.0.1:{port}"\n[reader]\nmodel = "none"\n'
    )
    with serving(tmp_path / "footnoted.toml", tmp_path / "data", ready=False) as server:
        for _ in range(100):
            told = server.get("/readyz")
            if told.json()["status"] != "loading":
                break
        assert (told.status_code, told.json()["status"]) == (503, "broken")
        assert told.json()["reason"]
        assert "hush" not in told.text + server.get("/metrics").text + server.get("/").text
        assert values(server.get("/metrics").text)["footnoted_state{state=broken}"] == 1


def test_the_log_is_json_and_holds_no_question_no_page_and_no_person(watched: Operated) -> None:
    transport = httpx.HTTPTransport(local_address=PROXY)
    with httpx.Client(base_url=watched.url, transport=transport, headers={"Remote-User": "eetu"}) as client:
        client.post("/api/ask", json={"question": QUESTION}, timeout=60)
        client.get("/api/search", params={"q": "platypus\r\nforged: line"})
        client.get("/source/pages-platypus.md")
        client.get("/platypus/\u202egnp.exe", params={"platypus": "1"})
        reference = client.get("/owner", auth=("owner", "platypus-guess")).headers["x-request-id"]
    until(lambda: reference in watched.said.read_text())  # a request's line is written behind its last byte
    lines = watched.said.read_text().splitlines()
    told = [json.loads(line) for line in lines if line]
    assert {entry["message"] for entry in told} >= {"request", "answer", "sync"}
    routes = {entry["route"] for entry in told if entry["message"] == "request"}
    assert routes >= {"/api/ask", "/api/search", "/source", "other", "/owner"}
    assert [entry["status"] for entry in told if entry.get("reference") == reference] == [401]
    asked = next(entry for entry in told if entry["message"] == "answer")
    assert any(entry.get("route") == "/api/ask" and entry["reference"] == asked["reference"] for entry in told)
    text = "\n".join(lines).lower()
    assert not [word for word in ("platypus", "eila", "maija", "eetu", "forged", TOKEN) if word in text]


def test_a_person_who_is_turned_away_is_told_when_to_come_back_too() -> None:
    app = FastAPI(title="Helper")
    install_error_handlers(app)

    @app.get("/full")
    def full() -> None:
        raise TooManyError(3)

    with TestClient(app) as asked:
        page, told = (asked.get("/full", headers={"Accept": accepted}) for accepted in ("text/html", "*/*"))
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["retry-after"] == told.headers["retry-after"] == "3"
    assert page.status_code == told.status_code == 429
