"""Whether a text gives the way to reach someone that a question asks for: a number, an e-mail address, a place."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.scoring import content_terms

# Six digits and more that are no date, years or thousands; four or five that end a cell; what one is told to call.
_PHONE = (
    r"(?<![\w.,/£$€-])(?!\d{1,4}-\d\d?-\d|(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d|[1-9]\d{0,2}(?: \d{3})+(?! ?\d))"
    r"\+?\(?\d(?:[ ()-]{0,2}\d){5,}(?![\d.,/:]*\d)|"
    r"(?<![\w.,/£$€-])(?<![£$€] )(?!(?:19|20)\d\d\b)\d{4,5}(?=\s*(?:$|[|),;\n]|\.(?:\s|$)))|"
    r"(?i:\b(?:(?:tele)?phone|mobile|ext(?:ension)?|call|ring|dial|puh|tel|ankn|anknytning|alanumero|soita|numeroon)\b"
    r"[.:]? ?(?:\w+ ){0,3}\d{3,})"
)
_MAIL = r"[\w.+-]+@[\w-]+\.\w"
_PLACE = (
    r"\d|(?i:\b(?:street|road|avenue|lane|square|box)\b|\w{3}(?:katu|tie|kuja|polku|gatan|vägen|torget)\b)|\w\.\w{2,}\b"
)
_MOBILE, _FAX = (r"mobile|cell ?phone|kännykk|matkapuhelin|mobil", r"fax|faks")
# What the words of a question ask for; the last, where they do not tell, is any of these.
_ASKED = tuple(
    (re.compile(words, re.IGNORECASE), re.compile(evidence))
    for words, evidence in (
        (rf"\b(?:{_MOBILE})", rf"(?i:{_MOBILE})[^\n]*?(?:{_PHONE})"),
        (rf"\b(?:{_FAX})", rf"(?i:{_FAX})[^\n]*?(?:{_PHONE})"),
        (r"e-?mail|e-?post|sähköpost", _MAIL),
        (r"phone|\bnumber|\bextension|\b(?:call|ring|dial)\b|puhelin|numero|nummer|telefon", _PHONE),
        (r"address|osoite|adress", rf"{_MAIL}|{_PLACE}"),
        ("", rf"{_PHONE}|{_MAIL}"),
    )
)
_WORDS = re.compile(
    r"\b(?:(?:tele)?phone|numbers?|extension|hotline|helpline|call|ring|dial|e-?mail|mail|address|contact|reach|write|"
    r"touch|details|puhelin\w*|numero\w*|sähköposti\w*|osoite\w*|yhteystie\w*|telefon\w*|nummer|e-?post\w*|adress\w*)\b",
    re.IGNORECASE,
)


def gives_contact(asked: str, text: str) -> bool:
    """Whether a text gives what a question about a way to reach someone asks for."""
    return _evidence(asked).search(text) is not None


def contact_terms(asked: str, language: str) -> frozenset[str]:
    """The question's topic words that only say what is asked for: "phone number", which a page may call "telephone"."""
    return frozenset(content_terms(" ".join(_WORDS.findall(asked)), language))


@lru_cache(maxsize=256)
def _evidence(asked: str) -> re.Pattern[str]:
    return next(evidence for words, evidence in _ASKED if words.search(asked))
