"""Which sources were limited, in the note ``limits.json``: one taken out of the settings is not open to all by that."""

from __future__ import annotations

import json
from dataclasses import replace

from index.ledger.notes import Notes
from ui.access.asker import Limits

FILE_NAME = "limits.json"


def noted_limits(notes: Notes) -> frozenset[str]:
    """The names of the sources that were limited when they were last in the settings."""
    return _names(notes.read(FILE_NAME))


def join_limits(notes: Notes, other: Notes) -> None:
    """Keep the limits that are noted elsewhere too: what was limited in either stays so."""
    more = noted_limits(other)
    notes.update(FILE_NAME, lambda written: _written(_names(written) | more, written))


def note_limits(notes: Notes, limits: Limits, held: set[str] | None) -> bool:
    """Keep which sources are limited, of those in the settings and those that the index still holds pages of.

    ``held`` None: of all that ever were; another server may be about to fetch their pages. Whether that was news.
    """
    told: list[str | None] = []

    def with_these(written: str | None) -> str | None:
        wanted = replace(limits, noted=_names(written)).limited
        if held is not None:
            wanted &= limits.groups.keys() | held
        told.append(_written(wanted, written))
        return told[-1]

    notes.update(FILE_NAME, with_these)
    return told[-1] is not None


def _names(written: str | None) -> frozenset[str]:
    if written is None:
        return frozenset()
    try:
        return frozenset(map(str, json.loads(written)["limited"]))
    except (ValueError, KeyError, TypeError):
        # What cannot be read may have named any source: with a name that none has, all unknown ones stay hidden.
        return frozenset({""})


def _written(names: frozenset[str], before: str | None) -> str | None:
    return None if names == _names(before) else json.dumps({"limited": sorted(names)})
