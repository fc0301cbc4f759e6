"""The words by which a sentence's meaning turns: what says no, what limits, what obliges, and what says the same."""

from __future__ import annotations

import re
from functools import cache

from assistant.checker.synonyms import GROUPS, OPPOSITES, PEOPLES
from index.keywords.stems import terms


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that carry no claim of their own. English; other languages are checked word by word (see `verify.py`).
GLUE = _words(
    """
    a an the this that these those such and or of to in on at by for with from as is are was were be been
    being am do does did doing has have had having it its they them their theirs he him his she her hers i me
    my we us our ours you your yours who whom whose which what where how why there here into onto about
    between among through per also too so then than very quite just even both either each every all any some
    one ones other own same while whereas because since although though however therefore thus hence when
    whenever if whether will would up out off yes well still already yet again together within under over
    above below via upon toward towards across along additionally furthermore moreover please etc s t re ve ll
    d m themselves itself himself herself yourself another someone somebody anyone anybody everyone everybody
    else before after until during now currently likewise only except unless solely exclusively without
    not_needed always but or_more or_less elsewhere more further less
    """
)

# Words that add little to what is said with them: light verbs and words about the page itself.
LIGHT = _words(
    """
    get gets got take takes taking took make makes made making include includes including included consist
    consists contain contains provide provides provided give gives given offer offers offered call called name
    named known part page passage pages say says said state states mention mentions accord according case
    certain specific various example examples total moment time way ways go goes come comes lasts number
    amount belong belongs member members role mean means stand stands following follows namely several aim
    aims aimed together main key currently present information there shared deal deals gain receive receives
    obtain place hold holds run runs want apply applies person people happen happens exist exists use uses
    used
    """
)

PEOPLE = _words(
    """
    staff employee employees people person persons personnel worker workers member members colleague colleagues
    """
)

NEGATORS = _words(
    """
    not no never none nobody nothing neither nor without hardly
    """
)

ONLY = re.compile(r"\b(?:only|solely|exclusively|exclusive to|nothing but|no one but)\b", re.IGNORECASE)
EXCEPT = re.compile(
    r"\b(?:except(?: for)?|excepting|unless|excluding|with the exception of|other than|apart from|but not)\b",
    re.IGNORECASE,
)
CONDITION = re.compile(r"\b(?:if|unless|except|provided that|as long as|during|without|on condition)\b", re.IGNORECASE)
HEDGE = re.compile(
    r"\b(?:usually|often|sometimes|normally|typically|generally|mostly|rarely|seldom|partly|in principle)\b",
    re.IGNORECASE,
)
TOTAL = re.compile(r"\b(?:always|in (?:all|every) cases?|without exception|at all times)\b", re.IGNORECASE)

_MODALS = {
    "must": """
        must shall need needs needed require requires required necessary mandatory compulsory obligatory obliged
        critical essential imperative
    """,
    "may": """
        may can could might allow allows allowed permit permits permitted able possible eligible entitled entitles
        entitle qualify qualifies qualified
    """,
    "should": "should ought",
}
MODALS = {word: kind for kind, words in _MODALS.items() for word in words.split()}

# Verbs with two sides: who does it and to whom may not be exchanged.
SIDED = _words(
    """
    buy buys bought sell sells sold acquire acquired lead leads led report reports reported found founded
    follow follows followed approve approves approved host hosts hosted provide provides provided run runs
    manage manages managed hire hires hired join joins joined pay pays paid send sends sent give gives given
    lend lends lent own owns owned replace replaces replaced succeed succeeds succeeded supervise supervises
    supervised appoint appoints appointed fund funds funded support supports supported create created creates
    teach teaches taught train trains trained employ employs employed represent represents represented meet
    meets met tell tells told inform informs informed review reviews reviewed sign signs signed chair chairs
    chaired decide decides decided play plays played influence influences influencing strengthen call calls
    called wipe wipes wiped answer answers beat beats help helps helped build built belong belongs use uses
    used elect elects elected nominate nominates nominated merge merged designate designated transfer
    transfers transferred ask asks asked invite invites invited visit visits visited require requires assign
    assigns assigned establish established launch launched organise organises organised borrow borrows
    borrowed sue sued grants granted grant book books booked order orders ordered reimburse reimburses
    reimbursed attend attends attended submit submits submitted change changes changed carry carries carried
    write writes wrote written repeat repeats repeated renew renews renewed reserve reserves reserved refund
    refunds refunded earn earns earned drive drives drove driven bring brings brought precede precedes
    preceded outrank outranks oversee oversees oversaw advise advises advised protect protects protected
    """
)


_APART = _words("information international experience")
"""Words that the stemmer takes for others: "inform", "intern", "experiment"."""


@cache
def stem(word: str) -> str:
    """The word as the keyword index would store it in English."""
    found = terms(word, "en")
    return found[0] if found else word.lower()


@cache
def meaning(word: str) -> str:
    """A key that words of the same meaning share, by stem and by the table of meanings."""
    if word.lower() in _APART:
        return word.lower()
    return _meanings().get(stem(word), stem(word))


@cache
def name_key(word: str) -> str:
    """A key that a name shares with its other forms: "Europe's", "European"."""
    return _peoples().get(word.lower(), stem(word))


@cache
def _peoples() -> dict[str, str]:
    return {word: line.split()[0] for line in PEOPLES.strip().splitlines() for word in line.split()}


@cache
def _meanings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in GROUPS.strip().splitlines():
        words = line.split()
        for word in words:
            found.setdefault(stem(word), found.get(stem(words[0]), stem(words[0])))
    return found


@cache
def _opposites() -> frozenset[frozenset[str]]:
    pairs = (pair.split() for pair in re.split(r",\s*", " ".join(OPPOSITES.split())))
    return frozenset(frozenset((meaning(one), meaning(other))) for one, other in pairs)


def are_opposite(one: str, other: str) -> bool:
    """Whether two words exclude each other: a known pair, or one the other with un-, in-, non- or -less."""
    if frozenset((meaning(one), meaning(other))) in _opposites():
        return True
    short, long = sorted((one.lower(), other.lower()), key=len)
    return re.fullmatch(rf"(?:un|in|im|ir|il|non|dis|mis){re.escape(short)}|{re.escape(short)}less", long) is not None
