"""Whether a question needs the ones before it, told from its words."""

from __future__ import annotations

import re

from index.keywords.stems import terms

_POINTS_BACK = re.compile(
    r"^(?:and|but|so|also|or|what about|how about|what if|entä|och)\b|"
    r"\b(?:it|its|they|them|their|that|those|this|these|he|him|his|she|her|there|then|one|ones|same|else|"
    r"se|sen|sitä|ne|niiden|siellä|den|det|de|dem|deras)\b",
    re.IGNORECASE,
)
_NO_POINTER = re.compile(
    r"\b(?:[Ii]s|[Aa]re|[Ww]as|[Ww]ere|[Ww]ill) there\b|\b[Tt]here(?:['’]s| is| are| was| were)\b|\bIT\b|"
    r"\bmany \w+ are there\b"
)
_SHORT = 2  # topic words below which a question cannot stand by itself
_ASKING = frozenset(
    ("who", "what", "when", "where", "which", "why", "how", "many", "much", "long", "do", "does", "can", "could")
)


def leans(question: str) -> bool:
    """Whether a question needs the ones before it to be understood."""
    return points_back(question) or is_short(question)


def points_back(question: str) -> bool:
    """Whether a word of the question stands for something said before: not the "there" of "is there", nor IT."""
    return bool(_POINTS_BACK.search(_NO_POINTER.sub(" ", question)))


def is_short(question: str) -> bool:
    """Whether a question says too little of its topic to stand by itself."""
    topic = " ".join(word for word in re.findall(r"\w+", question.lower()) if word not in _ASKING)
    return len(terms(topic, "en")) < _SHORT
