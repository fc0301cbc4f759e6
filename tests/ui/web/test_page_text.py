from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from ingest.blocks import DocumentBuilder
from tests.ui.scripted import ATTACK, attack_page, leave_page
from ui.web.page_text import marked_text

LEAVE = leave_page()
HTML = marked_text(LEAVE, 0, 0).html


def marks(html: str) -> list[str]:
    return [Markup(text).unescape() for text in re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL)]


def span(words: str) -> tuple[int, int]:
    start = LEAVE.text.index(words)
    return start, start + len(words)


def test_headings_are_headings_and_the_title_is_said_once() -> None:
    assert re.findall(r"<h2>(.*?)</h2>", HTML)[:3] == ["How many days", "How to ask", "Carrying over"]
    assert "Annual leave<" not in HTML


def test_lists_nest() -> None:
    assert (
        "<ul><li>Open the calendar</li><li>Choose the days<ul><li>mornings count as half</li></ul></li>"
        "<li>Send it to your supervisor</li></ul>"
    ) in HTML


def test_rows_that_name_their_columns_are_a_table() -> None:
    assert '<tr><th scope="col">Years of service</th><th scope="col">Days carried over</th></tr>' in HTML
    assert "<tr><td>6–15</td><td>10</td></tr>" in HTML


def test_code_keeps_its_lines_and_loses_the_indentation_that_marks_it() -> None:
    assert "<pre><code>leave --days 5\nleave --show</code></pre>" in HTML


def test_rows_without_names_are_lines() -> None:
    builder = DocumentBuilder()
    builder.row(["Mon", "9–17"])
    builder.row(["Tue", "9–15"])
    assert (
        marked_text(builder.build("x", "x"), 0, 0).html
        == '<ul class="rows"><li>Mon | 9–17</li><li>Tue | 9–15</li></ul>'
    )


def test_numbered_items_keep_their_numbers() -> None:
    builder = DocumentBuilder()
    for number in (3, 4):
        builder.item(f"step {number}", number=number)
    builder.item("loose")
    html = marked_text(builder.build("x", "x"), 0, 0).html
    assert html == '<ol><li value="3">step 3</li><li value="4">step 4</li></ol><ul><li>loose</li></ul>'


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("Everyone earns 30 days of leave a year.", ["Everyone earns 30 days of leave a year."]),
        ("Open the calendar\n- Choose the days", ["Open the calendar", "Choose the days"]),
        ("Years of service: 6–15 | Days carried over: 10", ["6–15", "10"]),
        ("leave --show", ["leave --show"]),
        ("How to ask", ["How to ask"]),
    ],
)
def test_the_passage_is_marked_wherever_it_stands(words: str, marked: list[str]) -> None:
    text = marked_text(LEAVE, *span(words))
    assert marks(text.html) == marked
    assert text.marked
    assert text.html.count('id="passage"') == 1
    assert text.html.index('id="passage"') == text.html.index("<mark") + len("<mark ")


@pytest.mark.parametrize("words", ["How to ask", "- Choose the days", "| Years of service: 6", "the share of their"])
def test_a_place_is_pointed_at_without_a_mark(words: str) -> None:
    start = LEAVE.text.index(words)
    text = marked_text(LEAVE, start, start)
    assert text.marked
    assert "<mark" not in text.html
    before, anchor, after = text.html.partition('<span id="passage"></span>')
    assert anchor
    assert before + after == HTML
    assert Markup(after).unescape().startswith(words.lstrip("-| ").removeprefix("Years of service: "))


@given(st.integers(0, 600), st.integers(0, 600))
def test_marking_changes_no_word(start: int, end: int) -> None:
    text = marked_text(LEAVE, start, end)
    bare = re.sub('</?mark[^>]*>|<span id="passage"></span>', "", text.html)
    assert bare in (HTML, f"<h2>Annual leave</h2>{HTML}")
    assert text.marked == ('id="passage"' in text.html)
    for word in marks(text.html):
        assert word in LEAVE.text[start:end]


def test_a_page_is_text_whatever_it_says() -> None:
    page = attack_page()
    html = marked_text(page, 0, len(page.text)).html
    assert not re.search(r"<(script|img)", html)
    assert ATTACK in Markup(html).striptags() or ATTACK in Markup(re.sub("<[^>]*>", "", html)).unescape()
