"""How well a text covers a question: its topic words, weighed by their rarity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from typing import Protocol

from assistant.question.question import is_grammar
from index.keywords.stems import hyphenated, terms, with_solid


class Rarity(Protocol):
    """How telling words are."""

    def rarity(self, words: Iterable[str], language: str) -> dict[str, float]:
        """Inverse document frequency of each stemmed word."""

    def known(self, words: Iterable[str], language: str) -> set[str]:
        """Those of the stemmed words that any passage holds."""


@lru_cache(maxsize=16_384)
def content_terms(text: str, language: str) -> tuple[str, ...]:
    """The text's topic words, stemmed, each once, in order."""
    # The halves of "doesn't" and "what's" are grammar; of "department's" one is.
    plain = [word for word in re.findall(r"[^\W_]+", text) if not is_grammar(word.lower())]
    return tuple(dict.fromkeys(terms(" ".join(plain), language)))


@lru_cache(maxsize=16_384)
def text_terms(text: str, language: str) -> frozenset[str]:
    """The words of a passage as a set, stemmed, hyphenated ones also as one word."""
    return frozenset(terms(with_solid(text), language))


def solid_terms(text: str, language: str) -> list[str]:
    """The hyphenated words of a question as one word each, stemmed."""
    return [term for solid, _ in hyphenated(text) for term in terms(solid, language)]


def with_parts(held: Set[str], text: str, language: str) -> Set[str]:
    """The words that are held, and the parts of those that are hyphenated in the question and held as one word."""
    parted = [parts for solid, parts in hyphenated(text) if set(terms(solid, language)) <= held]
    return held | frozenset(terms(" ".join(parted), language)) if parted else held


def coverage(weights: Mapping[str, float], held: Iterable[str]) -> float:
    """The share of the weights whose words are held; 0 when there are none."""
    total = sum(weights.values())
    held = set(held)
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 0.0
