from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import numpy as np
import pytest

from assistant.types import Outcome
from index.embedding.encoder import SentenceEncoder
from index.embedding.vectors import Vectors
from tests.ui.operating import TOKEN, Operated, logged, serving, until
from ui.owner.figures import figures_of
from ui.owner.plots import over_time
from ui.owner.unanswered import unanswered_clusters, unanswered_csv
from ui.questions.question_log import Entry

TODAY = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
SETTINGS = """
data_dir = "data"
[reader]
model = "none"
[server]
owner_token = "{token}"
[log]
questions = {on}
[[sources]]
folder = "pages"
"""
KNOWN = "What says the page of walruses?"
UNKNOWN = "Who won <b>the</b> ice hockey championship of 1974?"
AUTH = ("owner", TOKEN)


def entry(number: int, question: str, outcome: Outcome = "abstained", **more: object) -> Entry:
    made = Entry(number, TODAY - timedelta(days=number), question, outcome, 0.1, 0.2, (), "a.md", "A > B")
    return replace(made, **more)  # type: ignore[arg-type]


# What is worked out of the log


def test_questions_that_mean_the_same_are_gathered_and_the_answered_are_not() -> None:
    asked = [
        *("When is the library open on Sundays?", "library opening hours sunday", "Is the library open at weekends?"),
        *("Where do I park my car?", "parking permit for staff", "where do i park my car"),
        "Can I bring my dog to the office?",
    ]
    entries = [entry(number, question) for number, question in enumerate(reversed(asked))]
    entries.append(entry(99, "How long is the library open?", "answered"))

    clusters = unanswered_clusters(entries, SentenceEncoder().encode_queries)

    gathered = [{each.question for each in cluster.entries} for cluster in clusters]
    assert {frozenset(group) for group in gathered} == {
        frozenset(asked[:3]),
        frozenset(asked[3:6]),
        frozenset(asked[6:]),
    }
    assert [len(cluster.entries) for cluster in clusters] == [3, 3, 1]
    parking = next(cluster for cluster in clusters if "parking permit for staff" in cluster.wordings)
    assert len(parking.wordings) == 2  # one was asked twice, but for its capitals


def apart(questions: Sequence[str]) -> Vectors:
    return np.eye(len(questions), dtype=np.float32)


def test_a_cluster_names_the_page_that_was_nearest_most_often_and_when_it_was_asked() -> None:
    entries = [entry(number, "Why?", "partial" if number else "abstained") for number in range(3)]
    entries[0] = replace(entries[0], closest_url="b.md", closest_heading="")

    (cluster,) = unanswered_clusters(entries, apart)

    assert (cluster.url, cluster.heading) == ("a.md", "A > B")
    assert (len(cluster.entries), cluster.refused) == (3, 1)
    assert cluster.asked == (TODAY - timedelta(days=2), TODAY)
    assert unanswered_clusters([entry(1, "Yes", "answered"), entry(2, "Down", "failed")], apart) == []


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "\u00a0=", "  @SUM(1)", "-2+3", '=HYPERLINK("x")']
)
def test_no_cell_of_the_table_is_a_formula(start: str) -> None:
    (cluster,) = unanswered_clusters([entry(1, f"{start}1+1", closest_heading=f"{start}cmd|x")], apart)
    clusters = [replace(cluster, wordings=(f"{start}1", f"{start}2"))]
    rows = list(csv.reader(io.StringIO(unanswered_csv(clusters, lambda url: f"{start}{url}"), newline="")))
    assert len(rows) == 2
    assert [cell[:1] for cell in rows[1][3:7]] == ["'"] * 4
    assert rows[1][7] == "a.md"


def test_the_figures_count_every_entry_once() -> None:
    outcomes: list[Outcome] = ["answered", "answered", "partial", "abstained", "failed"]
    entries = [entry(number, f"q{number}", outcome, seconds=number) for number, outcome in enumerate(outcomes)]
    entries[0] = replace(entries[0], thumb="up", cited=("a.md", "b.md"))
    entries[1] = replace(entries[1], thumb="down", reason="old", cited=("a.md",))

    figures = figures_of(entries, TODAY, 7)

    assert figures.questions == 5
    assert dict(figures.outcomes) == {"answered": 2, "partial": 1, "abstained": 1, "failed": 1}
    assert (figures.helpful, [each.reason for each in figures.unhelpful]) == (1, ["old"])
    assert list(figures.cited.items()) == [("a.md", 2), ("b.md", 1)]
    assert figures.slowest[0].question == "q4"
    assert figures.seconds == (2, 4)
    assert len(figures.columns) == 7
    assert sum(sum(counts.values()) for counts in figures.columns.values()) == 5
    assert sum(figures.took.values()) == 5


