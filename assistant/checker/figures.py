"""The figures of a sentence, each in one form: numbers as digits or words, dates, times, money and shares."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
WORDS = {word: value for value, word in enumerate(_ONES.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), 2)
}
ORDINALS = {word: value for value, word in enumerate(_ORDINALS.split(), 1)}
_MAGNITUDES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6, "bn": 1e9,
    "dozen": 12.0,
}  # fmt: skip
_FRACTIONS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "thirds": 1 / 3, "quarters": 1 / 4}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_OF = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1)
}
_MONTH_OF["sept"] = 9
_CURRENCIES = {
    "€": "eur", "euro": "eur", "euros": "eur", "eur": "eur", "$": "usd", "dollar": "usd", "dollars": "usd",
    "usd": "usd", "£": "gbp", "pound": "gbp", "pounds": "gbp", "gbp": "gbp", "cent": "cent", "cents": "cent",
    "kr": "sek", "kronor": "sek", "sek": "sek",
}  # fmt: skip

_MONTH = rf"(?P<month>(?i:{'|'.join(_MONTHS)})|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_NUMBER = r"\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_SCALE = r"hundred|thousand|million|billion|trillion|dozen|bn|k|m"
_MONEY_WORD = "|".join(word for word in _CURRENCIES if word.isalpha())

_PATTERNS = (
    ("date", re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")),
    ("date", re.compile(rf"\b(?:the )?{_DAY}\.? (?:of )?{_MONTH}(?:,? {_YEAR})?\b")),
    ("date", re.compile(rf"\b{_MONTH} (?:the )?{_DAY}\b(?!:)(?:,? {_YEAR}\b)?")),
    ("date", re.compile(rf"\b{_MONTH},? {_YEAR}\b")),
    ("time", re.compile(r"\b(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?! ?%)(?: ?(?P<half>[ap])\.?m\b\.?)?(?!\d|\.\d)")),
    ("time", re.compile(r"\b(?P<hour>\d{1,2})(?P<minute>) ?(?P<half>[ap])\.?m\b\.?", re.IGNORECASE)),
    ("number", re.compile(
        rf"(?P<currency>[€$£]) ?(?P<number>{_NUMBER})(?: ?(?P<scale>{_SCALE})\b)?|"
        rf"(?P<number2>{_NUMBER})(?:st|nd|rd|th)?(?:[ -](?P<scale2>{_SCALE})\b)?"
        rf"(?: ?(?P<share>%|percent\b|per cent\b)| ?(?P<currency2>€|(?:{_MONEY_WORD})\b))?(?![\w])",
        re.IGNORECASE)),
    ("word", re.compile(
        rf"\b(?P<word>(?:{_WORD})(?:[- ](?:{_WORD}))?|a)(?: (?P<scale3>hundred|thousand|million|billion|dozen))?\b"
        rf"(?: ?(?P<share2>percent\b|per cent\b)| ?(?P<currency3>(?:{_MONEY_WORD})\b))?", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: ``kind`` is "date" (``value`` = year, month, day; 0 where not said), "time" (hour, minute), "number",
    "money", "share" or "order" ("fourth"). ``unit`` is the currency. ``text`` is as written."""

    kind: str
    value: tuple[float, ...]
    unit: str
    text: str

    def says(self, other: Figure) -> bool:
        """Whether this figure is borne out by the other: the same, or a date that says less of the same day."""
        if self.kind == "date" and other.kind == "date":
            return all(not mine or mine == its for mine, its in zip(self.value, other.value, strict=True))
        if {self.kind, other.kind} == {"date", "number"}:  # a bare year
            year = self if self.kind == "date" else other
            number = other if self.kind == "date" else self
            return year.value[1:] == (0, 0) and year.value[0] == number.value[0]
        return self.kind == other.kind and self.unit == other.unit and abs(self.value[0] - other.value[0]) < 1e-9 and (
            self.value[1:] == other.value[1:]
        )  # fmt: skip


