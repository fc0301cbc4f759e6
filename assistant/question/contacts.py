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
    r"^(?:miten|kuinka|mistä)\b.* yhtey|^hur\b.* (?:kontakt|når)"
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
    r"touch|details|cell|mobile|puhelin\w*|numero\w*|sähköposti\w*|osoite\w*|yhtey\w*|"
    r"otan|ota|ottaa|otetaan|saan|saa|saada|soi[td]\w*|"
    r"telefon\w*|nummer|e-?post\w*|adress\w*|kontakt\w*|nå[rs]?|ringer)\b",
    re.IGNORECASE,
)
# What one is reached about says nothing of whom: "HR about my laptop", "the desk when the laptop is lost".
_ABOUT = r"about|regarding|concerning|koskien|angående"
_WHY = re.compile(
    rf"(?<!what)(?<!how) (?:{_ABOUT}|if|when|because|jos|kun|om|när)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_TOPIC = re.compile(rf"(?<!what)(?<!how) (?:{_ABOUT})\b(.*)", re.IGNORECASE | re.DOTALL)
# What many are called, which tells nobody apart.
_GROUP = (
    "team department office unit group section staff people person manager head service services desk "
    "tiimi osasto toimisto yksikkö ryhmä henkilö avdelning avdelningen enhet enheten kontor kontoret grupp gruppen"
)
# What one is reached for, which names nobody; the last two may be somebody's name, where nothing else is.
_ASKING, _NAMELIKE = "question questions query queries advice help", "information support"
_ACRONYM = re.compile(r"\b[A-ZÅÄÖ]{2,5}\b")
# How the two capitalised words end that are no person's name: "Human Resources", but not "Harri Rantanen".
_NO_PERSON = frozenset(
    """
    affairs assurance care communications control design development education engineering facilities health help
    learning logistics management marketing office operations planning production protection relations research
    resources safety sales security services solutions studies support systems team tech technology training
    transport visual
    """.split()  # noqa: SIM905 - a list of this length in quotes and commas cannot be read
)


def gives_contact(asked: str, text: str) -> bool:
    """Whether a text gives what a question about a way to reach someone asks for."""
    return _evidence(asked).search(text) is not None


def contact_terms(asked: str, language: str) -> frozenset[str]:
    """The question's topic words that only say what is asked for: "phone number", which a page may call "telephone"."""
    return frozenset(content_terms(" ".join(_WORDS.findall(asked)), language))


@lru_cache(maxsize=256)  # asked for each line that could be quoted
def whom_terms(asked: str, language: str) -> frozenset[str]:
    """The question's topic words that name whom to reach; empty where it names nobody ("and the phone number?").

    Who only has a question about a thing is to reach whoever that is asked.
    """
    whom = _WHY.sub("", asked)
    named = frozenset(content_terms(whom, language)) - contact_terms(asked, language)
    asking = frozenset(content_terms(_ASKING, language))
    vague = asking | frozenset(content_terms(_NAMELIKE, language))
    told = named - vague - frozenset(content_terms(_GROUP, language))
    if told or _ACRONYM.search(whom):
        return told
    topic = _TOPIC.search(asked) if named & vague else None
    return named - asking | frozenset(content_terms(topic[1] if topic else "", language))


def is_of_whom(asked: str, held: Set[str], text: str, language: str) -> bool:
    """Whether a way to reach someone is of the one asked for, as it is where the question names nobody.

    A line with its headings and the sentence before (``text``, whose stemmed words are ``held``) must share a word with
    their name, or hold an acronym of the question.
    """
    whom, acronyms = whom_terms(asked, language), _ACRONYM.findall(_WHY.sub("", asked))
    if not whom and not acronyms:
        return True
    return not whom.isdisjoint(held) or any(_stands_in(text, short, language) for short in acronyms)


def _stands_in(text: str, short: str, language: str) -> bool:
    """Whether a text has an acronym, or words that it is the initials of: HR and "Human resources".

    Words that carry no topic spell nothing out ("In the evening"), nor does what may be a person's name.
    """
    for match in _acronym(short).finditer(text):
        words = [word for word in match.groups() if word]
        if not words or (all(content_terms(word, language) for word in words) and not _is_person(words)):
            return True
    return False


def _is_person(words: list[str]) -> bool:
    return len(words) == 2 and words[1][0].isupper() and words[1].lower() not in _NO_PERSON


@lru_cache(maxsize=256)
def _acronym(short: str) -> re.Pattern[str]:
    """An acronym, or words in a row that it may be the initials of, each in its group."""
    spelled = "".join(rf"[ -](?:(?:of|and|the|for) )?((?i:{letter})\w+)" for letter in short[1:])
    return re.compile(rf"\b(?:{short}\b|({short[0]}\w+){spelled}\b)")


@lru_cache(maxsize=256)
def _evidence(asked: str) -> re.Pattern[str]:
    return next(evidence for words, evidence in _ASKED if words.search(asked))