@pytest.mark.parametrize("days", [1, 7, 30, 90, 365])
def test_the_plot_holds_every_question_of_its_time(days: int) -> None:
    entries = [entry(number % days, f"q{number}", "answered") for number in range(40)]
    figures = figures_of(entries, TODAY, days)
    svg = over_time(figures)
    assert sum(sum(counts.values()) for counts in figures.columns.values()) == 40
    assert svg.count('<rect class="answered" x') == sum(bool(counts) for counts in figures.columns.values())
    places = [float(x) for x in re.findall(r'<rect class="answered" x="([\d.]+)"', svg)]
    assert all(0 <= place <= 520 for place in places)
    assert "style=" not in svg


# The page, over HTTP


def pages(folder: Path, on: str) -> Path:
    (folder / "pages").mkdir()
    (folder / "pages" / "walrus.md").write_text("# Walruses\n\nThe page of walruses says that they are large.\n")
    (folder / "pages" / "lynx.md").write_text("# Lynxes\n\nThey are seldom seen in daylight.\n")
    (folder / "footnoted.toml").write_text(SETTINGS.format(token=TOKEN, on=on))
    return folder / "footnoted.toml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("viewed")
    with serving(pages(folder, "true"), folder / "data") as made:
        yield made


def ask(server: Operated, *questions: str) -> None:
    before = len(logged(server))
    for question in questions:
        assert httpx.post(f"{server.url}/api/ask", json={"question": question}, timeout=60).status_code == 200
    until(lambda: len(logged(server)) == before + len(questions))


def posted(server: Operated, form: dict[str, str], **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{server.url}/owner/delete", data=form, auth=AUTH, headers=named).status_code


def seal_in(page: str) -> str:
    found = re.search(r'name="seal" value="(\w+)"', page)
    assert found
    return found[1]


def test_nobody_without_the_password_sees_anything(server: Operated) -> None:
    for path in ("/owner", "/owner/unanswered.csv", "/owner?days=7"):
        assert server.get(path).status_code == 401
        assert server.get(path, auth=("owner", "wrong")).status_code == 401
    assert httpx.post(f"{server.url}/owner/delete", data={"entry": "all"}).status_code == 401


def test_the_page_shows_what_was_asked_and_loads_nothing_from_outside(server: Operated) -> None:
    ask(server, KNOWN, KNOWN, UNKNOWN)
    answer = server.get("/owner", auth=AUTH)
    page = answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<b>the</b>" not in page
    assert UNKNOWN in unescape(page)
    assert not re.search(r'(?:src|href|action)="(?!/|#)', page)
    assert "style=" not in page
    assert ">Walruses</a>" in page
    assert "1 of 2 pages stand in no answer" in page
    assert '<a href="/source/lynx.md">Lynxes</a>' in page


def test_the_table_of_what_to_write_next_is_for_a_spreadsheet(server: Operated) -> None:
    ask(server, "=cmd|' /C calc'!A0 zebras")
    answer = server.get("/owner/unanswered.csv?days=7", auth=AUTH)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="unanswered-[\d-]+\.csv"', answer.headers["content-disposition"])
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    questions = [row[3] for row in rows[1:]]
    assert "'=cmd|' /C calc'!A0 zebras" in questions
    assert KNOWN not in questions


def test_a_question_is_deleted_by_our_own_form_only(server: Operated) -> None:
    ask(server, "One to be deleted?")
    chosen = logged(server)[0]
    page = server.get("/owner", auth=AUTH).text
    form = {"seal": seal_in(page), "entry": str(chosen.id), "days": "7"}
    assert posted(server, form | {"seal": "guessed"}) == 403
    assert posted(server, form, Sec_Fetch_Site="cross-site") == 403
    assert posted(server, form | {"entry": "1 or 1=1"}) == 422
    assert chosen in logged(server)
    assert posted(server, form, Sec_Fetch_Site="same-origin") == 303
    assert chosen not in logged(server)
    assert logged(server) != []


def test_everything_is_deleted_at_once(server: Operated) -> None:
    ask(server, KNOWN)
    page = server.get("/owner", auth=AUTH).text
    assert posted(server, {"seal": seal_in(page), "entry": "all"}) == 303
    assert logged(server) == []
    assert "No questions in this time." in server.get("/owner", auth=AUTH).text
    assert server.get("/owner/unanswered.csv", auth=AUTH).text.count("\n") == 1


@pytest.mark.parametrize("days", ["", "0", "-1", "999999999", "x", "7", "90"])
def test_any_span_asked_for_is_answered(server: Operated, days: str) -> None:
    page = server.get("/owner", params={"days": days}, auth=AUTH).text
    shown = days if days in ("7", "90") else "30"
    assert f'href="/owner?days={shown}" aria-current="true"' in page


def test_without_the_log_the_page_says_how_to_have_one(tmp_path: Path) -> None:
    with serving(pages(tmp_path, "false"), tmp_path / "data") as server:
        httpx.post(f"{server.url}/api/ask", json={"question": KNOWN})
        page = server.get("/owner", auth=AUTH)
        assert "questions = true" in page.text
        assert server.get("/owner").status_code == 401
        assert server.get("/owner/unanswered.csv", auth=AUTH).status_code == 404
        assert not (server.data / "questions.db").exists()
