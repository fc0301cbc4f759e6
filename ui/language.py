"""The languages of the pages: which one a person reads, and every word of ours in it (``static/words.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("en", "fi", "sv")
"""The first is the one for everyone whose own is not among them."""

_TABLE = Path(__file__).parent / "static" / "words.toml"


@dataclass(frozen=True, slots=True)
class Words:
    """Our words in one language: ``words["copy"]``, ``words.say("footnote", number=1)``."""

    language: str
    table: Mapping[str, str] = field(repr=False)

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def say(self, key: str, **values: object) -> str:
        """A sentence with its gaps filled. What fills them is text: escape the whole where it becomes HTML."""
        return self.table[key].format(**values)

    def date(self, moment: datetime) -> str:
        """A date as people write it, e.g. 3 March 2025."""
        month = self.table["months"].split()[moment.month - 1]
        return self.say("date", day=moment.day, month=month, year=moment.year)


@cache
def words_table() -> Mapping[str, Mapping[str, str]]:
    """Every key of the table with its text by language."""
    return MappingProxyType(tomllib.loads(_TABLE.read_text(encoding="utf-8")))


@cache
def words_in(language: str) -> Words:
    """The words in one of ``LANGUAGES``."""
    return Words(language, MappingProxyType({key: texts[language] for key, texts in words_table().items()}))


ENGLISH = words_in(LANGUAGES[0])


def language_for(asked: str | None, accepted: str | None) -> str:
    """The language to use: the one asked for by name, else the first that an ``Accept-Language`` header names."""
    wanted = [asked or "", *_by_preference(accepted or "")]
    return next((tag for tag in map(_primary, wanted) if tag in LANGUAGES), LANGUAGES[0])


def words_for(query: Mapping[str, str], headers: Mapping[str, str]) -> Words:
    """The words for a request: by its ``lang`` parameter, else by its ``Accept-Language`` header."""
    return words_in(language_for(query.get("lang"), headers.get("accept-language")))


def _primary(tag: str) -> str:
    return tag.strip().lower().partition("-")[0]


def _by_preference(accepted: str) -> list[str]:
    """The tags of an ``Accept-Language`` header, the best liked first (RFC 9110, section 12.5.4)."""
    liked: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        try:
            liked.append((float(weight) if weight else 1.0, tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(liked, key=lambda pair: -pair[0]) if weight > 0]
