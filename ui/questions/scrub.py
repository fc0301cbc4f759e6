"""Takes out of a text what looks like a personal identity number, an e-mail address or a phone number.

It errs on the side of taking out: a number that only looks like one is gone too. Names are not found: no pattern tells
them from other words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

IDENTITY, EMAIL, PHONE = "[personal identity number]", "[e-mail]", "[phone]"

_DASH = "[-‐‑–−]"
_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]+\s?(?:@|\(at\)|\[at\]|\(ät\))\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# Finnish: DDMMYY, a sign for the century (those for persons registered since 2023 are B–F and Y–U), a number of three
# digits and a check character. The check is not worked out: a number with a slip in it is still somebody's.
_FINNISH = re.compile(rf"(?<!\w)(\d\d)(\d\d)\d\d(?:{_DASH}|[+ABCDEFYXWVU])\d{{3}}[0-9A-FHJ-NPR-Y](?!\w)", re.IGNORECASE)
# Swedish: (YY)YYMMDD-NNNN; "+" for those over a hundred; 60 is added to the day in a coordination number.
_SWEDISH = re.compile(rf"(?<!\w)(?:19|20)?\d\d(\d\d)(\d\d)(?:{_DASH}|\+)\d{{4}}(?!\w)")
_SWEDISH_BARE = re.compile(r"(?<!\w)(?:19|20)?(\d\d(\d\d)(\d\d)[ ]?\d{4})(?!\w)")
_AMERICAN = re.compile(rf"(?<![\w-])\d{{3}}({_DASH}| )\d\d\1\d{{4}}(?![\w-])")
_AMERICAN_NAMED = re.compile(r"\b(?:ssn|social security(?: number)?)\D{0,12}(\d{9})(?!\d)", re.IGNORECASE)

_GAP = rf"(?:\s|{_DASH}|\.|/)?"
_PHONES = (
    # With a country's code.
    re.compile(rf"(?<![\w+])(?:\+|00\s?)[1-9]\d{{0,2}}(?:{_GAP}\s?\(?\d{{1,4}}\)?){{2,7}}(?!\w)"),
    # With a trunk 0, in groups that are no date: 7 to 12 digits.
    re.compile(
        rf"(?<![\w.,:/-])(?<!\d\s)\(?0\d{{1,3}}\)?(?:\s|{_DASH})?"
        rf"\d{{2,8}}(?:(?:\s|{_DASH})\d{{2,4}}){{0,4}}(?![\w.,:]?\d)"
    ),
    # As in North America.
    re.compile(rf"(?<![\w-])(?:\(\d{{3}}\)\s?|\d{{3}}(?:{_DASH}|[. ]))\d{{3}}(?:{_DASH}|[. ])\d{{4}}(?![\w-])"),
)
_PHONE_NAMED = re.compile(
    rf"\b(?:tel|tfn|puh|puhelin|gsm|phone|mobile|mobil|whatsapp)\b[.:]?\s*(\+?\d(?:(?:\s|{_DASH})?\d){{5,14}})(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(rf"\(?\d\d(?:{_DASH}|\s)\d\d(?:{_DASH}|\s)(?:19|20)\d\d")
_BOOK = re.compile(r"\bIS[BS]N(?:-1[03])?:?\s*$", re.IGNORECASE)
_DIGITS = range(7, 16)  # of a phone number: 15 are the most (ITU-T E.164)


def scrubbed(text: str) -> str:
    """The text with a word in brackets in the place of each such number and address."""
    text = _EMAIL.sub(EMAIL, text)
    text = _FINNISH.sub(_dated(1, 2), text)
    text = _SWEDISH.sub(_dated(2, 1), text)
    text = _SWEDISH_BARE.sub(_swedish, text)
    text = _AMERICAN.sub(IDENTITY, text)
    text = _AMERICAN_NAMED.sub(lambda found: found[0].replace(found[1], IDENTITY), text)
    for pattern in _PHONES:
        text = pattern.sub(_phone, text)
    return _PHONE_NAMED.sub(lambda found: found[0].replace(found[1], PHONE), text)


def _dated(day: int, month: int) -> Callable[[re.Match[str]], str]:
    """Takes out what has a day and a month in these groups."""
    return lambda found: IDENTITY if _is_date(found[day], found[month]) else found[0]


def _is_date(day: str, month: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) % 60 <= 31


def _swedish(found: re.Match[str]) -> str:
    """Without its sign a number is told from any other by its check digit (Luhn's, over the ten digits)."""
    digits = [int(digit) for digit in found[1] if digit.isdecimal()]
    doubled = sum(sum(divmod(digit * 2, 10)) for digit in digits[::2]) + sum(digits[1::2])
    return IDENTITY if _is_date(found[3], found[2]) and doubled % 10 == 0 else found[0]


def _phone(found: re.Match[str]) -> str:
    count = sum(sign.isdecimal() for sign in found[0])
    book = _BOOK.search(found.string[: found.start()])
    return found[0] if book or count not in _DIGITS or _DATE.fullmatch(found[0]) else PHONE
