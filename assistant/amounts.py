"""The amounts in a text: money and times, as numbers that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_MONEY = r"€|euros?|euroa|eur|pounds?|gbp|dollars?|usd|kr|kronor"
# What is counted otherwise is compared with its like alone.
_OTHER = r"%|percent|prosenttia|procent|miles?|km|kilometr\w+|kg|people|persons?|employees|henkilöä|personer"
_DIGITS = r"\d{1,3}(?:[,. \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<sign>[£$€] ?)?(?:(?P<digits>{_DIGITS})(?P<thousands> ?k)?|(?P<spelled>{'|'.join(_SPELLED)}))"
    rf"(?:[ -]?(?P<unit>{'|'.join([*_DAYS, _MONEY, _OTHER])}))?(?!\w)",
    re.IGNORECASE,
)
_BEFORE_AMOUNT = re.compile(
    r"\b(?:an?|about|around|over|under|than|costs?|worth|noin|yli|alle|ett|en|över|cirka) $", re.IGNORECASE
)
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
        written, thousands = match["unit"] or "", bool(match["thousands"])
        scale = next((days for words, days in _LENGTHS if words.fullmatch(written)), 1.0)
        unit = MONEY if match["sign"] else _unit(written)
        if not (bare or unit or thousands) and (match["spelled"] or _YEAR.fullmatch(match["digits"])):
            continue
        number = _SPELLED[match["spelled"].lower()] if match["spelled"] else _number(match["digits"])
        yield Amount(number * (1000 if thousands else 1), unit, scale, match.start(), match.end())


def _number(digits: str) -> float:
    return float(re.sub(r"[,. \u00a0](?=\d{3}(?!\d))", "", digits).replace(",", "."))


def _unit(written: str) -> str:
    if re.fullmatch(_MONEY, written, re.IGNORECASE):
        return MONEY
    return "days" if any(words.fullmatch(written) for words, _ in _LENGTHS) else written.lower()


def own_amounts(question: str) -> list[str]:
    """The amounts that tell of the asker's case, as written: those with a unit or a "k", and bare ones after "a".

    Other bare numbers may be part of a name, as in "form 27" or "room 412".
    """
    return [
        written
        for amount in amounts_in(question)
        if (written := question[amount.start : amount.end])
        and (amount.unit or written[-1] in "kK" or _BEFORE_AMOUNT.search(question[: amount.start]))
    ]
