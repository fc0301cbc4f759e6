"""The exact fact in a sentence, by the type of question: what is set in bold."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.question import AnswerType, Question

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?|\w+kuuta|januari|februari|mars|april|maj|juni|juli|augusti|oktober)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|"
    r"hundred)"
)
_FIGURE = rf"(?:\d[\d,.]*\d|\d|\b{_WORD}(?:[- ]{_WORD})?\b)"
_TIME = (
    r"(?:(?:business|working|calendar|full|pay|consecutive|work) )?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|periods?)"
)

# Tried in order: the first pattern that matches gives the fact.
_PATTERNS: Mapping[AnswerType, tuple[str, ...]] = {
    "date": (
        rf"\b{_DAY}\.? (?:of )?{_MONTH},? \d{{4}}\b|\b{_MONTH}\.? {_DAY},? \d{{4}}\b",
        rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b{_MONTH}\.? \d{{1,4}}\b|\b\d{{1,2}}\.? {_MONTH}\b",
        r"\b\d{1,2}(?::\d{2})? ?(?:a\.?m\.?|p\.?m\.?)|\b\d{1,2}:\d{2}\b",
        r"\b(?:1[5-9]|20)\d\d\b",
        r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b",
    ),
    "duration": (rf"{_FIGURE}(?: ?(?:-|–|to|or) ?{_FIGURE})?[- ]{_TIME}\b",),
    "money": (r"[$€£] ?\d[\d,.]*\d|[$€£] ?\d|\b\d[\d,.]* ?(?:€|%|dollars?|euros?)",),
    "number": (rf"\d+(?:\.\d+)? ?%|{_FIGURE}(?= [a-zäöå])", _FIGURE),
}
_FACTS: Mapping[AnswerType, tuple[re.Pattern[str], ...]] = {
    **{kind: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns) for kind, patterns in _PATTERNS.items()},
    # A name is known by its capitals.
    "person": (re.compile(r"(?<=[a-zäöå,:] )[A-ZÅÄÖ][\w’'-]+(?: [A-ZÅÄÖ][\w’'-]+)+"),),
}


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
