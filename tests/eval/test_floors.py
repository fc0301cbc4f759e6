"""Quality may rise and not fall: the gold questions over the shipped pages, held to the floors in ``floors.json``.

``python -m tests.eval.floors --update`` raises the floors to what is measured now; it never lowers one.
"""

from __future__ import annotations

import pytest

from tests.eval.floors import Figures, load_floors, measure_corpus


@pytest.fixture(scope="module")
def measured() -> Figures:
    return measure_corpus()


def test_no_question_was_dropped(measured: Figures) -> None:
    assert measured["questions"] >= load_floors()["corpus"]["questions"]


def test_as_many_are_answered_right_as_ever(measured: Figures) -> None:
    assert measured["right"] >= load_floors()["corpus"]["right"]


def test_the_right_page_is_cited_as_often_as_ever(measured: Figures) -> None:
    assert measured["page_cited"] >= load_floors()["corpus"]["page_cited"]
