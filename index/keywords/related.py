"""Words that mean much the same, for questions in other words than the pages': "husband" where they say "spouse".

``training/related.py`` made the list, by the bundled embedding model; there is one for English.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_LISTS = Path(__file__).parent / "words"


def related(word: str, language: str) -> Sequence[tuple[str, float]]:
    """The nearest other words as ``stems.terms`` gives them, nearest first, each with its cosine (0 to 1).

    Empty for a word that the list lacks, and for every language without one.
    """
    near = _read(language).get(word.lower())
    return [_neighbour(cell) for cell in near.split("\t")] if near else []


@cache
def _read(language: str) -> Mapping[str, str]:
    """The list's lines by their words; each is taken apart when it is asked for, as all at once takes 40 ms."""
    file = _LISTS / f"{language}.tsv.gz"
    if not language.isalpha() or not file.exists():
        return {}
    lines = gzip.decompress(file.read_bytes()).decode().split("\n")
    return dict(line.split("\t", 1) for line in lines)


def _neighbour(cell: str) -> tuple[str, float]:
    word, hundredths = cell.split(" ")
    return word, int(hundredths) / 100
