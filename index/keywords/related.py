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
    return _read(language).get(word.lower(), ())


@cache
def _read(language: str) -> Mapping[str, Sequence[tuple[str, float]]]:
    file = _LISTS / f"{language}.tsv.gz"
    if not language.isalpha() or not file.exists():
        return {}
    rows = (line.split("\t") for line in gzip.decompress(file.read_bytes()).decode().split("\n"))
    return {word: tuple(_neighbour(cell) for cell in near) for word, *near in rows}


def _neighbour(cell: str) -> tuple[str, float]:
    word, hundredths = cell.split(" ")
    return word, int(hundredths) / 100
