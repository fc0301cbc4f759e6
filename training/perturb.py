"""Changes to questions: the wordings people use, and the near misses that must not be answered."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

STOPPED = """
a an the of in on at to for from by with and or is are was were be been being do does did has have had can
could will would shall should may might must i you he she it we they my your his her its our their me him us
them this that these those there what which who whom whose when where why how many much as if than then
about into
"""
STOP = frozenset(STOPPED.split())
ASKING = frozenset({"what", "which", "who", "whom", "whose", "when", "where", "why", "how", "many", "much"})
LEADS = (
    "please tell me",
    "do you know",
    "can you tell me",
    "I would like to know",
    "quick question:",
    "hi,",
    "we were wondering",
)
SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
NAME = re.compile(r"\b[A-Z][\w'’-]+(?:\s+(?:of\s+(?:the\s+)?)?[A-Z][\w'’-]+)*")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
POLAR = re.compile(
    r"^((?:[\w'’,-]+ ){1,6}?)(is|are|was|were|can|could|will|must|may|should|has|have|had) (.{12,160}?)[.;]$"
)

# pairs that turn a question round, both ways
PAIRS = """
first/last before/after largest/smallest most/least more/fewer highest/lowest oldest/newest north/south
northern/southern east/west eastern/western start/end began/ended begin/end open/close opened/closed
minimum/maximum increase/decrease increased/decreased born/buried win/lose won/lost buy/sell bought/sold
join/leave joined/left require/forbid required/forbidden allowed/prohibited create/abolish created/abolished
founded/dissolved male/female men/women with/without always/never early/late earliest/latest above/below
inside/outside support/oppose supported/opposed import/export internal/external public/private higher/lower
longer/shorter former/future best/worst husband/brother wife/sister father/uncle mother/aunt
appointed/dismissed hire/dismiss hired/dismissed send/receive sent/received accept/reject accepted/rejected
approved/refused arrive/depart arrived/departed positive/negative
"""
OPPOSITES = dict(pair.split("/") for pair in PAIRS.split())
TURNED = OPPOSITES | {other: one for one, other in OPPOSITES.items()}


def content_words(text: str) -> list[str]:
    """The text's words that carry meaning, lower-cased and cut to six letters as a rough stem."""
    return [word[:6] for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in STOP]


def sentences(text: str) -> list[tuple[int, int]]:
    """Character ranges of the text's sentences, in order, without the white space between them."""
    spans, low = [], 0
    for match in SENTENCE.finditer(text):
        spans.append((low, match.start() + len(match.group().rstrip())))
        low = match.end()
    return [*spans, (low, len(text))] if low < len(text) or not spans else spans


def names(text: str) -> list[str]:
    """Capitalised names in the text, leaving out a sentence's first word."""
    firsts = {low for low, _ in sentences(text)}
    return [m.group() for m in NAME.finditer(text) if m.start() not in firsts]


def polar(sentence: str, rng: random.Random) -> str | None:
    """A yes-or-no question that the sentence settles, a word left out; None where no simple verb is found."""
    match = POLAR.match(sentence)
    if not match:
        return None
    subject, verb, rest = match.group(1).strip(), match.group(2), match.group(3)
    words = re.split(r"[,;(]", rest)[0].split()
    if len(words) < 2:
        return None
    if len(words) > 5:
        words.pop(rng.randrange(1, len(words)))
    if subject.split()[0].lower() in STOP or not NAME.fullmatch(subject):
        subject = subject[0].lower() + subject[1:]
    return f"{verb.capitalize()} {subject} {' '.join(words)}?"


def near_miss(question: str, passage: str, pool: Sequence[str], rng: random.Random) -> str | None:
    """The question with one name, number, relation or condition changed so that the passage no longer answers it."""
    ways = [_other_name, _other_number, _turned, _condition]
    for way in sorted(ways, key=lambda w: rng.random() ** (0.5 if w is _condition else 1.5)):
        if changed := way(question, passage, pool, rng):
            return changed
    return None


def _absent(pool: Sequence[str], question: str, passage: str, rng: random.Random) -> str | None:
    heard = (question + " " + passage).lower()
    for name in rng.sample(list(pool), min(8, len(pool))):
        if not any(part.lower() in heard for part in name.split() if len(part) > 3):
            return name
    return None


def _other_name(question: str, passage: str, pool: Sequence[str], rng: random.Random) -> str | None:
    found = [m for m in NAME.finditer(question) if m.start() > 0]
    other = _absent(pool, question, passage, rng)
    if not found or other is None:
        return None
    chosen = rng.choice(found)
    return question[: chosen.start()] + other + question[chosen.end() :]


def _other_number(question: str, passage: str, _pool: Sequence[str], rng: random.Random) -> str | None:
    found = list(NUMBER.finditer(question))
    if not found:
        return None
    chosen = rng.choice(found)
    digits = chosen.group().replace(",", "")
    if not digits.isdigit():
        return None
    value = int(digits)
    a_year = 1000 < value < 2100
    other = value * rng.randint(2, 9) + rng.randint(1, 5)
    if a_year:
        other = value + rng.choice((-1, 1)) * rng.randint(1, 30)
    if other <= 0 or str(other) in passage:
        return None
    return question[: chosen.start()] + str(other) + question[chosen.end() :]


def _turned(question: str, passage: str, _pool: Sequence[str], rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"[A-Za-z]+", question) if m.group().lower() in TURNED]
    found = [m for m in found if TURNED[m.group().lower()] not in passage.lower()]
    if not found:
        return None
    chosen = rng.choice(found)
    return question[: chosen.start()] + TURNED[chosen.group().lower()] + question[chosen.end() :]


def _condition(question: str, passage: str, pool: Sequence[str], rng: random.Random) -> str | None:
    other = _absent(pool, question, passage, rng)
    tail = rng.choice((f"in {other}", f"for {other}", f"outside {other}", f"in {rng.randint(1700, 2030)}"))
    if other is None or tail.split()[-1] in passage:
        return None
    body = question.rstrip("? .")
    return f"{body} {tail}?" if rng.random() < 0.7 else f"{tail.capitalize()}, {body[0].lower()}{body[1:]}?"


def reworded(question: str, rng: random.Random) -> str:
    """The question as someone might type it: as it is, as keywords, with a slip of the keys, or led in."""
    draw = rng.random()
    if draw < 0.14:
        question = _keywords(question, rng)
    elif draw < 0.18:
        question = f"{rng.choice(LEADS)} {question[0].lower()}{question[1:]}"
    if rng.random() < 0.25:
        question = question.rstrip("? ")
    for _ in range(rng.choices((0, 1, 2), (0.9, 0.07, 0.03))[0]):
        question = _slip(question, rng)
    return question


def _keywords(question: str, rng: random.Random) -> str:
    keep_asking = rng.random() < 0.3
    words = re.findall(r"[\w'’.,$%-]+", question.rstrip("? ."))
    kept = [w for w in words if w.lower() not in STOP or (keep_asking and w.lower() in ASKING)]
    return " ".join(kept).lower() if len(kept) >= 2 else question


def _slip(question: str, rng: random.Random) -> str:
    long = list(re.finditer(r"[A-Za-z]{5,}", question))
    if not long:
        return question
    word = rng.choice(long)
    at = rng.randrange(word.start() + 1, word.end() - 1)
    left, here, there, right = question[:at], question[at], question[at + 1], question[at + 2 :]
    return rng.choice((left + there + here + right, left + there + right, left + here + here + there + right))
