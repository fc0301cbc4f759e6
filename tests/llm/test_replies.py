"""A model that says wrong things is not heard; one that says right things in its own words is."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.quoting import Footnotes
from tests.llm.cases import Bench, Case, read_cases

RIGHT, WRONG = read_cases("right.yaml"), read_cases("wrong.yaml")
FRESH_RIGHT, FRESH_WRONG = read_cases("fresh/right.yaml"), read_cases("fresh/wrong.yaml")

# Measured of the second set; these only rise. What is kept aside was not looked at while the checker was made.
OPEN_FLOOR, ASIDE_FLOOR = 0.66, 0.62


@pytest.fixture(scope="module")
def shown(bench: Bench) -> dict[str, bool]:
    """For each case by its reply whether its sentence was shown; every footnote is held to the page on the way."""
    return {case.reply: _is_shown(bench, case) for case in [*RIGHT, *WRONG]}


@pytest.fixture(scope="module")
def shown_fresh(fresh_bench: Bench) -> dict[str, bool]:
    """The same for the second set, over other pages."""
    return {case.reply: _is_shown(fresh_bench, case) for case in [*FRESH_RIGHT, *FRESH_WRONG]}


def _is_shown(bench: Bench, case: Case) -> bool:
    statements, footnotes = bench.shown(case)
    _hold_to_the_pages(bench, footnotes)
    return any(statement.text == case.sentence for statement in statements)


def _hold_to_the_pages(bench: Bench, footnotes: Footnotes) -> None:
    ranges = bench.built.stores.ledger.chunk_ranges({made.url for made in footnotes.made})
    for made in footnotes.made:
        page = bench.built.stores.ledger.page(made.url)
        assert page is not None
        assert page.document.text[made.start : made.end] == made.quote
        assert any(start <= made.start and made.end <= end for start, end in ranges[made.url])


def _table(cases: list[Case], shown: dict[str, bool], *, wanted: bool) -> str:
    return "\n".join(f"{case.kind:10} {case.reply}" for case in cases if shown[case.reply] != wanted)


@pytest.mark.parametrize(("right", "wrong", "least"), [(RIGHT, WRONG, 60), (FRESH_RIGHT, FRESH_WRONG, 80)])
def test_there_are_enough_cases_of_each_kind(right: list[Case], wrong: list[Case], least: int) -> None:
    assert len(right) >= least
    assert len(wrong) >= least
    assert {case.kind for case in wrong} >= {"number", "name", "not", "invented", "nonsense", "order"}


def test_nothing_wrong_is_shown(shown: dict[str, bool]) -> None:
    assert not [case.reply for case in WRONG if shown[case.reply]], _table(WRONG, shown, wanted=False)


def test_nothing_wrong_is_shown_of_pages_that_the_checker_was_not_made_with(shown_fresh: dict[str, bool]) -> None:
    told = _table(FRESH_WRONG, shown_fresh, wanted=False)
    assert not [case.reply for case in FRESH_WRONG if shown_fresh[case.reply]], told


@pytest.mark.parametrize("kept_aside", [False, True])
def test_nine_of_ten_right_sentences_are_shown(shown: dict[str, bool], kept_aside: bool) -> None:
    cases = [case for case in RIGHT if case.kept_aside == kept_aside]
    assert sum(shown[case.reply] for case in cases) >= 0.9 * len(cases), _table(cases, shown, wanted=True)


@pytest.mark.parametrize(("kept_aside", "floor"), [(False, OPEN_FLOOR), (True, ASIDE_FLOOR)])
def test_right_sentences_of_other_pages_are_shown(shown_fresh: dict[str, bool], kept_aside: bool, floor: float) -> None:
    cases = [case for case in FRESH_RIGHT if case.kept_aside == kept_aside]
    assert sum(shown_fresh[case.reply] for case in cases) >= floor * len(cases)


def test_the_pages_of_the_second_set_say_where_they_are_from() -> None:
    assert "CC0" in (Path(__file__).parent / "fresh/SOURCES.md").read_text("utf-8")
