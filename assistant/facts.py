"""The exact fact in a sentence, by the type of question: what is set in bold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from assistant.question.kinds import holds_kind
from assistant.question.question import AnswerType, Question
from assistant.ranking.ranking import Ranked

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?|\w+kuuta|januari|februari|mars|april|maj|juni|juli|augusti|oktober)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|"
    r"hundred)"
)
# "31 600", as Finnish and Swedish write it, is one figure, and so is "20 million".
_DIGITS = (
    r"(?<![\d.,])(?:\d{1,3}(?: \d{3})+(?:,\d+)?(?!\d)|\d[\d,.]*\d|\d)"
    r"(?: ?(?:million|billion|thousand|miljoona\w?|miljardi\w?|tuhatta|miljoner|miljarder|tusen)\b)?"
)
_FIGURE = rf"(?:{_DIGITS}|\b{_WORD}(?:[- ]{_WORD})?\b)"
_CURRENCY = r"(?:€|%|dollars?\b|euros?\b|euroa\b|kronor\b|kr\b|EUR\b|USD\b|SEK\b)"
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
        rf"(?<![$€£\d,.])(?<![$€£] )\b(?:1[5-9]|20)\d\d\b(?! ?{_CURRENCY})",
        r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b",
    ),
    "duration": (rf"{_FIGURE}(?: ?(?:-|–|to|or) ?{_FIGURE})?[- ]{_TIME}\b",),
    "money": (rf"[$€£] ?{_DIGITS}|{_DIGITS} ?{_CURRENCY}",),
    "number": (rf"\d+(?:\.\d+)? ?%|{_FIGURE}(?= [a-zäöå])", _FIGURE),
}
_FACTS: Mapping[AnswerType, tuple[re.Pattern[str], ...]] = {
    **{kind: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns) for kind, patterns in _PATTERNS.items()},
    # A name is known by its capitals.
    "person": (re.compile(r"(?<=[a-zäöå,:] )[A-ZÅÄÖ][\w’'-]+(?: [A-ZÅÄÖ][\w’'-]+)+"),),
}

_UNLIKELY = -1.0  # log-odds below which what the reader points at is wrong more often than right
_NEARLY_ALL = 0.8  # of a line: that much in bold stresses nothing

_COUNTED: tuple[AnswerType, ...] = ("duration", "money", "number")
_UNIT = re.compile(r"\bhow many (?:\w+ ){0,2}?(second|minute|hour|day|week|month|year)s?\b")

_CELL = re.compile(r"(?:^| \| )(?P<name>[^|:]+): (?P<value>.+?)(?= \| |$)")
_WORDS = re.compile(r"\w+")
_BETWEEN = re.compile(r"\b(?:from|since|after|before|than|until|compared|versus|vs)\b", re.IGNORECASE)
_WHICH = re.compile(
    r"(?:which|who|where|in which|mikä|mitkä|kuka|ketkä|missä|vilke[nt]|vilka|vem|var)\b", re.IGNORECASE
)
_THINGS = re.compile(r"\bhow many (\w{3,})")


def _counts(asked: str, behind: str) -> bool:
    """Whether a figure counts what is asked for: "how many staff" and "150,000 members of staff"."""
    things = _THINGS.search(asked)
    return things is not None and any(word.startswith(things[1][:4]) for word in behind.lower().split()[:3])


def find_fact(question: Question, text: str) -> tuple[int, int] | None:
    """Where in a sentence the thing asked for stands (characters), or None when it cannot be told.

    What the question says itself is no answer to it and is passed over, as is what is counted in other units than the
    question's. Where several figures are left nobody can tell which is asked for.
    """
    asked = question.text.lower()
    unit = _UNIT.search(asked)
    for pattern in _FACTS.get(question.answer_type, ()):
        found = [match for match in pattern.finditer(text) if match.group().lower() not in asked]
        if unit and question.answer_type == "duration":
            found = [match for match in found if unit[1] in match.group().lower()]
        if counted := [match for match in found if _counts(asked, text[match.end() :])]:
            found = counted
        if found:
            several = question.answer_type in _COUNTED and len({match.group().lower() for match in found}) > 1
            return None if several else found[0].span()
    return None


def fact_of(question: Question, item: Ranked, start: int, end: int) -> tuple[int, int] | None:
    """What is set in bold of a line that is shown (``start`` to ``end`` of its page), in characters of that line.

    It is what the reader points at, where that can be the thing asked for: better nothing in bold than the wrong thing.
    """
    shown = item.unit.page.document.text[start:end]
    if item.unit.kind in ("list", "outline") or shown.endswith(("?", ":")):
        return None
    if item.read == -math.inf:
        return find_fact(question, shown)
    if item.read < _UNLIKELY or item.fact is None or item.fact[0] < start or end < item.fact[1]:
        return None
    begin, stop = item.fact[0] - start, item.fact[1] - start
    if item.unit.kind == "row":
        if (asked := _cell_asked_for(question, shown, begin)) and not asked[0] <= begin < stop <= asked[1]:
            return asked
        if not _says_of_a_cell(shown, begin, stop):
            return find_fact(question, shown)
    if stop - begin >= _NEARLY_ALL * len(shown) or "\n" in shown[begin:stop]:
        return None
    language = item.unit.page.document.language
    is_other = question.answer_type in _COUNTED and not holds_kind(question, shown[begin:stop], language)
    return find_fact(question, shown) if is_other and holds_kind(question, shown, language) else (begin, stop)


def _cell_asked_for(question: Question, row: str, pointed: int) -> tuple[int, int] | None:
    """The cell of a table's row under the one year or class that the question names: of "revenue in 2024" that one's.

    Only where ``pointed`` at is the row's label, or another year: a "change", a "price" is what it is in any. Who asks
    which row it is asks for none of its figures, and "since 2023" for more than one.
    """
    if _WHICH.match(question.text) or _BETWEEN.search(question.text):
        return None
    words = f" {' '.join(_WORDS.findall(question.text.lower()))} "
    named: list[tuple[int, int]] = []
    for number, cell in enumerate(_CELL.finditer(row)):
        name = " ".join(_WORDS.findall(cell["name"].lower()))
        is_class = any(map(str.isdigit, name))
        if cell.start() <= pointed < cell.end() and number and not is_class:
            return None
        if is_class and f" {name} " in words:
            named.append(cell.span("value"))
    return named[0] if len(named) == 1 else None


def _says_of_a_cell(row: str, start: int, end: int) -> bool:
    """Whether a stretch of a table's row lies within one cell and is more than its column's name."""
    first = row.rfind(" | ", 0, start) + 1
    last = row.find(" | ", start)
    name = row.find(": ", first, last if last >= 0 else len(row))
    return (last < 0 or end <= last) and name < end
