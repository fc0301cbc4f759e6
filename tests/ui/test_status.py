"""What an operator is told of an index: which model made it, and pages in languages that the model does not speak."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from assistant.reader.options import ReaderOptions
from index.embedding.options import EmbeddingOptions
from index.keywords.spoken import MULTILINGUAL
from index.testing import HashEmbedding
from index.types import SyncReport
from ingest.folder import FolderOptions, FolderSource
from ui.commands.report import print_report, print_status
from ui.owner.sync_view import page_html
from ui.settings import Settings
from ui.status import Status, read_status
from ui.workspace import Workspace

FINNISH = "# Vuosiloma\n\nTyöntekijälle kertyy vuosilomaa kaksi ja puoli päivää kuukaudessa, ja siitä sovitaan.\n"
ENGLISH = "# Annual leave\n\nEvery employee earns thirty days of annual leave a year, and agrees on when to take it.\n"


def status_with(folder: Path, options: EmbeddingOptions, pages: dict[str, str]) -> Status:
    for name, text in pages.items():
        (folder / "pages").mkdir(exist_ok=True)
        (folder / "pages" / name).write_text(text)
    settings = Settings(data_dir=folder / "data", embedding=options, reader=ReaderOptions(model="none"))
    workspace = Workspace(settings, HashEmbedding())
    try:
        workspace.sync([FolderSource(FolderOptions(path=folder / "pages"), "pages")])
    finally:
        workspace.close()
    return read_status(settings)


def test_a_language_that_the_model_does_not_speak_is_told_wherever_the_operator_looks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = status_with(tmp_path, EmbeddingOptions(), {"loma.md": FINNISH, "leave.md": ENGLISH})
    told = (
        "1 of 2 pages are in languages that the embedding model 'all-MiniLM-L6-v2' does not speak (Finnish 1)",
        MULTILINGUAL,
    )

    print_status(status)
    print_report(SyncReport(), False, status.notes)
    shown = capsys.readouterr()
    page = unescape(page_html("Footnoted", status, "seal"))
    for place in (" ".join(status.notes), shown.out, shown.err, page):
        for words in told:
            assert words in place
    assert 'class="warn">1 of 2 pages' in page


def test_nothing_is_said_where_the_model_speaks_them(tmp_path: Path) -> None:
    spoken = EmbeddingOptions(languages=("en", "fi"))
    status = status_with(tmp_path, spoken, {"loma.md": FINNISH, "leave.md": ENGLISH})

    assert status.languages == {"en": 1, "fi": 1}
    assert status.notes == ()


def test_the_model_that_made_the_index_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = status_with(tmp_path, EmbeddingOptions(), {"leave.md": ENGLISH})

    print_status(status)
    assert status.model == "all-MiniLM-L6-v2"
    assert "made with the embedding model all-MiniLM-L6-v2" in capsys.readouterr().out
    assert "1 pages in 1 passages, found with all-MiniLM-L6-v2" in page_html("Footnoted", status, "seal")
