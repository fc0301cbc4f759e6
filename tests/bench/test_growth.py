from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.chunk import ChunkOptions, chunk_document
from ingest.parse import parse
from ingest.types import Page
from tests.bench.growth import Grown
from tests.bench.growth_plot import PANELS, draw
from tests.bench.pages import CHUNKS_A_PAGE, MadePage, WeighedWords, spread, write_pages
from tests.bench.tables import Row

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_a_made_page_is_the_same_however_many_there_are(tmp_path: Path) -> None:
    for count in (3, 5):
        write_pages(tmp_path / str(count), count)
    few, many = ({p.name: p.read_bytes() for p in (tmp_path / n).rglob("*.md")} for n in ("3", "5"))
    assert (len(few), len(many)) == (3, 5)
    assert few.items() <= many.items()


def test_made_pages_are_english_are_cut_as_announced_and_can_be_asked_for() -> None:
    encoder = WeighedWords()
    pages = [MadePage(number) for number in range(40)]
    documents = [parse(Page(page.name, page.text.encode(), "text/markdown", NOW)) for page in pages]
    assert {document.language for document in documents} == {"en"}
    chunks = [chunk for document in documents for chunk in chunk_document(document, encoder, ChunkOptions())]
    assert len(chunks) / len(pages) == pytest.approx(CHUNKS_A_PAGE, rel=0.05)
    vectors = encoder.encode_documents([chunk.embedded for chunk in chunks])
    best = (encoder.encode_queries([page.question for page in pages]) @ vectors.T).argmax(axis=1)
    found = [chunks[place].url == page.name for place, page in zip(best, pages, strict=True)]
    assert sum(found) > 20  # by the vectors alone


def test_an_edited_page_differs_in_one_sentence() -> None:
    page = MadePage(7)
    before, after = page.text.split(". "), page.edited.split(". ")
    assert len(after) == len(before) + 1
    assert len(set(after) - set(before)) <= 2


def test_numbers_are_spread_over_all() -> None:
    assert list(spread(3, 101)) == [0, 50, 100]


def test_every_stage_of_a_size_gives_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grown = Grown(tmp_path, 100)
    row: Row = {}
    for stage in ("lay", "build", "quiet", "edit", "serve"):
        row |= getattr(grown, stage)()
    assert capsys.readouterr().out == "answered\n"
    assert row["chunks"] == pytest.approx(100, rel=0.1)
    assert float(row["search p50, ms"]) <= float(row["search p95, ms"])
    assert float(row["right page first, %"]) > 80
    row["first answer, s"] = 1.0
    drawn = ET.fromstring(draw([row, row | {"chunks": 1_000}]))
    lines = drawn.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == sum(len(panel.lines) for panel in PANELS)
