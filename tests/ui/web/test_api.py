from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.ui.scripted import leave_page
from ui.http.headers import MAX_BODY
from ui.schema import MAX_QUESTION

DAYS = "How many days of leave do I get?"


def events(response: httpx.Response) -> list[tuple[str, Any]]:
    """The name and data of each server-sent event."""
    told = []
    for block in response.text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        told.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return told


def test_an_answer_has_the_keys_that_programs_rely_on(client: httpx.Client) -> None:
    answer = client.post("/api/ask", json={"question": DAYS}).json()
    assert {"answer", "outcome", "citations", "timings"} <= answer.keys()
    assert answer["outcome"] == "answered"
    assert answer["answer"].startswith("Everyone earns 30 days of leave a year. [1]")
    citation = answer["citations"][0]
    named = {"number", "title", "url", "link", "quote", "section", "start", "end", "fetched_at"}
    assert named <= citation.keys()
    assert leave_page().text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["fetched_at"].startswith("2026-03-04T09:30:00")
    assert answer["timings"] == {"search": 0.01}


def test_an_abstention_cites_nothing_and_names_places_apart(client: httpx.Client) -> None:
    answer = client.post("/api/ask", json={"question": "Who won the ice hockey?"}).json()
    assert (answer["outcome"], answer["citations"]) == ("abstained", [])
    assert [place["title"] for place in answer["closest"]] == ["Annual leave", "Holiday houses"]


def test_the_history_reaches_the_assistant(client: httpx.Client) -> None:
    follow_up = {"question": "And part-time?"}
    assert client.post("/api/ask", json=follow_up).json()["outcome"] == "abstained"
    assert client.post("/api/ask", json=follow_up | {"history": [DAYS]}).json()["outcome"] == "answered"


def test_a_stream_tells_each_step_and_ends_with_the_same_answer(client: httpx.Client) -> None:
    response = client.post("/api/ask", json={"question": DAYS}, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response)
    assert [name for name, _ in told] == ["started", "searched", "said", "said", "finished"]
    assert [[note["number"] for note in data["citations"]] for name, data in told if name == "said"] == [[1], [2]]
    assert told[-1][1] == client.post("/api/ask", json={"question": DAYS}).json()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"question": "  \n"}, "The question is empty."),
        ({"question": "x" * (MAX_QUESTION + 1)}, "The question is 2,001 characters long; at most 2,000 are read."),
        ({}, "body.question: Field required"),
        ({"question": 7}, "body.question: Input should be a valid string"),
        ({"question": DAYS, "histroy": []}, "body.histroy: Extra inputs are not permitted"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_a_hint(
    client: httpx.Client, body: dict[str, Any], message: str
) -> None:
    response = client.post("/api/ask", json=body)
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["message"] == message
    assert error["hint"]


def test_the_longest_question_is_taken(client: httpx.Client) -> None:
    assert client.post("/api/ask", json={"question": "x" * MAX_QUESTION}).status_code == 200


def test_a_form_on_another_site_cannot_ask(client: httpx.Client) -> None:
    plain = client.post("/api/ask", content=json.dumps({"question": DAYS}), headers={"Content-Type": "text/plain"})
    assert plain.status_code == 422


def test_a_body_without_end_is_refused(client: httpx.Client) -> None:
    long = b'{"question": "' + b"x" * MAX_BODY + b'"}'
    declared = client.post("/api/ask", content=long, headers={"Content-Type": "application/json"})
    pieces = (long[place : place + 10_000] for place in range(0, len(long), 10_000))
    undeclared = client.post("/api/ask", content=pieces, headers={"Content-Type": "application/json"})
    assert [declared.status_code, undeclared.status_code] == [413, 413]


def test_search_gives_passages_best_first(client: httpx.Client) -> None:
    hits = client.get("/api/search", params={"q": "carrying over", "k": 3}).json()["hits"]
    assert len(hits) == 3
    assert hits[0].keys() == {"url", "title", "text", "score", "start", "end"}
    assert "Carrying over" in hits[0]["text"]
    assert leave_page().text[hits[0]["start"] : hits[0]["end"]] == hits[0]["text"]
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


@pytest.mark.parametrize("params", [{"q": ""}, {"q": "leave", "k": 0}, {"q": "leave", "k": 101}, {}])
def test_a_search_that_cannot_be_made_is_refused(client: httpx.Client, params: dict[str, Any]) -> None:
    response = client.get("/api/search", params=params)
    assert response.status_code == 422
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("state", "code", "status"), [("ready", 200, "ready"), ("loading", 503, "loading"), ("broken", 503, "broken")]
)
def test_readiness_tells_loading_from_broken(addresses: dict[str, str], state: str, code: int, status: str) -> None:
    ready = httpx.get(f"{addresses[state]}/readyz")
    assert (ready.status_code, ready.json()["status"]) == (code, status)
    assert ("Retry-After" in ready.headers) == (state == "loading")
    assert httpx.get(f"{addresses[state]}/healthz").status_code == 200


@pytest.mark.parametrize("state", ["loading", "broken"])
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_question_before_its_time_is_told_why(addresses: dict[str, str], state: str, accept: str) -> None:
    asked = httpx.post(f"{addresses[state]}/api/ask", json={"question": DAYS}, headers={"Accept": accept})
    searched = httpx.get(f"{addresses[state]}/api/search", params={"q": "leave"})
    for response in (asked, searched):
        assert response.status_code == 503
        assert response.json()["error"]["message"]
        assert response.json()["error"]["hint"]
    if state == "broken":
        assert "'/data' is damaged" in asked.json()["error"]["message"]


def test_a_failure_in_the_middle_of_a_stream_is_its_last_event(client: httpx.Client) -> None:
    body = {"question": "What breaks half-way?"}
    told = events(client.post("/api/ask", json=body, headers={"Accept": "text/event-stream"}))
    name, error = told[-1]
    assert (name, error["message"], error["hint"]) == ("error", "The store went away.", "Start it again.")
    assert error["reference"]
    whole = client.post("/api/ask", json=body)
    assert whole.json()["error"]["reference"] == whole.headers["x-request-id"]
    assert (whole.status_code, whole.json()["error"]["message"]) == (503, "The store went away.")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_who_comes_when_too_many_ask_is_told_when_to_come_back(client: httpx.Client, accept: str) -> None:
    response = client.post("/api/ask", json={"question": "Is anybody free?"}, headers={"Accept": accept})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.json()["error"]["message"] == "Too many questions are being asked at this moment."
    assert response.json()["error"]["hint"]
