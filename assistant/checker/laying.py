"""A sentence laid over a stretch of a page: which of its words say which of the page's."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.checker.clauses import AUXILIARIES, Clause
from assistant.checker.lexicon import MODALS
from assistant.checker.wording import Word, Wording

Pairs = Mapping[int, Word]
"""For each place in the claim the source's word that it says again."""


ADJUNCT = frozenset(
    [
        "in",
        "at",
        "on",
        "for",
        "from",
        "of",
        "with",
        "within",
        "during",
        "per",
        "under",
        "over",
        "about",
        "among",
        "between",
        "through",
        "than",
    ]
)


_FRONTED = re.compile(
    r"\s*(?:in|at|on|for|from|with|within|during|under|over|by|of|as|to|since|after|before|until|according)\b[^,]*,\s*$",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|does|do|did|will|would|\w{2,}ed)\b")


@dataclass(frozen=True, slots=True)
class Laid:
    """A claim laid over a source: which words say the same, and the main source clause of each clause of the claim."""

    claim: Wording
    source: Wording
    pairs: Pairs
    main: Mapping[int, int]
    question: frozenset[str] = frozenset()
    options: Mapping[int, Sequence[Word]] = field(default_factory=dict)
    loose: frozenset[int] = frozenset()
    lead: str = ""
    listed: bool = False


def lay(
    claim: Wording,
    source: Wording,
    options: Mapping[int, Sequence[Word]],
    question: frozenset[str],
    loose: frozenset[int] = frozenset(),
    lead: str = "",
    listed: bool = False,
) -> Laid:
    """The laying-out in which each clause of the claim stays within as few clauses of the source as it can."""
    pairs: dict[int, Word] = {}
    main: dict[int, int] = {}
    for index in range(len(claim.clauses)):
        words = [word for word in claim.of_clause(index) if options.get(word.place)]
        votes: dict[int, float] = defaultdict(float)
        for word in words:
            here = {found.clause for found in options[word.place]}
            for clause in here:
                votes[clause] += 1 / len(here) + (
                    0.5 if len(here) == 1 and (word.kind != "word" or word is words[0]) else 0
                )
        if votes:
            main[index] = max(votes, key=lambda clause: (votes[clause], -clause))
        used: set[int] = set()
        after = 0
        for word in words:
            ranked = sorted(
                options[word.place],
                key=lambda found: (found.place in used, -votes[found.clause], abs(found.place - after), found.place),
            )
            pairs[word.place] = ranked[0]
            used.add(ranked[0].place)
            after = ranked[0].place + 1
        verb = claim.clauses[index].verb
        if verb in pairs:
            main[index] = pairs[verb].clause
    return Laid(claim, source, pairs, main, question, options, loose, lead, listed)


def is_bare(wording: Wording, clause: int) -> bool:
    """Whether a clause has no verb that can be told: a name set apart by commas."""
    text = wording.clauses[clause].text
    return wording.clauses[clause].verb is None and not wording.clauses[clause].modals and not _FINITE.search(text)


def verb_groups(claim: Wording) -> list[range]:
    """The clauses of a claim, each with those without a verb before it ("In 2013, …") and, at the end, behind it."""
    groups: list[range] = []
    start = 0
    for index in range(len(claim.clauses)):
        goes_on = index + 1 < len(claim.clauses) and claim.clauses[index + 1].opener == "but"
        if _FRONTED.match(claim.clauses[index].text) and index + 1 < len(claim.clauses):
            continue  # "In the virtual call system, …"
        if not is_bare(claim, index) or goes_on:
            groups.append(range(start, index + 1))
            start = index + 1
    if start < len(claim.clauses) and groups:
        groups[-1] = range(groups[-1].start, len(claim.clauses))
    return groups or [range(len(claim.clauses))]


def is_adjunct(wording: Wording, word: Word) -> bool:
    """Whether a word stands in a phrase such as "in 2014" or "at Marlowe"."""
    for earlier in reversed(wording.words[: word.place + 1]):
        if earlier.clause != word.clause:
            return False
        if earlier.after:
            return earlier.bound in ADJUNCT
        if earlier.kind != word.kind:
            return False
    return False


def subject_length(wording: Wording, clause: int) -> int:
    """How many of a clause\'s words its subject has, as far as can be told."""
    words = wording.of_clause(clause)
    verb = wording.clauses[clause].verb
    if verb is not None:
        return sum(word.place < verb for word in words)
    return 1 if len(words) > 1 else 0


_FIRST_AUXILIARY = re.compile(
    rf"\b(?:{'|'.join(sorted(AUXILIARIES | MODALS.keys(), key=len, reverse=True))})\b", re.IGNORECASE
)


def subject_of(clause: Clause) -> str:
    """What stands before a clause's first auxiliary: "Your supervisors" of "Your supervisors should keep …"."""
    match = _FIRST_AUXILIARY.search(clause.text)
    return clause.text[: match.start()].strip() if match else ""


def clause_verb(wording: Wording, clause: Clause) -> str:
    """The clause's verb as written."""
    return wording.words[clause.verb].text if clause.verb is not None else ""
