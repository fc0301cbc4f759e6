"""Words that a question writes as two and the pages as one, or the reverse: "web site" and "website"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.keywords.keyword_index import KeywordIndex
from index.keywords.stems import terms

_WORD = re.compile(r"(?<![\w'’-])[^\W\d_]+(?![\w'’-])")
# "Over time" is not "overtime": these words open a phrase as often as a compound.
_LOOSE = frozenset(
    """
    over under up down out off after before with yli alle ali jälkeen ennen över upp ut av efter före för till från
    """.split()  # noqa: SIM905 - as a list it cannot be read
)
_SHORTEST = 3  # letters of a part that is looked for in one word
_LOOKED_AT = 20  # passages that are read to see whether two words stand side by side


@dataclass(frozen=True, slots=True)
class Compounds:
    """The compound words of the pages. ``texts`` gives the passages of some ids."""

    keywords: KeywordIndex
    languages: Sequence[str]
    texts: Callable[[Iterable[str]], Iterable[str]]

    def as_written(self, query: str) -> str:
        """The query with a hyphen in the words that the pages write otherwise: hyphenated ones are found either way."""
        for one, other in reversed(list(pairwise(_WORD.finditer(query)))):
            if query[one.end() : other.start()] == " " and self._is_one(one.group(), other.group()):
                query = f"{query[: one.end()]}-{query[other.start() :]}"
        return _WORD.sub(lambda match: self._parted(match.group()), query)

    def _is_one(self, first: str, second: str) -> bool:
        """Whether the pages hold two words of the query as one word, without a hyphen, as which it is found anyway."""
        if first.lower() in _LOOSE or (len(first) == 1 and first not in "eE") or len(second) == 1:
            return False
        return any(
            terms(first, language)
            and terms(second, language)
            and self._holds(first + second, language)
            and self._is_read(first + second, f"({first}{second[:_SHORTEST]}\\w*)", first + second, language)
            for language in self.languages
        )

    def _parted(self, word: str) -> str:
        """A word that no page holds with a hyphen where the pages have two words side by side; else as it is.

        A word with a capital is a name: "PowerPoint" is no power point.
        """
        if word != word.lower() or any(self._holds(word, language) for language in self.languages):
            return word
        for at in range(_SHORTEST, len(word) - _SHORTEST + 1):
            first, second = word[:at], word[at:]
            if first not in _LOOSE and any(
                self._holds(first, language)
                and self._holds(second, language)
                and self._is_read(f"{first} {second}", rf"{first}[ \u00a0]([^\W\d_]+)", second, language)
                for language in self.languages
            ):
                return f"{first}-{second}"
        return word

    def _is_read(self, query: str, pattern: str, word: str, language: str) -> bool:
        """Whether a passage found for a query has a form of the word where the pattern has its group."""
        sought = re.compile(rf"(?<![\w-]){pattern}(?![\w-])", re.IGNORECASE)
        texts = self.texts(self.keywords.search(query, [language], _LOOKED_AT))
        stems = terms(word, language)
        return any(terms(found, language) == stems for text in texts for found in sought.findall(text))

    def _holds(self, word: str, language: str) -> bool:
        stems = terms(word, language)
        return len(stems) == 1 and self.keywords.document_frequency(stems[0], language) > 0
