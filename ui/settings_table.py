"""The README's table of settings, drawn from the settings themselves.

Run as a program with the path of a README it writes the table between that file's markers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from ingest.errors import UsageError
from ui.settings import CONFIG_NAME, ENV_PREFIX, Settings

OPENING, CLOSING = "<!-- settings -->", "<!-- /settings -->"


def settings_table() -> str:
    """Every setting with its environment variable, default and meaning, as a Markdown table."""
    rows = [f"| Setting in `{CONFIG_NAME}` | Environment variable | Default | Meaning |", "|---|---|---|---|"]
    for path, field in _settings(Settings, ()):
        # A list of tables is one variable, as JSON.
        variable = f"`{ENV_PREFIX}{'__'.join(path).upper()}`" if path[0] != "sources" or len(path) == 1 else ""
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{'.'.join(path)}` | {variable} | {_default(field)} | {meaning} |")
    return "\n".join(rows)


def with_table(readme: str) -> str:
    """The README's text with the table between its markers. Raises ``UsageError`` when it has none."""
    before, opening, rest = readme.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not opening or not closing:
        raise UsageError(f"the file has no lines {OPENING!r} and {CLOSING!r}", hint="put them where the table belongs")
    return f"{before}{opening}\n{settings_table()}\n{closing}{after}"


def _settings(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None or field.description:
            yield (*path, name), field
        if inner is not None:
            yield from _settings(inner, (*path, name))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a setting is, may be or is a list of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "needed"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value}`"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(with_table(target.read_text("utf-8")), "utf-8")
