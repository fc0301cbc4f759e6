"""The amounts in a text: money and times, as numbers that can be compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SPELLED = {
    word: float(number)
    for number, words in (
        (1, "one yksi yhden yhtä ett en"), (2, "two kaksi kahden kahta två"), (3, "three kolme kolmen kolmea tre"),
        (4, "four neljä neljän neljää fyra"), (5, "five viisi viiden viittä fem"), (6, "six kuusi kuuden kuutta sex"),
        (7, "seven seitsemän sju"), (8, "eight kahdeksan åtta"), (9, "nine yhdeksän nio"), (10, "ten kymmenen tio"),
        (11, "eleven yksitoista elva"), (12, "twelve kaksitoista tolv"),
    )
    for word in words.split()
}  # fmt: skip
MONEY = "money"
_DAYS = {  # how long each is, in days
    r"minutes?|minuut\w+|minut(?:er)?": 1 / 1440,
    r"hours?|tun(?:ti|nin|tia)|timm(?:e|ar)": 1 / 24,
    r"days?|päiv\w+|dag(?:ar)?": 1.0,
    r"weeks?|viik(?:ko|on)\w*|veck(?:a|or)": 7.0,
    r"months?|kuukau\w+|månad(?:er)?": 365.25 / 12,
    r"years?|vuo(?:si|den|tta|sien)|år": 365.25,
}
_LENGTHS = tuple((re.compile(words, re.IGNORECASE), days) for words, days in _DAYS.items())
_MONEY = r"€|euro(?:s|a|n)?|eur|pounds?|gbp|dollars?|usd|kr|kronor"
# What is counted otherwise is compared with its like alone.
_OTHER = r"%|percent|prosenttia|procent|miles?|km|kilometr\w+|kg|people|persons?|employees|henkilöä|personer"
_TIMES = {
    r"k|thousand|tuhatta|tusen": 1e3,
    r"mn?|million|miljoona\w*|miljon(?:er)?": 1e6,
    r"bn|billion|miljard\w*": 1e9,
}
_FULL = r"full|whole|working|business|calendar|täyttä|hela"  # before a unit: "5 working days"
_DIGITS = r"\d{1,3}(?:[,. \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<sign>[£$€] ?)?(?:(?P<digits>{_DIGITS})|(?P<spelled>{'|'.join(_SPELLED)}))"
    rf"(?:[ \u00a0-]?(?P<times>{'|'.join(_TIMES)}))?"
    rf"(?:[ -]?(?:(?:{_FULL}) )?(?P<unit>{'|'.join([*_DAYS, _MONEY, _OTHER])}))?(?!\w|[.,]\d)",
    re.IGNORECASE,
)
_BOUGHT = (
    r"(?:orders?|purchases?|contracts?|invoices?|tilau\w+|hankin\w+|osto\w*|sopimu\w+|lasku\w*|"
    r"beställning\w*|inköp\w*|avtal\w*|faktur\w+)"
)
# A bare number is money in "a 6000 order", and where nothing is counted in "an order of 6000" and "worth 6000".
_ARTICLE = re.compile(r"\b(?:an?|the|my|our|this|ett|en|min|vår) $", re.IGNORECASE)
_IS_BOUGHT = re.compile(rf"[ -]{_BOUGHT}\b", re.IGNORECASE)
_SPENT = re.compile(
    rf"\b(?:about|around|over|under|than|costs?|worth|noin|yli|alle|över|cirka|{_BOUGHT} (?:of|for|på)) $",
    re.IGNORECASE,
)
# "20k" is said of next to nothing else, so that less has to tell.
_PAID = re.compile(r"\b(?:for|of|spend|spending|pay|paying|approves?|signs?|buy|hyväksyy|på|för) $", re.IGNORECASE)
# "3 m" is a length, but where something is bought or paid.
_MORE = r"about|around|over|under|(?:more|less) than|noin|yli|alle|över|cirka"
_MILLIONS = re.compile(
    rf"\b(?:(?:costs?|worth|spend|spending|pay|paying|approves?|signs?|hyväksyy|{_BOUGHT} (?:of|for|på|för))"
    rf"(?: (?:{_MORE}))?|{_BOUGHT} (?:{_MORE})) $",
    re.IGNORECASE,
)
_LEAST = 100  # from which on a bare number is money: "under 18" is an age
_ALONE = re.compile(
    r"\W*$|[,;.?!)]| (?:and|or|if|when|do|does|can|must|is|are|needs?|requires?|without|with|in|at|by|for|from|on|to|"
    r"ja|tai|ilman|och|eller|utan|i|på)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:the|our|den|det) $", re.IGNORECASE)  # "the 90-day rule" is the organisation's
_SIGN = re.compile(r"[£$€](?= ?\d)|(?<=\d)€|(?<=\d )€")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number at ``start``–``end`` of a text. ``unit``: money, days, another one as written, or "" for a bare number;
    ``scale``: how many of the unit the written one is, as a year is 365.25 days."""

    number: float
    unit: str
    scale: float
    start: int
    end: int

    @property
    def size(self) -> float:
        """How much it is, in its unit."""
        return self.number * self.scale


