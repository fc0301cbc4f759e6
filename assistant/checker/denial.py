"""Whether a sentence denies, obliges, limits and hedges as its source does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.checker.laying import Laid, is_adjunct, subject_length, subject_of
from assistant.checker.lexicon import CONDITION, EXCEPT, HEDGE, SIDED, TOTAL
from assistant.checker.wording import Word, Wording, read_wording

_TURNS = (
    re.compile(r"\b(?:before|prior to|ahead of|until|till|by|earlier)\b", re.IGNORECASE),
    re.compile(r"\b(?:before|until|till|by|to)\b", re.IGNORECASE),
    re.compile(r"\b(?:after|following|once|since|later|from|when|then|as soon as)\b", re.IGNORECASE),
    re.compile(r"\b(?:under|below|beneath|less|fewer|lower|shorter|younger)\b|[<≤]", re.IGNORECASE),
    re.compile(r"\b(?:over|above|more|exceed\w*|higher|longer|older)\b|[>≥]", re.IGNORECASE),
)


_TOLD = (
    re.compile(r"\b(?:before|prior to)\b", re.IGNORECASE),
    re.compile(r"\b(?:until|till)\b", re.IGNORECASE),
    re.compile(r"\b(?:after|since)\b", re.IGNORECASE),
    re.compile(r"\b(?:under|below|beneath)\b|<", re.IGNORECASE),
    re.compile(r"\babove\b|>", re.IGNORECASE),
)


def check_denials(laid: Laid) -> str:
    """What the page denies is denied, and nothing else."""
    for index, clause in enumerate(laid.claim.clauses):
        words = [word for word in laid.claim.of_clause(index) if word.place in laid.pairs]
        reached = next((word.place for word in words if word.denied), None)
        predicate = [word for word in words if reached is not None and word.place >= reached] or words[
            -max(1, len(words) - _subject_length(laid, index, words)) :
        ]
        # "During a sabbatical …" may stand before a "not" or behind it.
        predicate = [word for word in predicate if not is_adjunct(laid.claim, word)] or predicate
        agreed = [word for word in predicate if word.denied and laid.pairs[word.place].denied]
        for word in predicate:
            found = laid.pairs[word.place]
            if word.denied == found.denied or (word.kind != "word" and not word.denied and clause.verb is not None):
                continue
            if not word.denied and _denied_elsewhere(laid, found):
                continue
            if word.denied and any(other.place in (clause.verb, reached) for other in agreed):
                continue
            if word.denied and not word.closely and _denied_after(laid, word, found, agreed):
                continue
            return f"{word.text} is {'affirmed' if word.denied else 'denied'} by the page"
    return ""


def _subject_length(laid: Laid, index: int, words: Sequence[Word]) -> int:
    """How many of some words of a clause stand before its first auxiliary, or its verb."""
    subject = subject_of(laid.claim.clauses[index]).lower()
    length = sum(re.search(rf"\b{re.escape(word.text.lower())}\b", subject) is not None for word in words)
    return length if 0 < length < len(words) else subject_length(laid.claim, index)


def _denied_elsewhere(laid: Laid, found: Word) -> bool:
    """Whether another clause of the claim denies what the page denies: "If you buy them elsewhere, they are not …"."""
    head = next((word for word in laid.source.of_clause(found.clause) if word.denied), None)
    return any(word.denied and laid.pairs.get(word.place) is head and head is not found for word in laid.claim.words)


def _denied_after(laid: Laid, word: Word, found: Word, agreed: Sequence[Word]) -> bool:
    """Whether the source denies the rest of its clause: "pays no salary", "unpaid leave is not granted"."""
    behind = [other for other in laid.source.of_clause(found.clause) if other.place > found.place and other.denied]
    if not behind:
        return False
    if agreed and behind[0].closely:
        return word.text.lower() in SIDED and any(laid.pairs[other.place] in behind for other in agreed)
    return not behind[0].closely


def check_modals(laid: Laid) -> str:
    """What the page obliges, allows or advises is neither more nor less."""
    for index, clause in enumerate(laid.claim.clauses):
        if index not in laid.main:
            continue
        source = laid.source.clauses[laid.main[index]]
        its = dict(source.modals or _modals_beside(laid, index) or _modals_of_lead(laid))
        obliges = "must" in its or bool(source.marks) or _is_imperative(laid.source, laid.main[index])
        for kind, denied in clause.modals:
            beside = dict(_modals_beside(laid, index))
            if kind not in its and beside.get(kind) == denied and (kind == "may" or len(clause.modals) > 1):
                continue  # "before you can use it" for "before being able to use it"
            if reason := _modal(kind, denied, its, obliges):
                return reason
    return ""


def _modal(kind: str, denied: bool, its: Mapping[str, bool], obliges: bool) -> str:
    """Why a "must", "may" or "should" is not the page's, whose own are in ``its`` with whether they are denied."""
    if its.get(kind, denied) != denied:
        return f"the page says {kind!r} otherwise"
    if kind in its:
        return ""
    if kind == "must":
        return "" if obliges and not denied and "should" not in its else "the page does not oblige"
    if kind == "may":
        return "" if "must" not in its or (denied and not its["must"]) else "the page obliges, not allows"
    return "the page allows, not advises" if "may" in its and "must" not in its else ""


