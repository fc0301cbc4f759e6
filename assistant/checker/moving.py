"""Turns of grammar by which two words change places and mean the same: the passive, a phrase moved, "'s" for "of"."""

from __future__ import annotations

import re

from assistant.checker.laying import Laid
from assistant.checker.lexicon import LIGHT, meaning
from assistant.checker.wording import Word, Wording

_MOVABLE = frozenset(
    ["in", "at", "on", "for", "from", "with", "within", "during", "under", "over", "about", "among", "between",
     "through", "as", "by", "before", "after", "until", "since", "per", "to", "of", "via", "into", "without", "against",
     "than", "because"]
)  # fmt: skip
_LOOSE_LINKS = frozenset(["of", "for", "in", "at", "about", "on", "with", "to", "by", "from", "'s"])
_PARTICIPLE = (
    r"(?:\w+(?:ed|en|wn|ught|pt|nt)|run|set|put|cut|led|held|made|sold|told|paid|done|won|met|found|built|lost|known)"
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|gets?|got)\b(?: (?:\w+ly|not|also|first|already|then|both|never|always|only))*"
    rf" {_PARTICIPLE}\b"
)
_GOES_ON = re.compile(rf"\W*(?:and|or)\s+(?:\w+ly\s+)?{_PARTICIPLE}\b")
_NOMINAL = re.compile(r"(?:al|tion|sion|ment|ance|ence|ure)s?$", re.IGNORECASE)
_ADJECTIVE = re.compile(r"(?:ous|ive|ic|able|ible|ful|less)$", re.IGNORECASE)
_NEEDED = re.compile(r"\b(?:is|are|was|were|be)(?: also)?(?: not)? +(?:must|required|needed|necessary)\b")
_COMPOUND = 3  # words between the parts of "courses in Finnish and Swedish"
_LENT = meaning("lend")
_BE = frozenset(["is", "are", "was", "were", "been"])
_COPULA = re.compile(r"\b(?:is|are|was|were|been)\b")


def has_moved(laid: Laid, one: Word, other: Word, mine: Word, its: Word) -> bool:
    """Whether grammar explains that ``other`` follows ``one`` in the sentence and its page's word ``its`` stands before
    ``mine``."""
    return (
        _voice_changes(laid, one, other, mine, its)
        or _phrase_moved(laid, one, other, mine, its)
        or _is_of(laid, one, other, mine, its)
        or _turns_round(laid, one, other, mine, its)
    )


def _voice_changes(laid: Laid, one: Word, other: Word, mine: Word, its: Word) -> bool:
    passive = is_passive(laid.claim, one, other)
    if passive != is_passive(laid.source, mine, its):
        return True
    if passive and its.place == laid.source.clauses[its.clause].verb and not is_passive(laid.source, its):
        return True
    # "Clearance is not required for testing" for "testing does not require clearance".
    if other.bound == "for" and _NEEDED.search(laid.claim.clauses[one.clause].text):
        return True
    # "The system created in 1992" for "they created the system in 1992".
    if not other.after and one.kind != "name" and other.text.lower().endswith("ed"):
        return True
    # "Your lead must approve it" for "the approval of your lead".
    return any(
        is_noun(word) != is_noun(found) and not any(_ADJECTIVE.search(form.text) for form in (word, found))
        for word, found in ((one, mine), (other, its))
    )


def is_noun(word: Word) -> bool:
    """Whether a word looks like a noun made of a verb: "approval"."""
    return _NOMINAL.search(word.text) is not None


def stands_before(participle: Word, noun: Word) -> bool:
    """Whether a participle stands right before its noun: "carried-over days"."""
    beside = noun.place == participle.place + 1 and noun.after in ("", "over", "out", "up", "off")
    return beside and participle.text.lower().endswith(("ed", "en"))


def _phrase_moved(laid: Laid, one: Word, other: Word, mine: Word, its: Word) -> bool:
    """ "In 1971 the office …" for "the office … in 1971"; "days that you carry over" for "carried-over days"."""
    if (
        mine.place == its.place + 1
        and mine.after in ("", "over", "out", "up", "off")
        and its.text.lower().endswith(("ed", "en"))
    ):
        return True
    if other.bound in _MOVABLE and other.bound == its.bound:
        return True
    head = _head(laid.claim, one)
    return (
        head.bound in _MOVABLE
        and _phrase_ends(laid.source, mine)
        and any(head.bound == found.bound for found in laid.options.get(head.place, ()))
    )


