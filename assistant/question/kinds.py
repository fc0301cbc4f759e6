"""Whether a text holds the kind of thing that a question asks for: a date for a "when", a figure for a "how many"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from assistant.question.contacts import contact_terms, gives_contact
from assistant.question.question import AnswerType, Question
from assistant.question.topic import content_terms

_MONTH = (
    r"jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|\w+kuuta|\w+kuussa|\w+ari|maj"
)
_NUMBER = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|"
    "once|twice|half|no|yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän|kymmenen|"
    "ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio"
)
_TIME = (
    r"(?:business |working |calendar |full |pay )?"
    r"(?:second|minute|hour|day|week|fortnight|month|quarter|year|period|päivä|viik|kuukau|vuo|tunti|minuut|"
    r"dag|veck|månad|år|timm)\w*"
)
_WHO = (
    r"(?:supervisor|manager|director|lead|team|office|specialist|officer|administrator|coordinator|owner|employee|adviser)s?|"
    r"heads? of \w+|staff|crew|board|you|your|who|anyone|everyone|"
    r"esimie\w+|\w*johtaja\w*|\w*päällik\w+|\w*chef(?:en|er|erna)?|\w*direktör\w*|personalen"
)

# Kinds that are not here can be answered by any words.
_EVIDENCE: Mapping[AnswerType, tuple[str, ...]] = {
    "date": (
        r"\b(?:1[5-9]|20)\d\d\b|\b\d{1,2}[./]\d{1,2}\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2} ?(?:a\.?m|p\.?m)\b",
        rf"\b(?:{_MONTH})\b\.? ?\d|\b\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?(?:{_MONTH})\b",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
        r"\b(?:daily|weekly|monthly|quarterly|annually|yearly|every|noon|midnight)\b",
        r"\b(?:before|after|during|until|once|end of|start of)\b",
    ),
    "duration": (
        rf"\b(?:\d[\d,.]*|{_NUMBER}|an?|several|few)[ -](?:to[ -]\d+[ -])?(?:\(?\d+\)? )?{_TIME}|\b\d+[-–]\d+ {_TIME}",
        r"\b(?:immediately|indefinitely|permanent\w*|forever|until|same day|overnight|daily|weekly)\b",
        r"\b\d+[ -]?(?:h|hrs?|min)\b",
    ),
    "money": (
        r"[$€£]\s?\d|\b\d[\d,.]*\s?(?:dollars?|euros?|usd|eur|cents?|€|%|percent)|\b\d{2,}\b",
        r"\bfree\b|\bno (?:cost|charge|fee)|\bmaksu\w*|\bilmai\w*",
    ),
    "number": (
        rf"\d|\b(?:{_NUMBER}|first|second|third|every|daily|weekly|monthly|quarterly|annually|never|always|unlimited)\b",
    ),
    "person": (rf"(?<![.!?] )(?<!^)\b[A-ZÅÄÖ][\w’'.-]+|@|\b(?:{_WHO})\b",),
}
_COMPILED = {
    kind: re.compile("|".join(patterns), re.NOFLAG if kind == "person" else re.IGNORECASE)
    for kind, patterns in _EVIDENCE.items()
}
_SAYS_WHAT = re.compile(
    r"\b(?:is|are|was|means?|stands? for|refers? to|provides?|describes?|on|tarkoittaa|är)\b|[:–—(]| --? (?=\w)"
)
# How the first sentence under a heading says what that is.
_SAYS_WHAT_IT_IS = re.compile(
    r"(?:this|it|these|they|tämä|se|nämä|ne|detta|det|den|de)\b(?: [\w-]+){0,2}? "
    r"(?:is|are|was|were|means?|(?:must|should|can|may|will) be|contains?|provides?|describes?|lists?|holds?|"
    r"on|ovat|oli|tarkoittaa|sisältää|är|var|innehåller|betyder)\b",
    re.IGNORECASE,
)

# How many hours or days may well be what is asked for.
_WHICH_ONES = re.compile(
    r"^(?:and |so |but )?which(?: (?!are\b|were\b)[\w-]+)? (?!(?:hours|days|weeks|months|years|times)\b)"
    r"(?P<things>[a-z][\w-]*s)\b",
    re.IGNORECASE,
)
_COUNT = rf"(?<![\w.])(?!(?:19|20)\d\d )(?:\d[\d,.]*|(?:{_NUMBER.replace('|half|no|', '|')}))"
# They are named behind their number, or what is counted is something else, or all of them.
_NAMED_BEHIND = re.compile(
    r"^\s*[,(]|[:;–—]| - |\b(?:are|were|is|these|namely|such as|including|like|called)\b", re.IGNORECASE
)
_COUNTED_BEFORE = re.compile(r"[.;:] |\b(?:all|at most|up to|at least)\b", re.IGNORECASE)


def holds_kind(question: Question, text: str, language: str, above: str = "") -> bool:
    """Whether a text of the language holds the kind of thing that the question asks for.

    ``above``: the heading that it is the first sentence under.
    """
    if question.answer_type == "contact":
        return gives_contact(question.text, text)
    if question.answer_type == "definition":
        return _defines(question, text, language) or _defines_heading(question, text, language, above)
    pattern = _COMPILED.get(question.answer_type)
    return pattern is None or pattern.search(text) is not None


def only_counts(question: Question, text: str) -> bool:
    """Whether a text says how many there are of the things that a "which" asks for, and does not go on to name them."""
    asked = _WHICH_ONES.match(question.text)
    if asked is None:
        return False
    things = rf"{_COUNT} (?:[\w-]+ ){{0,2}}?{re.escape(asked['things'])}\b"
    counted = re.search(things, text, re.IGNORECASE)
    if counted is None or _NAMED_BEHIND.search(text[counted.end() :]):
        return False
    return _COUNTED_BEFORE.search(text[: counted.end()]) is None


def as_asked(question: Question, held: Set[str], gives: bool, language: str) -> Set[str]:
    """The stemmed words that a text holds, and of those that say what is asked for all if it ``gives`` that, else none.

    Of "phone number" a line that gives one holds both, whatever it calls it, and one that speaks of phones neither.
    """
    if question.answer_type != "contact":
        return held
    asked = contact_terms(question.text, language)
    return held | asked if gives else held - asked


def _defines(question: Question, text: str, language: str) -> bool:
    """Whether a sentence opens with what the question asks about and goes on to say what it is, or spells it out."""
    asked = content_terms(question.text, language)
    opening = _SAYS_WHAT.search(text)
    if opening is None:
        return False
    subject = content_terms(text[: opening.start()], language)
    if subject and subject[0] in asked and set(asked) <= set(subject):
        return True
    return any(re.search(rf"\({re.escape(name)}\)", text) for name in question.names)


def _defines_heading(question: Question, text: str, language: str, above: str) -> bool:
    """Whether a sentence says what the heading right above it is, and the question asks about that: "This is …"."""
    asked = set(content_terms(question.text, language))
    return bool(asked) and _SAYS_WHAT_IT_IS.match(text) is not None and asked <= set(content_terms(above, language))
