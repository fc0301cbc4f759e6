"""Whether a text gives the way to reach someone that a question asks for: a number, an e-mail address, a place."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from assistant.question.topic import content_terms

# Six digits and more that are no date, years or thousands; four or five that end a cell; three that are one; what one
# is told to call.
_PHONE = (
    r"(?<![\w.,/£$€-])(?!\d{1,4}-\d\d?-\d|(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d|[1-9]\d{0,2}(?: \d{3})+(?! ?\d))"
    r"\+?\(?\d(?:[ ()-]{0,2}\d){5,}(?![\d.,/:]*\d)|"
    r"(?<![\w.,/£$€-])(?:0\d{1,3}/\d{3} ?\d{3,}|(?:0\d{1,4}|\+\d{1,3})(?:\.\d{3,4}){2,})\b|"
    r"(?<![\w.,/£$€-])(?<![£$€] )(?!(?:19|20)\d\d\b)\d{4,5}(?=\s*(?:$|[|),;\n]|\.(?:\s|$)))|"
    r"(?:(?i:\b(?:numbers?|numero|nummer|emergenc(?:y|ies)|hätänumero|nödnummer)): ?|^|\| )\d{3}(?= *(?:$|[|\n]))|"
    r"(?i:\b(?:(?:tele)?phone|mobile|ext(?:ension)?|call|ring|dial|puh|tel|ankn|anknytning|alanumero|soita|numeroon)\b"
    r"[.:]? ?(?:\w+ ){0,3}\d{3,})"
)
_MAIL = r"[\w.+-]+@[\w-]+\.\w"
_MONTH = r"(?:(?:Jan|Febr)uary|March|April|May|June|July|August|\w+ember|October)\b"
_PLACE = (  # "12 Mill Court", a postcode, a web address, a street
    rf"(?<![\d.,:])\b\d{{1,5}}[a-z]? (?!{_MONTH})[A-ZÅÄÖ]\w+|"
    r"\b[A-Z]{2} \d{5}\b|\b[A-Z]{1,2}\d\w? ?\d[A-Z]{2}\b|\w\.[a-z]{2,}\b|"
    r"(?i:\b(?:street|road|avenue|lane|square|box(?= \d))\b|\w{3}(?:katu|tie|kuja|polku|gatan|vägen|torget)\b)"
)
_MOBILE, _FAX = (r"mobiles?\b|cell ?phone|kännykk|matkapuhelin|mobil(?:en)?\b|mobilnummer|mobiltelefon", r"fax|faks")
_ANY = rf"{_PHONE}|{_MAIL}"
# A page may tell of other ways to turn to someone; a team's name is no way ("how do I contact the phone support team").
_HOW = (
    r"^how (?:do|can|could|should) (?:i|we|one|you) (?:best )?(?:contact|reach|get )"
    r"(?!.* by (?:\w+ )?(?:phone|e-?mail|fax)\b)|"
    r"^(?:miten|kuinka|mistä)\b.* yhtey|^hur\b.* (?:kontakta|når)"
)
_WAY = (
    r"\w\.[a-z]{2,}\b|\bTeams\b|"
    r"(?i:\b(?:portal|tickets?|chat|(?:contact|web|online) form|lomak\w+|blankett\w*|tiket\w+)\b|"
    r"\b(?:fill in|send|use|through|via) (?:\w+ ){0,2}form\b)"
)
# What the words of a question ask for; the last, where they do not tell, is any of these.
_ASKED = tuple(
    (re.compile(words, re.IGNORECASE), re.compile(evidence))
    for words, evidence in (
        (_HOW, rf"{_ANY}|{_WAY}"),
        (rf"\b(?:{_MOBILE})", rf"(?i:{_MOBILE})[^\n]*?(?:{_PHONE})"),
        (rf"\b(?:{_FAX})", rf"(?i:{_FAX})[^\n]*?(?:{_PHONE})"),
        (r"e-?mail|e-?post|sähköpost", _MAIL),
        (r"phone|\bnumber|\bextension|\b(?:call|ring|dial)\b|puhelin|numero|nummer|telefon", _PHONE),
        (r"address|osoite|adress", rf"{_MAIL}|{_PLACE}"),
        ("", _ANY),
    )
)
_WORDS = re.compile(
    r"\b(?:(?:tele)?phone|numbers?|extension|hotline|helpline|call|ring|dial|e-?mail|mail|address|contact|reach|write|"
    r"touch|details|puhelin\w*|numero\w*|sähköposti\w*|osoite\w*|yhtey\w*|ota\w*|saa\w*|soi[td]\w*|"
    r"telefon\w*|nummer|e-?post\w*|adress\w*|kontakt\w*|nå[rs]?|ringer)\b",
    re.IGNORECASE,
)
# What one is reached about says nothing of whom: "HR about my laptop", "the desk when the laptop is lost".
_WHY = re.compile(
    r" (?:about|regarding|concerning|if|when|because|koskien|jos|kun|om|angående|när)\b.*", re.IGNORECASE | re.DOTALL
)
# What many are called, which tells nobody apart.
_GROUP = (
    "team department office unit group section staff people person manager head service services desk "
    "tiimi osasto toimisto yksikkö ryhmä henkilö avdelning avdelningen enhet enheten kontor kontoret grupp gruppen"
)
_ACRONYM = re.compile(r"\b[A-ZÅÄÖ]{2,5}\b")


def gives_contact(asked: str, text: str) -> bool:
    """Whether a text gives what a question about a way to reach someone asks for."""
    return _evidence(asked).search(text) is not None


def contact_terms(asked: str, language: str) -> frozenset[str]:
    """The question's topic words that only say what is asked for: "phone number", which a page may call "telephone"."""
    return frozenset(content_terms(" ".join(_WORDS.findall(asked)), language))


def whom_terms(asked: str, language: str) -> frozenset[str]:
    """The question's topic words that name whom to reach; empty where it names nobody ("and the phone number?")."""
    named = frozenset(content_terms(_WHY.sub("", asked), language)) - contact_terms(asked, language)
    return named - frozenset(content_terms(_GROUP, language)) or named


def is_of_whom(asked: str, held: Set[str], text: str, language: str) -> bool:
    """Whether a way to reach someone is of the one asked for, as it is where the question names nobody.

    A line and its headings (``text``, whose stemmed words are ``held``) must name them, or an acronym of the question.
    """
    whom, acronyms = whom_terms(asked, language), _ACRONYM.findall(asked)
    if not whom and not acronyms:
        return True
    return not whom.isdisjoint(held) or any(_acronym(short).search(text) for short in acronyms)


@lru_cache(maxsize=256)
def _acronym(short: str) -> re.Pattern[str]:
    """An acronym, or words in a row that it is the initials of: HR and "Human resources"."""
    spelled = "".join(rf"\w+[ -](?:(?:of|and|the|for) )?{letter}" for letter in short[1:])
    return re.compile(rf"\b(?:{short}\b|{short[0]}(?i:{spelled}))")


@lru_cache(maxsize=256)
def _evidence(asked: str) -> re.Pattern[str]:
    return next(evidence for words, evidence in _ASKED if words.search(asked))
