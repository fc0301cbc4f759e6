"""Words of a question that were read as words of the pages, as the keyboard may have slipped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.types import Citation, Respelling
from index.keywords.stems import terms
from index.ledger.ledger import StoredPage

_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"[^\W\d_]+[-\u2010\u2011][^\W\d_]+")


def respellings(
    asked: str, read: str, citations: Sequence[Citation], pages: Mapping[str, StoredPage]
) -> tuple[Respelling, ...]:
    """The words that were ``asked`` and ``read`` as others on which the answer rests: a footnote holds them.

    What is read is a stem; it is told as the page writes the word.
    """
    found: dict[Respelling, None] = {}
    for word, stem in zip(_WORD.findall(asked), _WORD.findall(read), strict=False):
        written = _as_written(stem.lower(), citations, pages) if word != stem else None
        if written:
            found[Respelling(word, written)] = None
    return tuple(found)


def _as_written(stem: str, citations: Sequence[Citation], pages: Mapping[str, StoredPage]) -> str | None:
    for citation in citations:
        language = pages[citation.url].document.language
        said = f"{citation.quote} {citation.title} {citation.section}"
        for word in (*_WORD.findall(said), *_HYPHENATED.findall(said)):
            if terms(re.sub(r"\W", "", word), language) == [stem]:
                return str(word)
    return None