def find_figures(text: str) -> list[tuple[int, int, Figure]]:
    """The figures of a text with where they stand (characters), in order."""
    found: list[tuple[int, int, Figure]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            figure = _read(kind, match, text)
            if figure is not None:
                found.append((match.start(), match.end(), figure))
    found += [
        (match.start(), match.end(), figure)
        for match in re.finditer(r"\b(?:half|twice|once|[a-z]+)\b", text, re.IGNORECASE)
        if not any(match.start() < end and start < match.end() for start, end, _ in found)
        and (figure := _read_word(match, text)) is not None
    ]
    found.sort(key=lambda item: item[0])
    return found


def _read(kind: str, match: re.Match[str], text: str) -> Figure | None:
    if kind == "word":
        return _read_spelled(match)
    if kind == "number":
        return _read_number(match)
    return _read_time(match, text) if kind == "time" else _read_date(match)


def _read_date(match: re.Match[str]) -> Figure | None:
    groups = match.groupdict()
    month, year, day = _month(groups["month"]), int(groups.get("year") or 0), int(groups.get("day") or 0)
    return Figure("date", (year, month, day), "", match.group()) if month and day <= 31 else None


def _read_time(match: re.Match[str], text: str) -> Figure | None:
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), (match["half"] or "").lower()
    if hour > 24 or minute > 59:
        return None
    if not half and match.group()[-3] == "." and not _about_time(text, match):
        return None  # 2.50 is a price as often as a time
    return Figure("time", (hour % 12 + 12 * (half == "p") if half else hour, minute), "", match.group())


def _read_number(match: re.Match[str]) -> Figure:
    groups = match.groupdict()
    raw, scale = groups["number"] or groups["number2"], (groups["scale"] or groups["scale2"] or "").lower()
    value = float(re.sub(r"[, \u00a0\u202f](?=\d{3}\b)", "", raw).replace(",", "."))
    value *= _MAGNITUDES[scale] if scale else 1
    currency = _CURRENCIES.get((groups["currency"] or groups["currency2"] or "").lower(), "")
    if groups["share"]:
        return Figure("share", (value,), "", match.group())
    if currency:
        return Figure("money", (value,), currency, match.group())
    if re.search(r"\d(?:st|nd|rd|th)$", match.group()):
        return Figure("order", (value,), "", match.group())
    if re.fullmatch(r"(?:1[5-9]|20)\d\d", raw) and not scale:
        return Figure("date", (value, 0, 0), "", match.group())
    return Figure("number", (value,), "", match.group())


def _read_spelled(match: re.Match[str]) -> Figure | None:
    word, scale = match["word"].lower(), (match["scale3"] or "").lower()
    if word in ("a", "one") and not scale:
        return None if word == "a" or not (match["share2"] or match["currency3"]) else Figure("number", (1,), "", "one")
    if word == "a" and scale == "dozen":
        return Figure("number", (12.0,), "", match.group())
    value = 1.0 if word == "a" else float(sum(WORDS[part] for part in re.split(r"[- ]", word)))
    value *= _MAGNITUDES[scale] if scale else 1
    if match["share2"]:
        return Figure("share", (value,), "", match.group())
    if match["currency3"]:
        return Figure("money", (value,), _CURRENCIES[match["currency3"].lower()], match.group())
    return Figure("number", (value,), "", match.group())


def _read_word(match: re.Match[str], text: str) -> Figure | None:
    """Fractions, ordinals, "once" and "twice", and months by themselves."""
    word = match.group().lower()
    before = text[: match.start()].rstrip().rsplit(None, 1)[-1].lower() if text[: match.start()].strip() else ""
    if word in _FRACTIONS and (word == "half" or before in ("a", "one", "two", "three")):
        times = {"two": 2, "three": 3}.get(before, 1)
        return Figure("share", (round(100 * times * _FRACTIONS[word], 6),), "", word)
    if word == "twice":
        return Figure("number", (2,), "", word)
    if word in ORDINALS and before in ("the", "a", "its", "their", "his", "her", "our", "every", "each", "your"):
        return Figure("order", (ORDINALS[word],), "", word)
    if word in _MONTH_OF and match.group()[0].isupper() and len(word) > 2 and (word != "may" or match.start() > 0):
        return Figure("date", (0, _MONTH_OF[word], 0), "", match.group()) if word in _MONTHS else None
    return None


def _month(name: str) -> int:
    return int(name) if name.isdigit() else _MONTH_OF.get(name.lower().rstrip("."), 0)


def _about_time(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 12) : match.start()].lower()
    return re.search(r"\b(?:at|from|to|until|by|klo|kl\.?|before|after|[-–])\s*$", around) is not None
