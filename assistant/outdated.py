"""Whether a page or a part of it says of itself that it is no longer in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.question import Question
from ingest.types import Document

_OPENING = 300  # characters of a page in which it says so of itself
_MARK = (
    r"(?:superseded|obsolete|archived?|deprecated|outdated|withdrawn|repealed|no longer (?:valid|in force|in use)|"
    r"kumottu|vanhentunut|arkistoitu|ei enää voimassa|upphävd|föråldrad|arkiverad|ej längre giltig|ersatt)"
)
# "Leave policy 2021 (superseded)", "ARCHIVED: leave policy".
_MARKED = re.compile(rf"^{_MARK} ?(?:[:–—-]|$)|[(\[]{_MARK}\b[^)\]]*[)\]]|[–—:-] ?{_MARK}$", re.IGNORECASE)
# Of itself: a page may well say of a permit that it is no longer valid.
_SAYS_SO = re.compile(
    r"\b(?:this|the) (?:page|version|policy|document|guidance|guide|edition|procedure|instruction)s?\b[^.\n]{0,40}? "
    rf"(?:is|are|was|were|has been|have been) (?:now )?(?:{_MARK}|replaced|superseded)\b|"
    r"\btä(?:mä|tä) (?:sivu|ohje|versio|asiakirja|linjaus)\w*[^.\n]{0,40}? "
    r"(?:on (?:nyt )?(?:korvattu|kumottu|vanhentunut|arkistoitu)|ei (?:ole )?enää (?:voimassa|käytössä))|"
    r"\b(?:den här|denna|detta|det här) (?:sida|version|anvisning|dokument|riktlinje|policy)\w*[^.\n]{0,40}? "
    r"(?:har ersatts|är (?:ersatt|upphävd|föråldrad|arkiverad)|gäller inte längre)",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    r"\b(?:old|previous|former|earlier|superseded|archived?|used to|vanha\w*|aiem\w+|entinen|entisen|gamla|tidigare)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def is_outdated(question: Question, path: Sequence[str], document: Document) -> bool:
    """Whether the page, or a heading of the path, says that it was replaced, and the question does not ask for it.

    It is asked for by "old" and the like, and by a number that the title gives: "the leave policy of 2021".
    """
    if not (_says_so(document) or any(map(_MARKED.search, path))):
        return False
    named = set(_DIGITS.findall(" ".join((document.title, *path)))) & set(_DIGITS.findall(question.text))
    return not named and _ASKED_FOR.search(question.text) is None


@lru_cache(maxsize=512)
def _says_so(document: Document) -> bool:
    opening = document.text[:_OPENING]
    return bool(_MARKED.search(document.title) or _SAYS_SO.search(opening))
