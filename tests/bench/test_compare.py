from __future__ import annotations

import sys

import pytest

from assistant.evaluation.gold import GoldQuestion
from tests.bench.compare import LIMIT, OURS, ratios
from tests.bench.processes import percentile, run
from tests.bench.quality import askable, quality
from tests.bench.rivals.tutorial import fit
from tests.bench.rivals.txtai import pack
from tests.bench.tables import Row


def gold(source: str, *answers: str, kind: str = "fact", history: tuple[str, ...] = ()) -> GoldQuestion:
    return GoldQuestion(id="q", kind=kind, question="?", answer_any=answers, source=(source,), history=history)


def test_a_page_counts_once_however_many_of_its_passages_are_found() -> None:
    found = [[("a.md", "one"), ("a.md", "two"), ("b.md", "three"), ("c.md", "four")]]
    assert quality([gold("b.md", "three")], found) == {
        "page first, %": 0, "page in 3, %": 100, "answer in best, %": 0, "answer in 3, %": 100,
    }  # fmt: skip


def test_an_answer_in_another_page_is_none() -> None:
    figures = quality([gold("b.md", "ten days"), gold("pages/b.md", "TEN  days")], [[("a.md", "ten days")]] * 2)
    assert set(figures.values()) == {0}
    assert quality([gold("pages/b.md", "TEN  days")], [[("b.md", "in ten days")]])["answer in best, %"] == 100


def test_follow_ups_and_what_has_no_answer_are_not_asked_of_retrievers() -> None:
    asked = [gold("a.md"), gold("a.md", kind="unanswerable"), gold("a.md", history=("before",))]
    assert askable(asked) == asked[:1]


def test_the_chunk_size_is_found_that_gives_about_as_many_chunks() -> None:
    size = fit(lambda size: 100_000 // size, 250)
    assert 100_000 // size == pytest.approx(250, rel=0.03)
    assert fit(lambda _: 7, 1_000, (40, 50)) in range(40, 51)


def test_passages_are_whole_paragraphs_up_to_the_size() -> None:
    text = "one two\n\nthree\n\n\n\nfour five six seven\n\neight"
    assert pack(text, 16) == ["one two\n\nthree", "four five six seven", "eight"]


def test_ratios_are_told_of_what_was_measured_and_of_nothing_else() -> None:
    ours: Row = {"what": OURS, "index, s": 10.0, "chunks": 100, "chunks/s": 10.0, "3 pages edited, s": 0.5}
    limit: Row = {"what": LIMIT, "index, s": 8.0, "chunks": 100, "chunks/s": 12.5}
    rival: Row = {"what": "txtai", "index, s": 45.0, "chunks": 95, "chunks/s": 2.1}
    found = {(row["ratio"], row["beside"]): row["value"] for row in ratios([ours, limit, rival])}
    assert found == {
        ("our rate of indexing, as a share", LIMIT): 0.8,
        ("chunks, times ours", "txtai"): 0.95,
        ("index, times as long", "txtai"): 4.5,
        ("a full build to 3 pages edited", OURS): 20.0,
    }


def test_a_program_is_timed_to_its_first_answer_and_its_figures_are_read() -> None:
    program = "import time; time.sleep(.2); print('answered', flush=True); print('{\"what\": 1}')"
    row = run([sys.executable, "-c", program])
    assert row.pop("what") == 1
    assert float(row.pop("first answer, s")) >= 0.2
    assert row == {}
    with pytest.raises(RuntimeError, match="exit status 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"])


def test_percentiles() -> None:
    assert percentile([float(n) for n in range(101)], 95) == 95
