"""Whether a page or a part of it says of itself that it is no longer in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.question.question import Question
from ingest.types import Document

_OPENING = 300  # characters of a page in which it says so of itself
_MARK = (
    r"(?:superseded|obsolete|archived|deprecated|outdated|withdrawn|repealed|no longer (?:valid|in force|in use)|"
    r"kumottu|vanhentunut|arkistoitu|ei enää voimassa|upphävd|föråldrad|arkiverad|ej längre giltig|ersatt)"
)
# "Leave policy 2021 (superseded)", "ARCHIVED: leave policy".
_MARKED = re.compile(rf"^{_MARK}(?: ?[:–—]| -|$)|[(\[]{_MARK}\b[^)\]]*[)\]]| [–—-] ?{_MARK}$", re.IGNORECASE)
_PAGE = r"(?:page|version|policy|document|guidance|guide|edition|procedure|instruction)"
_IS = r"(?:is|are|was|were|has been|have been) (?:now )?"
# Of itself: a page may well say of a permit, or of the page that it replaced, that it is no longer valid. "The document
# is archived" is what becomes of any.
_SAYS_SO = re.compile(
    rf"\bthis {_PAGE}(?: (?:of|from|for|about|on|dated) (?:(?!which\b|that\b|how\b|when\b)[^\s.,;]+ ){{0,5}}?| )"
    rf"{_IS}(?:{_MARK}|replaced)\b|"
    rf"(?:^|[.!?] |\n)the (?:(?!document){_PAGE} {_IS}(?:{_MARK}|replaced)|"
    rf"document {_IS}(?!archived|withdrawn){_MARK})\b|"
    r"\btä(?:mä|tä) (?:sivu|ohje|versio|asiakirja|linjaus)\w*(?: (?!joka|jotka|mikä|mitkä|miten|kun)[^\s.,;]+){0,3}? "
    r"(?:on (?:nyt )?(?:korvattu|kumottu|vanhentunut|arkistoitu)|ei (?:ole )?enää (?:voimassa|käytössä))|"
    r"\b(?:den här|denna|detta|det här) (?:sida|version|anvisning|dokument|riktlinje|policy)\w*"
    r"(?: (?!som|vilk|hur|när)[^\s.,;]+){0,3}? "
    r"(?:har ersatts|är (?:ersatt|upphävd|föråldrad|arkiverad)|gäller inte längre)",
    re.IGNORECASE,
)
# "The old leave policy"; who asks about an old phone or a previous employer asks for what is in force.
_ASKED_FOR = re.compile(
    r"\b(?:old|previous|former|earlier|superseded|archived?) (?:[\w-]+ ){0,2}?"
    r"(?:polic(?:y|ies)|versions?|pages?|rules?|guid\w+|documents?|editions?|procedures?|instructions?|handbook|rates?|"
    r"prices?|terms|entitlements?|allowances?)\b|\bused to be\b|"
    r"\b(?:vanha|aiem|entinen|entise)\w* (?:\w+ ){0,2}?\w*(?:ohje|säänn|sääntö|versio|sivu|linjau|käytän)\w*|"
    r"\b(?:gamla|tidigare) (?:\w+ ){0,2}?\w*(?:regler|regel|policy|version|sida|anvisning|riktlinje)\w*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def is_outdated(question: Question, path: Sequence[str], document: Document) -> bool:
    """Whether the page, or a heading of the path, says that it was replaced, and the question does not ask for it.

    It is asked for as "the old policy" and the like, and by a year that the title gives: "the leave policy of 2021".
    """
    if not (_says_so(document) or any(map(_MARKED.search, path))):
        return False
    named = set(_YEAR.findall(" ".join((document.title, *path)))) & set(_YEAR.findall(question.text))
    return not named and _ASKED_FOR.search(question.text) is None


@lru_cache(maxsize=512)
def _says_so(document: Document) -> bool:
    opening = document.text[:_OPENING]
    return bool(_MARKED.search(document.title) or _SAYS_SO.search(opening))