def amounts_in(text: str, *, bare: bool = False) -> Iterator[Amount]:
    """The amounts of a text, in order; ``bare``: also years and a "one" with no unit, which may be no amounts."""
    for match in _AMOUNT.finditer(text):
        written, times = match["unit"] or "", match["times"] or ""
        scale = next((days for words, days in _LENGTHS if words.fullmatch(written)), 1.0)
        unit = MONEY if match["sign"] else _unit(written)
        if not (bare or unit or times) and (match["spelled"] or _YEAR.fullmatch(match["digits"])):
            continue
        number = _SPELLED[match["spelled"].lower()] if match["spelled"] else _number(match["digits"])
        yield Amount(number * _times(times), unit, scale, match.start(), match.end())


def _number(digits: str) -> float:
    return float(re.sub(r"[,. \u00a0](?=\d{3}(?!\d))", "", digits).replace(",", "."))


def _times(written: str) -> float:
    return next((times for words, times in _TIMES.items() if re.fullmatch(words, written, re.IGNORECASE)), 1.0)


def _unit(written: str) -> str:
    if re.fullmatch(_MONEY, written, re.IGNORECASE):
        return MONEY
    return "days" if any(words.fullmatch(written) for words, _ in _LENGTHS) else written.lower()


def own_amounts(question: str) -> list[Amount]:
    """The amounts that tell of the asker's case: those with a unit, and bare ones that cannot be anything but money.

    Other bare numbers may be part of a name or a count, as in "form 27", "a 401k plan" or "over 40 chairs".
    """
    return [amount for amount in amounts_in(question) if _is_own(question, amount)]


def _is_own(question: str, amount: Amount) -> bool:
    before, after = question[: amount.start], question[amount.end :]
    if amount.unit:
        return amount.unit == MONEY or not _NAMED.search(before)
    written = question[amount.start : amount.end]
    is_short = written[-1].isalpha()  # "20k", "2 million"
    if _ARTICLE.search(before) or (is_short and _IS_BOUGHT.match(after)):
        return bool(_IS_BOUGHT.match(after))
    if re.search(r"[\d \u00a0-]m$", written):
        return bool(_MILLIONS.search(before) and _ALONE.match(after))
    told = _SPENT.search(before) or (is_short and _PAID.search(before))
    return amount.number >= _LEAST and bool(told and _ALONE.match(after))


def with_currency(question: str, passages: Iterable[str]) -> str:
    """The question with the currency's sign that most of the passages' amounts have before its own bare sums.

    Neither an embedding nor a reader takes the "20k" of "a contract for 20k" for money, as they do "£20k".
    """
    bare = [amount for amount in own_amounts(question) if not amount.unit]
    signs = Counter(sign for passage in passages for sign in _SIGN.findall(passage)) if bare else {}
    if not signs:
        return question
    sign = max(signs, key=lambda sign: signs[sign])
    for amount in reversed(bare):
        question = f"{question[: amount.start]}{sign}{question[amount.start :]}"
    return question
