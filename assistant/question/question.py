"""What a question asks for, told from its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

AnswerType = Literal[
    "date",
    "duration",
    "number",
    "money",
    "contact",
    "person",
    "place",
    "list",
    "steps",
    "yesno",
    "definition",
    "reason",
    "any",
]

_ALSO = r"^(?:and |so |but )?"  # how a follow-up may open
_UNASKED = rf"{_ALSO}(?!when\b|who\b|whom\b|whose\b|where\b)"  # before what tells the kind unless these do
_AUXILIARY = "do|does|did|is|are|am|was|were|can|could|may|should|must|will|would|has|have|had"
_PHONE = "phone|telephone|mobile|cell(?: ?phone)?|fax|hotline|helpline"
_OF_IT = r"(?:['’]s?|\b(?:the|his|her|their|its|your))"
# Who asks how, when or whether has something else to do with a number or an address: "how do I change my phone number".
_NAMES_IT = (
    rf"{_ALSO}(?!(?:how|when|why|if|who|what happens|{_AUXILIARY}|"
    r"miten|kuinka|milloin|kuka|voi\w*|saa\w*|hur|när|vem|kan|får)\b).*"
)
_RING = "call|ring|phone|dial|e-?mail|write to"
_REACH = rf"(?:contact|reach|{_RING}|get (?:hold of|in touch with))"
# "How do I call in sick", "email a large file", "call the function", "reach level 3", "reach the depot by bus".
_HOW_TO = (
    rf"(?!(?:{_RING}) (?:in|off|out|up|back|abroad|my|an?)\b|"
    r"call .*\b(?:functions?|methods?|api|endpoint|class|script|command)\b|reach (?:level\b|.* by\b))"
)
# "Miten saan yhteyden vierasverkkoon" asks for a connection, not for a person.
_NO_NETWORK = (
    r"(?!.*(?:verkkoon|verkkoihin|verkkolevy\w*|\bvpn(?!-)\S*|palvelim(?:een|elle|iin)|internet(?!-)\S*)(?:\W|$))"
)
# What has a number that nobody calls.
_NUMBERED = "building|house|room|flat|floor|form|order|invoice|account|policy|contract|rule|page|bus"
_CALLED = "the|an?|what|which|direct|emergency|office|work|desk|duty|contact|out-of-hours|on-call"
_MANY = (
    "are|were|include|types?|kinds?|three|four|five|six|seven|eight|nine|ten|things|categories|areas|projects|communities|"
    "mechanisms|universities|partners|forms|options|ways|tools|members|countries|reasons|requirements|criteria|documents|"
    "items|examples"
)

# The first kind that one of its patterns fits wins. English, Finnish and Swedish.
_PATTERNS: tuple[tuple[AnswerType, tuple[str, ...]], ...] = (
    (
        "money",
        (
            r"\bhow much (?:money|does|do|is|are|can|will|would|did|was)\b",
            r"\bwhat(?:'s| is| are)? (?:the )?(?:price|cost|fee)\b",
            rf"{_UNASKED}.*(?:\b(?:spend|spending) limit\b|\bsalary\b|\bcharge\b|\breimburse\w* (?:amount|limit)\b)",
            r"\bpaljonko .*maksa|\bhinta\b|\bkostar\b",
        ),
    ),
    (
        "contact",
        (
            rf"{_NAMES_IT}\b(?:(?:{_PHONE}) ?(?:numbers?|no\.?|extensions?)|extension numbers?)\b",
            rf"{_NAMES_IT}\b(?:contact|e-?mail|postal|street|visiting) (?:details|address)",
            rf"{_NAMES_IT}(?:^|\b(?:{_CALLED}) )number (?:for|of (?:the|my|our)\b(?! \w+s\b))\b"
            rf"(?! (?:the )?(?:{_NUMBERED})\b)",
            rf"\bnumber (?:do|should|can|must) i {_REACH}\b",
            rf"{_NAMES_IT}(?:^|\b(?:the|an?) )(?:{_PHONE}|e-?mail|(?<!ip )address) (?:of|for)\b",
            rf"{_NAMES_IT}(?:^|\b(?:the|an?) )extension (?:of|for) "
            r"(?!my\b|our\b|an?\b|(?:the |this )?(?:\w+ )?(?:deadline|period|contract|probation|permit|visa|lease)\b)",
            rf"^(?:what|where)(?:'s| is| are)?\b.*{_OF_IT} (?:{_PHONE}|e-?mail|address|extension|number)\W*$",
            rf"^how (?:do|can|could|should) (?:i|we|one|you) (?:best )?{_HOW_TO}{_REACH}\b",
            rf"^(?:miten|kuinka|mistä) (?:voin |voi |minä )?(?:ota|otta|saa)\w* yhtey\w+{_NO_NETWORK}",
            r"^hur (?:kan |ska )?(?:(?:jag|man|vi) )?kontakt(?:a|ar)? ",
            r"^hur når (?:jag|man) (?!.*(?: med (?:buss|tåg|bil|cykel)\w*|mål(?:en|et)?)\b)",
            rf"{_NAMES_IT}\b(?:puhelin[ -]?numero|yhteystie|(?:posti|käynti|sähköposti)osoite|sähköposti\W*$)",
            r"^mihin numeroon\b",
            rf"{_NAMES_IT}\b(?:telefon[ -]?num|kontaktuppgift|(?:e-?post|post|besöks)(?:adress|en till))",
            r"^vilket nummer\b",
        ),
    ),
    (
        "duration",
        (
            r"\bhow (?:long|soon|quickly|fast|far (?:in advance|ahead))\b",
            r"\bhow many (?:business )?(?:days|weeks|months|years|hours|minutes)\b",
            rf"{_UNASKED}.*(?:\btime limit\b|\bdeadline\b|\bnotice\b)",
            r"\bkuinka (?:kauan|pitkään)\b|\bhur (?:länge|snart)\b",
        ),
    ),
    (
        "number",
        (
            r"\bhow (?:many|much|often|big|large|high|old)\b",
            r"\bwhat (?:percentage|percent|number|share)\b|\b(?:maximum|minimum) number\b",
            r"\b(?:kuinka|miten) (?:monta|paljon|usein)\b|\bhur (?:många|mycket|ofta)\b",
        ),
    ),
    (
        "date",
        (
            rf"{_ALSO}when\b|\b(?:what|which) (?:date|day|year|month|time)\b|\bdue\b",
            r"^(?:milloin|koska)\b|^när\b|\bminä (?:vuonna|päivänä)\b",
        ),
    ),
    (
        "steps",
        (
            rf"{_ALSO}how (?:do|can|should|would|to|does one|might)\b|\bhow (?:do|can) i\b",
            r"\b(?:steps?|process|procedure) (?:to|for|of)\b|^(?:miten|kuinka)\b|^hur\b",
            rf"{_ALSO}what (?:do|must|should|shall|can) (?:i|we) (?:(?:have|need) to )?do\b",
            r"^mitä (?:teen|(?:minun )?(?:pitää|täytyy|pitäisi|kuuluu) tehdä)\b",
            r"^vad (?:gör (?:jag|man|vi)|(?:ska|måste|bör) (?:jag|man|vi) göra)\b",
        ),
    ),
    ("list", (rf"{_ALSO}(?:which|what|name|list)\b[^?]*\b(?:{_MANY})\b", r"^(?:name|list)\b|^mitkä\b|^vilka\b")),
    (
        "person",
        (
            rf"{_ALSO}(?:who|whom|whose)\b|\bwhich (?:person|team|office|organi[sz]ation)\b",
            r"^(?:kuka|ketkä|kenen)\b|^vem\b",
        ),
    ),
    (
        "place",
        (
            rf"{_ALSO}where\b|\bwhich (?:room|building|floor|city|country|channel)\b",
            r"^(?:missä|mistä|mihin|minne)\b|^var\b",
        ),
    ),
    ("reason", (rf"{_ALSO}why\b|^miksi\b|^varför\b",)),
    (
        "definition",
        (
            r"^(?:what|who)(?:'s| is| are| was| were) (?:an? |the )?"
            r"(?:(?!of\b|for\b|in\b|with\b|at\b|name\b)[\w&./-]+ ?){1,5}\?*$",
            r"\bstands? for\b|\bmeans?\b|\bdefin|^tell me about\b|^mikä on\b|^vad är\b",
        ),
    ),
    (
        "yesno",
        (
            rf"^(?:and |so |but |if [^,]+, )?(?:{_AUXILIARY})\b",
            r",\s*(?:do|does|can|should|may|am|is|are|will) (?:i|we|you|they|it)\b|^\w+k[oö]\b",
        ),
    ),
)
_TYPES = tuple((kind, re.compile("|".join(patterns), re.IGNORECASE)) for kind, patterns in _PATTERNS)

# Words that carry the question's grammar, not its topic; the keyword index's stop words are left out beside these.
_GRAMMAR = frozenset(
    """
    who whom whose what when where which why how many much long often soon do does did can could should would will
    may might must shall i me my mine we us our you your they them their it its he she his her him is are was were
    be been am have has had get got there here this that these those tell name list please about any some want need
    know find give let say like go make s t re ve ll d m don doesn isn aren didn won also just really ever however
    since finally thanks thank thx hello hi hey dear regards cheers kiitos moi hei terve tack hej
    """.split()  # noqa: SIM905 - a list of this length in quotes and commas cannot be read
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what it asks for and the names it gives.

    ``names`` are runs of capitalised words, acronyms and quoted words inside it; the question's first word counts only
    if it is an acronym or goes on as a name.
    """

    text: str
    answer_type: AnswerType
    names: tuple[str, ...]


