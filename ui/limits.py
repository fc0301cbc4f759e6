"""Which sources were limited, kept in ``limits.json``: one taken out of the settings is not open to all by that."""

from __future__ import annotations

import json
from pathlib import Path

from ui.asker import Limits
from ui.files import replace_file

FILE_NAME = "limits.json"


def noted_limits(folder: Path) -> frozenset[str]:
    """The names of the sources that were limited when they were last in the settings."""
    try:
        noted = json.loads((folder / FILE_NAME).read_text("utf-8"))
        return frozenset(map(str, noted["limited"]))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        # What cannot be read may have named any source: with a name that none has, all unknown ones stay hidden.
        return frozenset({""})


def join_limits(folder: Path, other: Path) -> None:
    """Keep the limits that are noted in another data folder too: what was limited in either stays so."""
    joined = noted_limits(folder) | noted_limits(other)
    if joined != noted_limits(folder):
        replace_file(folder / FILE_NAME, json.dumps({"limited": sorted(joined)}))


def note_limits(folder: Path, limits: Limits, held: set[str]) -> None:
    """Keep which sources are limited, of those in the settings and those that the index still holds pages of."""
    known = limits.groups.keys() | held
    wanted = limits.limited & known
    if wanted != noted_limits(folder):
        replace_file(folder / FILE_NAME, json.dumps({"limited": sorted(wanted)}))
