"""Texts → the words that are looked for: lower case, stemmed by their language, without stop words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

# Languages that tantivy stems, by ISO 639-1 code.
STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_STOPPED = frozenset(["da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ru", "sv"])
OTHER = "other"
"""The field of every language that is not stemmed."""
_PAIR = r"(?<!\w)([^\W\d_]+)[-\u2010\u2011]([^\W_]+)(?!\w)"  # of "Wi-Fi", "e-posti", "UTF-8", but of no date
_HYPHENATED = re.compile(_PAIR)
_ANYWHERE = re.compile(f"(?={_PAIR})")  # "Wi-Fi-verkko" is "Wi-Fi" and "Fi-verkko"


@cache
def analyzer(language: str) -> Any:
    """How tantivy takes a text of the language apart."""
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(60)).filter(tantivy.Filter.lowercase())
    if language in _STOPPED:
        builder = builder.filter(tantivy.Filter.stopword(STEMMED[language]))
    builder = builder.filter(tantivy.Filter.ascii_fold())
    if language in STEMMED:
        builder = builder.filter(tantivy.Filter.stemmer(STEMMED[language]))
    return builder.build()


def field_of(language: str) -> str:
    """The name of the language whose stemming and stop words a text of ``language`` gets."""
    return language if language in STEMMED else OTHER


def with_solid(text: str) -> str:
    """The text, after it its hyphenated words without their hyphens: who writes "email" means "e-mail"."""
    # Looked at word by word first: the pattern over all of a text takes twice as long.
    likely = " ".join(word for word in text.split() if "-" in word or not word.isascii())
    return " ".join([text, *("".join(pair) for pair in _ANYWHERE.findall(likely))])


def hyphenated(text: str) -> Iterator[tuple[str, str]]:
    """The text's hyphenated words, each as one word and as the words that it consists of."""
    for match in _HYPHENATED.finditer(text):
        yield match[1] + match[2], f"{match[1]} {match[2]}"


def terms(text: str, language: str) -> list[str]:
    """The text's words as the index stores them: lower case, stemmed, without stop words."""
    whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair, as JSON may hold, is no text
    return [str(term) for term in analyzer(field_of(language)).analyze(whole)]
