"""Rows of figures as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

Row = dict[str, str | int | float]


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a table with a column for every key of theirs; a value that a row lacks is left empty."""
    values = {key: value for row in rows for key, value in row.items()}
    columns = list(values)
    cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    rule = ["---" if isinstance(value, str) else "---:" for value in values.values()]
    return "\n".join("| " + " | ".join(line) + " |" for line in [columns, rule, *cells])


def write_json(rows: Sequence[Row], path: Path) -> None:
    """The rows in a file, as a list of objects."""
    path.write_text(json.dumps(list(rows), indent=1) + "\n", "utf-8")


def _cell(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else value