def _is_of(laid: Laid, one: Word, other: Word, mine: Word, its: Word) -> bool:
    """ "The Catalog's edition" for "the edition of the Catalog", "services for video" for "video services"."""
    source = laid.source.clauses[mine.clause]
    # "The password of the network" for "the network, whose password".
    if source.opener == "whose" and (other.bound == "of" or other.after == "'s"):
        return True
    # "European capitals" for "capital cities of Europe".
    if one.kind == "name" and one.text != mine.text and mine.bound == "of" and mine.clause == its.clause:
        return True
    between = laid.source.words[its.place + 1 : mine.place]
    said = {found.place for found in laid.pairs.values()}
    if (
        mine.clause - its.clause not in (0, 1)
        or len(between) > _COMPOUND
        or any(
            word.place == source.verb or (word.place not in said and word.text.lower() not in LIGHT) for word in between
        )
    ):
        return False
    if other.figure is not None or mine.figure is not None:
        return False
    joined = other.after in ("", "'s")
    if (other.bound in _LOOSE_LINKS or other.after == "'s") and (
        mine.after in ("", "'s") or (joined and mine.bound in _LOOSE_LINKS)
    ):
        return True
    # One link between two runs of words: "courses | in Finnish and Swedish".
    links = [word for word in [*between, mine] if word.after not in ("", "and", "or")]
    return joined and (
        any(word.text.lower() in ("called", "named") for word in between)
        or (len(links) == 1 and links[0].bound in _LOOSE_LINKS)
    )


def _turns_round(laid: Laid, one: Word, other: Word, mine: Word, its: Word) -> bool:
    """ "The method is the drive" for "the drive is the method", "160 days of leave" for "leave is 160 days"."""
    source = laid.source.clauses[mine.clause]
    beside = laid.source.words[its.place : mine.place + 1]
    if other.bound == "of" and _COPULA.search(source.text) and any(word.figure is not None for word in beside[1:]):
        return True
    words = [word for word in laid.claim.of_clause(one.clause) if word.place in laid.pairs]
    if any(word.key == _LENT and word.text[:1].lower() != laid.pairs[word.place].text[:1].lower() for word in words):
        return True  # who borrows is lent to
    return (
        not is_passive(laid.claim, one, other)
        and _COPULA.search(laid.claim.clauses[one.clause].text) is not None
        and _COPULA.search(source.text) is not None
        and other.bound in _BE
        and other.after not in ("a", "an")
        and any(word.bound in _BE for word in beside)
    )


def is_passive_text(text: str) -> bool:
    """Whether a clause is in the passive, by its text: "is held", "were never sent"."""
    return _PASSIVE.search(text) is not None


def is_passive(wording: Wording, *words: Word) -> bool:
    """Whether the first word's clause, or the one that it goes on from ("… and used by"), is in the passive, or one of
    the words a participle ("created by")."""
    index = words[0].clause
    clause = wording.clauses[index]
    if _PASSIVE.search(clause.text):
        return True
    opening = re.match(rf"\W*({_PARTICIPLE})\b", clause.text)
    if opening and any(word.text == opening[1] for word in words):
        return True  # "…, patterned on the colleges"
    if any(re.search(rf"\b{re.escape(word.text)}(?: \w+)? by\b", wording.clauses[word.clause].text) for word in words):
        return True
    return bool(index and _GOES_ON.match(clause.text) and _PASSIVE.search(wording.clauses[index - 1].text))


def _head(wording: Wording, word: Word) -> Word:
    """The first word of the phrase that a word stands in: of "in the late 1980s", "late"."""
    for earlier in reversed(wording.words[: word.place + 1]):
        if earlier.clause != word.clause or earlier.after in ("and", "or"):
            break
        if earlier.after or earlier.place == 0:
            return earlier
    return word


def _phrase_ends(source: Wording, word: Word) -> bool:
    """Whether nothing hangs on a word in the page: "in 1971", not "using annual leave"."""
    following = source.words[word.place + 1] if word.place + 1 < len(source.words) else None
    return following is None or following.clause != word.clause or following.after not in ("", "of", "and", "or")
