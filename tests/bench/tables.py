"""Rows of figures as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

Row = dict[str, str | int | float]


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table whose columns are the first row's keys; a value that a row lacks is left empty."""
    columns = list(rows[0])
    cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    rule = ["---:" if isinstance(rows[0][column], int | float) else "---" for column in columns]
    return "\n".join("| " + " | ".join(line) + " |" for line in [columns, rule, *cells])


def write_json(rows: Sequence[Row], path: Path) -> None:
    """The rows in a file, as a list of objects."""
    path.write_text(json.dumps(list(rows), indent=1) + "\n", "utf-8")


def _cell(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else value