def read_question(text: str) -> Question:
    """The question, read. Never fails: what cannot be told is ``"any"``."""
    text = " ".join(text.split())
    kind: AnswerType = next((kind for kind, pattern in _TYPES if pattern.search(text)), "any")
    return Question(text, kind, tuple(_names(text)))


def is_grammar(word: str) -> bool:
    """Whether a lower-case word only carries a question's grammar."""
    return word in _GRAMMAR


_NAME = re.compile(
    r"(?<![\w'’])[A-ZÅÄÖ][\w&-]*(?:[ -](?:(?:of|the|for|and|at|de|von|van|\d+)\b(?=[ -][A-ZÅÄÖ\d])|[A-ZÅÄÖ][\w&-]*))*"
)
_QUOTED = re.compile(r"(?<!\w)[\"“'‘]([^\"”'’]{2,60})[\"”'’](?!\w)")


_BEGINS = re.compile(r"(?:^|[.?!] )[\"'“‘(]?$")


def _names(text: str) -> list[str]:
    found = [match[1] for match in _QUOTED.finditer(text)]
    shouted = text.upper() == text and " " in text  # capitals tell nothing then
    for match in () if shouted else _NAME.finditer(text):
        name = match.group()
        first, _, rest = name.partition(" ")
        if _BEGINS.search(text[: match.start()]) and not (len(first) > 1 and first.isupper()):
            # A sentence's first word is capitalised whatever it is; what follows it may be a name.
            name = re.sub(r"^(?:of|the|for|in|and) ", "", rest)
        if len(name) > 1 and name.lower() not in _GRAMMAR:
            found.append(name)
    return list(dict.fromkeys(found))
