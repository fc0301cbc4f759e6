"""The words that turn what a sentence says, or limit it: what is quoted without them says something else."""

from __future__ import annotations

import re

_TURNING = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot|without|except(?:ions?|ed|ing)?|unless|only|"
    r"excluding|excluded|exclusions?|prohibited|forbidden|banned|"
    r"ei|en|et|emme|ette|eivät|eikä|älä|älkää|ilman|paitsi|lukuun ottamatta|vain|ainoastaan|kielletty|kielletyt|"
    r"inte|ej|icke|aldrig|ingen|inga|inget|utan|utom|endast|bara|förbjud\w+)\b|\w+n['’]t\b",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"(?:However|But|Except|Unless|Yet|Kuitenkin|Mutta|Poikkeuksena|Dock|Men|Utom)\b|"
    r".*\b(?:(?:does|do)(?:n['’]t| not) (?:apply|include|cover|concern)|ei koske|eivät koske|gäller (?:inte|ej))\b",
    re.IGNORECASE | re.DOTALL,
)
_FIGURE = re.compile(
    r"\d+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|"
    r"hundred|thousand|half|double|once|twice)\b",
    re.IGNORECASE,
)


def turns(text: str) -> bool:
    """Whether a text holds a word that turns or limits what stands with it: "not", "except", "only"."""
    return bool(_TURNING.search(text))


def takes_back(sentence: str) -> bool:
    """Whether a sentence limits the one before it: "However, this does not apply to …"."""
    return bool(_TAKES_BACK.match(sentence))


def hinges(text: str) -> list[str]:
    """The turning words and the figures of a text, lower-case and sorted: two texts that differ in them differ."""
    return sorted(found.lower() for pattern in (_TURNING, _FIGURE) for found in pattern.findall(text))