def _modals_beside(laid: Laid, clause: int) -> set[tuple[str, bool]]:
    """The modals of all source clauses that a clause of the claim takes words from."""
    used = {laid.pairs[word.place].clause for word in laid.claim.of_clause(clause) if word.place in laid.pairs}
    return {modal for index in sorted(used) for modal in laid.source.clauses[index].modals}


def _modals_of_lead(laid: Laid) -> set[tuple[str, bool]]:
    """The modals of the line that leads to a list: "You need to submit the following:"."""
    return {modal for clause in read_wording(laid.lead).clauses for modal in clause.modals} if laid.lead else set()


def _is_imperative(wording: Wording, clause: int) -> bool:
    """Whether a clause opens with its verb: "Book flights through …"."""
    text, words = wording.clauses[clause].text.strip(), wording.of_clause(clause)
    if re.match(r"(?:please|never|do not|always)\b", text, re.IGNORECASE):
        return True
    if not words or wording.clauses[clause].modals or re.search(r"\b(?:is|are|was|were|has|have|had|do|does)\b", text):
        return False
    first = words[0].text.lower()
    return text.lower().startswith(first) and words[0].kind == "word" and not first.endswith(("s", "ed", "ing"))


def check_marks(laid: Laid) -> str:
    """ "Only" and "except" are said where the page says them."""
    mine = {mark for clause in laid.claim.clauses for mark in clause.marks}
    used = {found.clause for found in laid.pairs.values()}
    beside = used | {clause + 1 for clause in used}
    its = {mark for index in beside if index < len(laid.source.clauses) for mark in laid.source.clauses[index].marks}
    near = {mark for index in used for mark in laid.source.clauses[index].marks}
    for mark in ("only", "except"):
        if mark in mine and mark not in its:
            return f"the page does not say {mark!r}"
        if mark in (its if mark == "except" else near) and mark not in mine:
            return f"the page says {mark!r}"
    return ""


def check_hedges(laid: Laid) -> str:
    """ "Usually" stays "usually", and "always" is the page's own."""
    used = [laid.source.clauses[index].text for index in dict.fromkeys(found.clause for found in laid.pairs.values())]
    mine = {match.lower() for clause in laid.claim.clauses for match in HEDGE.findall(clause.text)}
    its = {match.lower() for text in used for match in HEDGE.findall(text)}
    if bool(mine) != bool(its):
        return "the page is more or less sure"
    if TOTAL.search(laid.claim.text) and not any(
        TOTAL.search(text) or any(word in f" {text.lower()} " for word in (" every ", " each ", " all ", " any "))
        for text in used
    ):
        return "the page does not say always"
    return ""


_PAST = re.compile(r"\b(?:was|were|did|had|[a-z]{3,}ed)\b")


def check_conditions(laid: Laid) -> str:
    """What the page says under a condition may not be said without it."""
    used = Counter(found.clause for found in laid.pairs.values())
    for index, clause in enumerate(laid.source.clauses):
        if not CONDITION.search(clause.text) or EXCEPT.search(clause.text):
            continue
        words = laid.source.of_clause(index)
        start = CONDITION.search(clause.text)
        if (
            start
            and start.group().lower() == "during"
            and _PAST.search(laid.source.clauses[min(index + 1, len(laid.source.clauses) - 1)].text)
        ):
            continue  # of what happened once it tells when, not whether
        inside = [word for word in words if start and clause.text.lower().find(word.text.lower()) >= start.start()]
        if not inside or not any(used.get(near) for near in (index - 1, index, index + 1)):
            continue
        said = {found.place for found in laid.pairs.values()}
        if not any(word.place in said or word.key in laid.question for word in inside):
            return f"the page says it {start.group().lower() if start else ''} {inside[0].text}"
    return ""


def check_turns(laid: Laid) -> str:
    """ "Before", "after", "under" and "above" are the page's, too."""
    for index, clause in enumerate(laid.claim.clauses):
        near = range(max(0, laid.main.get(index, 0) - 1), min(len(laid.source.clauses), laid.main.get(index, 0) + 2))
        text = " ".join(laid.source.clauses[beside].text for beside in near) if index in laid.main else laid.source.text
        for told, borne in zip(_TOLD, _TURNS, strict=True):
            if (match := told.search(clause.text)) and not borne.search(text):
                return f"the page does not say {match.group()!r}"
    return ""
