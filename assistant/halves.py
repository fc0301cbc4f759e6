"""A question that asks two things in one breath → the two questions."""

from __future__ import annotations

import re

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
_FIRST = rf"{_GREETED}(?:(?:for|by|to|at|in|on|from) )?(?:{_OPENS}|{_AUXILIARY}|when|where|why)\b"
_JOINT = r"(?:,? (?:and|but|ja|sekä|och|samt)|[?.!]+(?: (?:and|but|also|ja|och))?) "
_HALVES = re.compile(
    rf"(?P<one>{_FIRST}.+?){_JOINT}(?P<other>(?:(?:for|by|to|at) )?(?:{_OPENS})\b.{{4,}})", re.IGNORECASE
)
_DOES = re.compile(rf"\b(?:{_AUXILIARY}|i|we|you|they|it|if|to)\b|['’]s\b", re.IGNORECASE)
_ENGLISH = re.compile(rf"(?:how|what|which|when|where|why|{_AUXILIARY})\b", re.IGNORECASE)
_LEAST = 3  # words of a half that is a question: "how many days and which …" is one


def halves_of(question: str) -> tuple[str, str] | None:
    """The two questions, the second of which may lean on the first, or None where there is one.

    Only what begins as a question is parted, and only where a question word opens the second half.
    """
    match = _HALVES.fullmatch(" ".join(question.split()))
    if match is None or not _asks(match["one"]):
        return None
    return match["one"], match["other"]


def _asks(half: str) -> bool:
    return len(half.split()) >= _LEAST and (_ENGLISH.match(half) is None or _DOES.search(half) is not None)
