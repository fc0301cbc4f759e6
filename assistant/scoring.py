"""How well a text covers a question: its words weighed by rarity, and the kind of thing that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from assistant.question import AnswerType, is_grammar
from index.keywords import terms

_MONTH = (
    r"jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|\w+kuuta|\w+kuussa|\w+ari|maj"
)
_NUMBER_WORD = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|"
    r"once|twice|half|no|yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän|kymmenen|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio"
)
_UNIT_OF_TIME = r"(?:business |working |calendar |full |pay )?(?:second|minute|hour|day|week|fortnight|month|quarter|year|period|päivä|viik|kuukau|vuo|tunti|minuut|dag|veck|månad|år|timm)\w*"
# What a passage must hold for a question of each type; types that are not here can be answered by any words.
EVIDENCE: Mapping[AnswerType, re.Pattern[str]] = {
    "date": re.compile(rf"\b(?:1[5-9]|20)\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}\b|\b(?:{_MONTH})\b\.? ?\d|\b\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?(?:{_MONTH})\b|"
                       r"\b\d{1,2}(?::\d\d)? ?(?:a\.?m|p\.?m)\b|\b\d{1,2}[:.]\d\d\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:daily|weekly|monthly|quarterly|annually|yearly|every|noon|midnight|before|after|during|until|once|as soon as|end of|start of|beginning)\b", re.IGNORECASE),
    "duration": re.compile(rf"\b(?:\d[\d,.]*|{_NUMBER_WORD}|an?|several|few)[ -](?:to[ -]\d+[ -])?(?:\({{0,1}}\d+\)? )?{_UNIT_OF_TIME}|\b\d+[-–]\d+ {_UNIT_OF_TIME}|\b(?:immediately|indefinitely|permanent\w*|forever|until|same day|overnight|daily|weekly)\b|\b\d+[ -]?(?:h|hrs?|min)\b", re.IGNORECASE),
    "money": re.compile(r"[$€£]\s?\d|\b\d[\d,.]*\s?(?:dollars?|euros?|usd|eur|cents?|€|%|percent)|\bfree\b|\bno (?:cost|charge|fee)|\bmaksu\w*|\bilmai\w*|\b\d{2,}\b", re.IGNORECASE),
    "number": re.compile(rf"\d|\b(?:{_NUMBER_WORD}|first|second|third|every|daily|weekly|monthly|quarterly|annually|never|always|unlimited)\b", re.IGNORECASE),
    "person": re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÅÄÖ][\w’'.-]+|@|\b(?:supervisor|manager|director|lead|team|office|specialist|officer|administrator|coordinator|owner|employee|staff|crew|you|your|who|anyone|everyone)\b"),
}  # fmt: skip


class Rarity(Protocol):
    """How telling words are."""

    def rarity(self, words: Iterable[str], language: str) -> dict[str, float]:
        """Inverse document frequency of each stemmed word."""

    def known(self, words: Iterable[str], language: str) -> set[str]:
        """Those of the stemmed words that any passage holds."""


def content_terms(text: str, language: str) -> list[str]:
    """The text's topic words, stemmed, each once, in order."""
    plain = [word for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text) if not is_grammar(word.lower())]
    return list(dict.fromkeys(terms(" ".join(plain), language)))


@lru_cache(maxsize=16_384)
def text_terms(text: str, language: str) -> frozenset[str]:
    """The words of a passage as a set, stemmed."""
    return frozenset(terms(text, language))


def coverage(weights: Mapping[str, float], held: Iterable[str]) -> float:
    """The share of the weights whose words are held; 0 when there are none."""
    total = sum(weights.values())
    held = set(held)
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 0.0


def holds_type(answer_type: AnswerType, text: str) -> bool:
    """Whether a text holds the kind of thing that a question of this type asks for."""
    pattern = EVIDENCE.get(answer_type)
    return pattern is None or pattern.search(text) is not None
