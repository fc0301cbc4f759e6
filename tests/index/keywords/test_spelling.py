from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.keywords.keyword_index import KeywordIndex
from index.keywords.spelling import correct, slips


@pytest.fixture(scope="module")
def keywords() -> KeywordIndex:
    index = KeywordIndex(None)
    text = "Reimbursement of travel expenses. The mobility programme in Helsinki. Sabbatical leave. Projects."
    index.put([("a", "en", text)])
    index.commit("1")
    return index


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("who pays travle?", "who pays travel?"),
        ("Hlesinki office", "helsinki office"),
        ("reimbursment", "reimbursment"),  # its stem is that of the pages' word
        ("rembursement", "reimburs"),
        ("sabatical leave", "sabbat leave"),
        ("travel and projects", "travel and projects"),
        ("zzzzzz qqqq", "zzzzzz qqqq"),
        ("car", "car"),
    ],
)
def test_a_slip_is_read_as_the_nearest_word_of_the_pages(keywords: KeywordIndex, asked: str, read: str) -> None:
    common = {"pays", "office", "leave", "travel"}

    assert correct(asked, keywords, "en", common.__contains__) == read


def test_a_word_that_the_model_knows_is_left_alone(keywords: KeywordIndex) -> None:
    assert correct("travle", keywords, "en", lambda word: True) == "travle"


def test_the_parts_of_a_word_that_the_pages_hold_as_one_are_left_alone() -> None:
    index = KeywordIndex(None)
    index.put([("a", "fi", "Viesti tulee epostiin. Poista se."), ("b", "en", "Send it by post.")])
    index.commit("1")

    assert correct("kenen e-posti", index, "fi", lambda word: False) == "kenen e-posti"
    assert correct("kenen e-posti", index, "en", lambda word: False, ["fi"]) == "kenen e-posti"


def test_a_slip_is_read_as_a_hyphenated_word() -> None:
    index = KeywordIndex(None)
    index.put([("a", "en", "Send an e-mail.")])
    index.commit("1")

    assert correct("the right emial", index, "en", {"right"}.__contains__) == "the right email"


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("abcd", "abcd", 0),
        ("abcd", "abdc", 1),
        ("abcd", "bcd", 1),
        ("abcd", "xbcd", 1),
        ("abcd", "badc", 2),
        ("", "ab", 2),
    ],
)
def test_slips_count_what_fingers_do(one: str, other: str, distance: int) -> None:
    assert slips(one, other, 3) == slips(other, one, 3) == distance


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_slips_stop_counting_at_the_most(one: str, other: str, most: int) -> None:
    assert slips(one, other, most) == min(slips(one, other, 99), most + 1)
