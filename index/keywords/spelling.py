"""Slips of the keyboard in a question: a word that nobody knows is read as the nearest word the pages hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from index.keywords.keyword_index import KeywordIndex
from index.keywords.stems import hyphenated, terms

_WORD = re.compile(r"[^\W\d_]{4,}")
_LONG = 8  # letters from which two slips in a word are forgiven


def correct(
    query: str, keywords: KeywordIndex, language: str, is_word: Callable[[str], bool], others: Collection[str] = ()
) -> str:
    """The query with each unknown word replaced by the (stemmed) word of the pages that is one or two slips away.

    A word is left alone when the pages hold it, in their main ``language`` or one of the ``others``, when the model's
    vocabulary does, or when nothing is near; so is each part of a hyphenated word that they hold as one. A name stays
    one: its capital is kept.
    """

    def held(word: str) -> bool:
        return any(keywords.document_frequency(stem, of) for of in (language, *others) for stem in terms(word, of))

    whole = {part for solid, parts in hyphenated(query) if held(solid) for part in parts.split()}

    def replace(match: re.Match[str]) -> str:
        word = match.group()
        stems = terms(word, language)
        if len(stems) != 1 or is_word(word.lower()) or word in whole or held(word):
            return word
        found = _nearest(word.lower(), stems[0], keywords, language)
        if found and word[0].isupper() and match.start():
            return found.capitalize()
        return found or word

    return _WORD.sub(replace, query)


def _nearest(word: str, stem: str, keywords: KeywordIndex, language: str) -> str | None:
    allowed = 2 if len(word) >= _LONG else 1
    best: tuple[int, int, str] | None = None
    letters, stem_letters = set(word), set(stem)
    for candidate in keywords.vocabulary(stem[:1], language):
        if abs(len(candidate) - len(stem)) > allowed or not candidate.isalpha():
            continue
        # A slip exchanges one letter for another at most: words that differ in more kinds of letters are not near.
        if (
            min(len(stem_letters.symmetric_difference(candidate)), len(letters.symmetric_difference(candidate)))
            > 2 * allowed
        ):
            continue
        distance = min(slips(stem, candidate, allowed), slips(word, candidate, allowed))
        if distance <= allowed:
            rank = (distance, -keywords.document_frequency(candidate, language), candidate)
            best = rank if best is None or rank < best else best
    return best[2] if best else None


def slips(one: str, other: str, most: int) -> int:
    """How many letters must be put in, left out, changed or swapped with a neighbour; ``most + 1`` when more than that.

    The optimal string alignment distance (Damerau 1964).
    """
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return min(last[-1], most + 1)
