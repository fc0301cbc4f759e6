from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UsageError
from ui.settings_table import CLOSING, OPENING, settings_table, with_table

README = Path(__file__).parents[2] / "README.md"


def rows() -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in settings_table().splitlines()[2:]]
    return {row[0].strip("`"): row for row in cells}


def test_every_setting_is_there_with_its_variable_and_default() -> None:
    table = rows()

    assert table["server.port"][1:3] == ["`FOOTNOTED_SERVER__PORT`", "`7860`"]
    assert table["data_dir"][1] == "`FOOTNOTED_DATA_DIR`"
    assert table["sources"][1] == "`FOOTNOTED_SOURCES`"
    assert table["sources.every"][1:3] == ["", "`1h`"]
    assert table["sources.folder.path"][2] == "needed"
    assert table["server.webhook_secret"][2] == ""


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, row in rows().items() if len(row) != 4 or not row[3]] == []


def test_the_table_is_put_between_the_markers() -> None:
    made = with_table(f"before\n{OPENING}\nold\n{CLOSING}\nafter\n")

    assert made == f"before\n{OPENING}\n{settings_table()}\n{CLOSING}\nafter\n"
    assert with_table(made) == made
    with pytest.raises(UsageError, match="has no lines"):
        with_table("no markers")
