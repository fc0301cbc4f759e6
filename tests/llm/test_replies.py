"""A model that says wrong things is not heard; one that says right things in its own words is."""

from __future__ import annotations

import pytest

from assistant.quoting import Footnotes
from tests.llm.cases import Bench, Case, read_cases

RIGHT, WRONG = read_cases("right.yaml"), read_cases("wrong.yaml")


@pytest.fixture(scope="module")
def shown(bench: Bench) -> dict[str, bool]:
    """For each case by its reply whether its sentence was shown; every footnote is held to the page on the way."""
    found = {}
    for case in [*RIGHT, *WRONG]:
        statements, footnotes = bench.shown(case)
        found[case.reply] = any(statement.text == case.sentence for statement in statements)
        _hold_to_the_pages(bench, footnotes)
    return found


def _hold_to_the_pages(bench: Bench, footnotes: Footnotes) -> None:
    ranges = bench.built.stores.ledger.chunk_ranges({made.url for made in footnotes.made})
    for made in footnotes.made:
        page = bench.built.stores.ledger.page(made.url)
        assert page is not None
        assert page.document.text[made.start : made.end] == made.quote
        assert any(start <= made.start and made.end <= end for start, end in ranges[made.url])


def _table(cases: list[Case], shown: dict[str, bool]) -> str:
    return "\n".join(f"{case.kind:10} {case.reply}" for case in cases if shown[case.reply] == (case in WRONG))


def test_there_are_enough_cases_of_each_kind() -> None:
    kinds = [case.kind for case in WRONG]
    assert len(RIGHT) >= 60
    assert len(WRONG) >= 60
    assert {"number", "name", "not", "limit", "invented", "nonsense", "order"} == set(kinds)


def test_nothing_wrong_is_shown(shown: dict[str, bool]) -> None:
    assert not [case.reply for case in WRONG if shown[case.reply]], _table(WRONG, shown)


@pytest.mark.parametrize("kept_aside", [False, True])
def test_nine_of_ten_right_sentences_are_shown(shown: dict[str, bool], kept_aside: bool) -> None:
    cases = [case for case in RIGHT if case.kept_aside == kept_aside]
    assert sum(shown[case.reply] for case in cases) >= 0.9 * len(cases), _table(cases, shown)
