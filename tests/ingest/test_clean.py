from __future__ import annotations

import pytest

from ingest.clean import clean_text, is_layout_tag, raised, strip_debris


def test_a_feed_line_is_its_headline_and_its_day() -> None:
    line = "News-of-the-day.aspx2016-11-27T22:00:00Z<img alt=\"\" src='a b.jpg'>News of the day"

    assert strip_debris(line) == ["News of the day (2016-11-27)"]


def test_a_headline_before_and_behind_its_picture_is_said_once() -> None:
    assert strip_debris('An app for all<img src="x" style="BORDER:0px solid;" />An app for all') == ["An app for all"]


def test_text_without_debris_is_left_as_it_is() -> None:
    said = "On 2016-11-27 a < b and c > d; see page.aspx for 12:00:00 and R&D."

    assert strip_debris(said) == [said]


@pytest.mark.parametrize("tag", ["<br>", "</p>", '<img alt="a > b" src=x>', "<DIV class='x'>", "<span>"])
def test_tags_of_layout_are_dropped(tag: str) -> None:
    assert is_layout_tag(tag)


@pytest.mark.parametrize(
    "tag", ["<script>", "<img src=x onerror=alert(1)>", "<iframe src=x>", "<svg onload=x>", "<name>", "<p"]
)
def test_tags_that_run_something_or_are_none_are_kept(tag: str) -> None:
    assert not is_layout_tag(tag)
    assert strip_debris(f"before {tag} behind") == [f"before {tag} behind"]


def test_inline_tags_leave_no_gap_in_a_word() -> None:
    assert strip_debris("un<b>believ</b>able<br>next") == ["unbelievable", "next"]


def test_entities_are_the_characters_they_stand_for() -> None:
    assert strip_debris("Fish &amp; chips &lt;b&gt;") == ["Fish & chips <b>"]


def test_controls_that_hide_or_turn_text_are_taken_out() -> None:
    assert clean_text("a\u202eb\u200bc\u0000d\ufeffe\u2060f\ud800g") == "abcdefg"
    assert clean_text("👩\u200d🔬") == "👩\u200d🔬"
    assert clean_text("e\u0301") == "é"
    assert clean_text("a\r\nb\rc\u2029d\te\u00a0f") == "a\nb\nc\nd    e f"


def test_letters_printed_as_one_sign_are_letters() -> None:
    assert clean_text("the \ufb01re sta\ufb00 o\ufb03ce") == "the fire staff office"


@pytest.mark.parametrize(("text", "shown"), [("1", "¹"), (" 12 ", "¹²"), ("-3", "⁻³"), ("st", "st"), ("[1]", "[1]")])
def test_figures_above_the_line_stay_above_it(text: str, shown: str) -> None:
    assert raised(text) == shown
