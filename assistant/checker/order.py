"""Whether any words, not only names, stand in a sentence in their source's order.

A swap of two common nouns ("leave before comp time" for "comp time before leave") turns a meaning as surely as one
of names. Words may change places only where a turn of grammar moves them: see `assistant.checker.moving`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from assistant.checker.laying import Laid, verb_groups
from assistant.checker.lexicon import LIGHT
from assistant.checker.moving import has_moved, is_noun
from assistant.checker.wording import Word

_LINKS = ("in", "by", "of", "than", "after", "before", "to", "from")
_HEADS = frozenset(
    ["state", "county", "city", "province", "region", "district", "area", "office", "branch", "division", "department",
     "committee", "council", "government", "ministry", "university", "campus", "team", "unit", "section"]
)  # fmt: skip
_HANGING = frozenset(["in", "of", "for", "from", "at", "by", "with", "about", "on"])
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|can|may|must|should)\b")
_BESIDE = re.compile(r"\W*(?:and|but|while|whereas)\b", re.IGNORECASE)
_TURNING = frozenset(["than", "before", "after", "until", "without", "against", "except", "despite", "as"])
_AS_IS = re.compile(r"\W*as (?:is|are|was|were|do|does|did|has|have)\b", re.IGNORECASE)
_REACH = 12  # words of the page between two that the sentence puts side by side


def check_order(laid: Laid) -> str:
    """Words that follow each other may not stand the other way round in the page, unless a phrase has moved whole.

    A word may stand several times in the page: of the ways to place the words of a clause, one must keep their order.
    """
    if " | " in laid.source.text:
        return ""  # a row is read by its columns
    for index, clause in enumerate(laid.claim.clauses):
        if re.match(r"\s*there\b|.*\bstands? for\b", clause.text, re.IGNORECASE):
            continue
        words = [word for word in laid.claim.of_clause(index) if _is_ordered(laid, word)]
        reached = {found.place: found for found in laid.options[words[0].place]} if words else {}
        for one, other in pairwise(words):
            joined = other.after in ("and", "or")
            reached = {
                its.place: its
                for its in laid.options[other.place]
                if any(
                    joined or mine.place < its.place or has_moved(laid, one, other, mine, its)
                    for mine in reached.values()
                )
            }
            if not reached:
                return f"{one.text} and {other.text} stand the other way round"
    return ""


def _is_ordered(laid: Laid, word: Word) -> bool:
    """Whether a word's place tells something: adverbs and words of little weight stand anywhere."""
    low = word.text.lower()
    if not laid.options.get(word.place) or word.place in laid.loose:
        return False
    if any(earlier.text.lower() == low for earlier in laid.claim.words[: word.place]):
        return False  # said again: "the exam fee … if you pass the exam"
    return word.kind != "word" or not (low.endswith("ly") or low in LIGHT or low in ("first", "together"))


def check_skipped(laid: Laid) -> str:
    """What hangs on a word by a little word hangs on it in the page, not on another one further on."""
    said = {found.place for found in laid.pairs.values()}
    for one, other in pairwise(laid.claim.words):
        if one.clause != other.clause or other.bound not in _LINKS:
            continue
        mine, its = laid.pairs.get(one.place), laid.pairs.get(other.place)
        if mine is None or its is None or its.bound != other.bound or not 0 < its.place - mine.place <= _REACH:
            continue
        nearer = [
            word
            for word in laid.source.words[mine.place + 1 : its.place]
            if word.bound == other.bound and word.place not in said and word.kind == its.kind
        ]
        if nearer and not any(
            option.place < nearer[0].place for option in laid.options.get(other.place, ()) if option.place > mine.place
        ):
            return f"the page says {other.bound} {nearer[0].text}"
    return ""


