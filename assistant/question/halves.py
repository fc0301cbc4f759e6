"""A question that asks two things in one breath → the two questions."""

from __future__ import annotations

import re

from assistant.question.topic import content_terms

_AUXILIARY = (
    "do|does|did|is|are|am|was|were|can|could|may|might|should|shall|must|will|would|has|have|had|isn['’]t|aren['’]t|"
    "don['’]t|doesn['’]t|can['’]t"
)
# What opens a question of its own. "When I marry" and "när jag gifter mig" only say of what the first one speaks.
_OPENS = (
    r"how|who|whom|whose|what(?:['’]s)?|which|"
    rf"(?:when|where|why)(?:['’]s| (?:else )?(?:{_AUXILIARY})\b)|"
    r"miten|kuinka|kuka|ketkä|kenen|kenelle|keneltä|milloin|missä|mistä|mihin|minne|mitä|mikä|mitkä|millainen|"
    r"paljonko|montako|miksi|"
    r"hur|vem|vems|vad|vilken|vilket|vilka|"
    r"(?:när|var|vart|varifrån|varför)(?! (?:jag|du|vi|ni|man|han|hon|de|den|det)\b)"
)
_GREETED = r"(?:(?:and|so|but|hi|hello|please)[, ]+)?"
_BEFORE = rf"{_GREETED}(?:(?:for|by|to|at|in|on|from) )?"
_FIRST = rf"{_BEFORE}(?:{_OPENS}|{_AUXILIARY}|when|where|why)\b"
# The full stop of "U.S." and "e.g." ends no question.
_JOINT = r"(?:,? (?:and|but|ja|sekä|och|samt)|(?:(?<!\b[A-Za-z])\.|[?!])[?.!]*(?: (?:and|but|also|ja|och))?) "
_HALVES = re.compile(
    rf"(?P<one>{_FIRST}.+?){_JOINT}(?P<other>(?:(?:for|by|to|at) )?(?:{_OPENS})\b.{{4,}})", re.IGNORECASE
)
_DOES = re.compile(rf"\b(?:{_AUXILIARY}|i|we|you|they|it|if|to)\b|['’]s\b", re.IGNORECASE)
_ENGLISH = re.compile(rf"(?:how|what|which|when|where|why|{_AUXILIARY})\b", re.IGNORECASE)
# What opens a clause inside a question, which the second half may go on with: "staff who work nights and who …".
_WITHIN = re.compile(
    r"\b(?P<opener>who|whom|whose|which|what|how|where|when|why|whether|that|"
    r"miten|kuinka|kuka|ketkä|kenen|milloin|missä|mistä|mihin|mitä|mikä|mitkä|joka|jotka|"
    r"hur|vem|vems|vad|vilken|vilket|vilka|när)\b",
    re.IGNORECASE,
)
_BEFORE_ALL = re.compile(rf"{_BEFORE}\w+", re.IGNORECASE)
_THEY = "i|we|you|they|he|she|it|one"
# Asked and not told, whatever came before: "which days can I", "how do visitors", "what if".
_INVERTED = re.compile(rf"(?:[\w'’]+ ){{1,3}}?(?:{_AUXILIARY}) (?:{_THEY})\b", re.IGNORECASE)
_ASKED = re.compile(
    rf"(?P<opener>what|how|when|where|why) (?:(?!(?:{_THEY}) )[\w'’]+ ){{0,2}}?(?:{_AUXILIARY}|happens|if)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:differences? between|distinction between|skillnad\w* mellan|eroa? on)\b"
    r"(?!.* (?:and|ja|och|med) )",
    re.IGNORECASE,
)
# The rest of these stands in the first half: "what is not", and after another "which" also "which cost money".
_LEANS = re.compile(r"(?:what|which|who) (?:is|are) not(?:\W*$| (?:when|if|where|in|on|at|for|by)\b)", re.IGNORECASE)
_WHICH = re.compile(rf"which\b(?!.*\b(?:{_AUXILIARY})\b)", re.IGNORECASE)
_LEAST = 3  # words of a half that is a question: "how many days and which …" is one


def halves_of(question: str) -> tuple[str, str] | None:
    """The two questions, the second of which may lean on the first, or None where there is one.

    Only what begins as a question is parted, and only where a question word opens the second half, and that goes on
    with no clause or comparison of the first.
    """
    match = _HALVES.fullmatch(" ".join(question.split()))
    if match is None or not _asks(match["one"]) or _goes_on(match["one"], match["other"]):
        return None
    return match["one"], match["other"]


def _goes_on(one: str, other: str) -> bool:
    """Whether what looks like the second question belongs to the first: "what is allowed and what is not"."""
    if _COMPARES.search(one) or _LEANS.match(other) or (_WHICH.match(other) and one.lower().startswith("which")):
        return True
    if _INVERTED.match(other):
        return False
    if not content_terms(other, "en"):
        return True
    last = re.split(r"[.?!] ", one)[-1]
    begun = _BEFORE_ALL.match(last)
    within = {match["opener"].lower() for match in _WITHIN.finditer(last, begun.end() if begun else 0)}
    asked = _ASKED.match(other)
    return bool(within) and (asked is None or asked["opener"].lower() in within)


def _asks(half: str) -> bool:
    return len(half.split()) >= _LEAST and (_ENGLISH.match(half) is None or _DOES.search(half) is not None)
