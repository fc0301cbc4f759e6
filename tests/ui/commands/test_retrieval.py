from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.index.models import save_encoder
from ui.cli import main


@pytest.fixture(scope="module")
def beir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test set of four passages and three questions, one of them with a history, and settings with a tiny model."""
    folder = tmp_path_factory.mktemp("beir")
    passages = {
        "leave": ("Leave", "Everyone earns thirty days of annual leave a year."),
        "sick": ("", "A doctor's note is needed after three days of sickness."),
        "parking": ("Parking", "A <b>permit</b> for the garage costs twenty euros a month."),
        "lunch": ("Lunch", "The canteen serves lunch from eleven to one."),
    }
    lines = [json.dumps({"_id": name, "title": title, "text": text}) for name, (title, text) in passages.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines))
    questions = [
        {"_id": "q1", "text": "annual leave thirty days"},
        {"_id": "q2", "text": "and the garage?", "history": ["what does a parking permit cost"]},
        {"_id": "q3", "text": "<i>canteen</i>"},
    ]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, questions)))
    (folder / "qrels").mkdir()
    judged = ["q1\tleave\t1", "q2\tparking\t1", "q3\tlunch\t1", "q3\tnowhere\t2"]
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(judged))
    model = save_encoder(folder / "model")
    (folder / "footnoted.toml").write_text(f'[embedding]\nmodel = "{model}"\n[reader]\nmodel = "none"\n')
    return folder


def test_search_is_measured_and_its_page_needs_nothing_else(beir: Path) -> None:
    page = beir / "search.html"
    done = CliRunner().invoke(
        main, ["eval-retrieval", str(beir), "--json", "--report", str(page), "--config", str(beir / "footnoted.toml")]
    )
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)

    assert (figures["documents"], figures["queries"]) == (4, 3)
    assert figures["recall@10"] == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-4)
    assert 0 < figures["ndcg@5"] < 1
    written = page.read_text()
    assert re.findall(r"(?:src|href)=|https?:|@import|<script|<[bi]>", written) == []
    assert f"{figures['recall@10']:.3f}" in written
    assert "with a conversation before them" in written
    assert "recall@10 0.50 · &lt;i&gt;canteen&lt;/i&gt;" in written
    assert written.count("<details>") == 1, "of the questions only that of which a passage was not found"


def test_a_page_that_cannot_be_written_is_said_before_anything_is_asked(beir: Path) -> None:
    done = CliRunner().invoke(main, ["eval-retrieval", str(beir), "--report", str(beir / "nowhere" / "page.html")])

    assert done.exit_code == 2
    assert "there is no folder" in done.stderr
