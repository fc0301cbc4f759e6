"""The exact fact in a sentence, by the type of question: what is set in bold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.question import AnswerType, Question

_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?|\w+kuuta|januari|februari|mars|april|maj|juni|juli|augusti|oktober)"
)
_WORDS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred)"
_FIGURE = rf"(?:\d[\d,.]*\d|\d|\b{_WORDS}(?:[- ]{_WORDS})?\b)"
_SPAN = r"(?:(?:business|working|calendar|full|pay|consecutive|work) )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|periods?)"

# Tried in order; the first pattern that matches gives the fact.
_FACTS: Mapping[AnswerType, tuple[re.Pattern[str], ...]] = {
    "date": (
        re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?{_MONTHS},? \d{{4}}\b|\b{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b", re.IGNORECASE),
        re.compile(rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b{_MONTHS}\.? \d{{1,4}}\b|\b\d{{1,2}}\.? {_MONTHS}\b", re.IGNORECASE),
        re.compile(r"\b\d{1,2}(?::\d{2})? ?(?:a\.?m\.?|p\.?m\.?)|\b\d{1,2}:\d{2}\b", re.IGNORECASE),
        re.compile(r"\b(?:1[5-9]|20)\d\d\b"),
        re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"),
    ),
    "duration": (re.compile(rf"{_FIGURE}(?: ?(?:-|–|to|or) ?{_FIGURE})?[- ]{_SPAN}\b", re.IGNORECASE),),
    "money": (re.compile(r"[$€£] ?\d[\d,.]*\d|[$€£] ?\d|\b\d[\d,.]* ?(?:€|%|dollars?|euros?)", re.IGNORECASE),),
    "number": (
        re.compile(rf"\d+(?:\.\d+)? ?%|{_FIGURE}(?= [a-zäöå])", re.IGNORECASE),
        re.compile(rf"{_FIGURE}", re.IGNORECASE),
    ),
    "person": (re.compile(r"(?<=[a-zäöå,:] )[A-ZÅÄÖ][\w’'-]+(?: [A-ZÅÄÖ][\w’'-]+)+"),),
}  # fmt: skip


def find_fact(question: Question, text: str) -> tuple[int, int] | None:
    """Where in a sentence the thing asked for stands (characters), or None when it cannot be told.

    What the question says itself is no answer to it and is passed over.
    """
    asked = question.text.lower()
    for pattern in _FACTS.get(question.answer_type, ()):
        for match in pattern.finditer(text):
            if match.group().lower() not in asked:
                return match.span()
    return None