def check_turning(laid: Laid) -> str:
    """What stands behind "than", "before" or "without" stands behind it in the page, too."""
    turning = {"as"} | {word.bound for word in laid.source.words} & _TURNING
    for word in laid.claim.words:
        options = laid.options.get(word.place, ())
        if word.bound in turning and options and not any(found.bound == word.bound for found in options):
            return f"the page does not say {word.bound} {word.text}"
    for index in {found.clause for found in laid.pairs.values()}:
        if index and _AS_IS.match(laid.source.clauses[index].text) and len(laid.main) != len(laid.source.clauses):
            return "the page says it of another"
    return ""


def check_heads(laid: Laid) -> str:
    """What is said of "the Turku office" is not said of Turku."""
    said = {found.place for found in laid.pairs.values()}
    for one, word in pairwise(laid.claim.words):
        before = laid.pairs.get(one.place)
        if word.kind != "name" or before is None or word.bound not in ("in", "of", "at", "for", "by", "to", "from"):
            continue
        options = sorted(
            (found for found in laid.options.get(word.place, ()) if found.bound == word.bound),
            key=lambda found: (found.place < before.place, found.place),
        )
        if not options or options[0].place + 1 == len(laid.source.words):
            continue
        head = laid.source.words[options[0].place + 1]
        if (
            head.clause == options[0].clause
            and head.text.lower() in _HEADS
            and not head.after
            and head.place not in said
        ):
            return f"the page says it of the {word.text} {head.text}"
    return ""


def check_objects(laid: Laid) -> str:
    """What is done to "waste in acquisition" is not done to acquisition."""
    said = {found.place for found in laid.pairs.values()}
    for one, other in pairwise(laid.claim.words):
        mine, its = laid.pairs.get(one.place), laid.pairs.get(other.place)
        if mine is None or its is None or one.kind != "word" or one.clause != other.clause or other.figure is not None:
            continue
        if mine.text.lower().endswith("ive") or is_noun(one) != is_noun(mine):
            continue  # "represents" for "is the representative organisation of"
        between = laid.source.words[mine.place + 1 : its.place]
        head = between[0] if between else None
        if head is None or other.bound or mine.clause != its.clause or head.place in said or head.bound:
            continue
        link = next((word for word in [*between[1:], its] if word.bound not in ("", "and", "or")), None)
        if link is not None and link.bound in _HANGING and head.figure is None:
            return f"the page says {one.text} {head.text}"
    return ""


def check_parallel(laid: Laid) -> str:
    """Two clauses that say the like of two things ("known as A before 2016, and as B since") are not mixed."""
    lines, groups = laid.source.lines, verb_groups(laid.source)
    group_of = {clause: at for at, group in enumerate(groups) for clause in group}
    keys = [{word.key for clause in group for word in laid.source.of_clause(clause)} for group in groups]
    texts = [[laid.source.clauses[clause].text for clause in group] for group in groups]
    counted = {key for word in laid.source.words for key in word.nouns[:1]}
    for group in verb_groups(laid.claim):
        words = [word for word in laid.claim.words if word.clause in group and laid.options.get(word.place)]
        said = {word.key for word in words if word.figure is None} - counted
        own: dict[int, Word] = {}
        for word in words:
            held = {
                group_of[found.clause] for found in _alike(word, laid.options[word.place]) if found.clause in group_of
            }
            if len(held) == 1:
                own.setdefault(held.pop(), word)
        for first, second in combinations(sorted(own), 2):
            beside = (
                any(_BESIDE.match(text) for text in texts[second])
                and lines[groups[first][0]] == lines[groups[second][0]]
            )
            whole = all(any(_FINITE.search(text) for text in texts[at]) for at in (first, second))
            if beside and whole and keys[first] & keys[second] & said:
                return f"{own[first].text} and {own[second].text} are said apart"
    return ""


def _alike(word: Word, options: Sequence[Word]) -> Sequence[Word]:
    """The words of the page that say the same with the same bounds: of two "2016", the one in "before 2016"."""
    return [found for found in options if found.limit & word.limit] or options
