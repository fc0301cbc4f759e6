"""Whether a sentence and its source agree, once their words are laid side by side. Each rule gives a reason, or ``""``."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.lexicon import CONDITION, EXCEPT, HEDGE, SIDED, TOTAL, name_key
from assistant.wording import Clause, Word, Wording, read_wording

Pairs = Mapping[int, Word]
"""For each place in the claim the source's word that it says again."""

_LOOSE = (frozenset({"by", "before"}), frozenset({"by", "until"}), frozenset({"since", "from"}), frozenset({"<", "≤"}))
_NAME_GAP = 2
_ANTECEDENT = 3  # words before "who" among which the one it stands for is looked for
_ADJUNCT = frozenset(["in", "at", "on", "for", "from", "of", "with", "within", "during", "per", "under", "over", "about", "among", "between", "through", "than"])


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


def lay(
    claim: Wording,
    source: Wording,
    options: Mapping[int, Sequence[Word]],
    question: frozenset[str],
    loose: frozenset[int] = frozenset(),
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
    return Laid(claim, source, pairs, main, question, options, loose)


def disagreement(laid: Laid) -> str:
    """The first rule by which the claim says something else than its source, or ``""``."""
    for rule in (
        _cells,
        _figures,
        _denials,
        _modals,
        _marks,
        _hedges,
        _conditions,
        _turns,
        _name_parts,
        _replaced,
        _other_figures,
        _lines,
        _mixing,
        _shares,
        _antecedents,
        _subjects,
        _sides,
        _crossed,
    ):
        if reason := rule(laid):
            return reason
    return ""


def _cells(laid: Laid) -> str:
    """A table's value may only be said of what its column's heading names."""
    if " | " not in laid.source.text:
        return ""
    heads = [cell.partition(":") for cell in laid.source.text.strip(" |").split(" | ")]
    columns = [
        (read_wording(head).keys, {word.text for word in read_wording(value).words}) for head, _, value in heads[1:]
    ]
    for word in laid.claim.words:
        found = laid.pairs.get(word.place)
        if found is None or (found.figure is None and found.kind == "word"):
            continue
        owners = [keys for keys, value in columns if found.text in value]
        named = sorted(
            (abs(other.place - word.place), other.key)
            for other in laid.claim.words
            if sum(other.key in keys for keys, _ in columns) == 1
        )
        if owners and not (named and any(named[0][1] in keys for keys in owners)):
            return f"{word.text} stands in another column"
    return ""


def _figures(laid: Laid) -> str:
    for word in laid.claim.words:
        found = laid.pairs.get(word.place)
        if word.figure is None or found is None or found.figure is None:
            continue
        if word.nouns and found.nouns and not set(word.nouns[:3]) & set(found.nouns):
            return f"{word.text} is of {word.nouns[0]}, not {found.nouns[0]}"
        if not _limits_agree(word.limit, found.limit):
            return f"{word.text} is bounded otherwise"
        if word.turn != found.turn and (word.turn == "before" or found.turn == "before" or word.turn == "after"):
            return f"{word.text} is counted from another side"
        if word.rate != found.rate and not _rate_said(laid, word, found):
            return f"{word.text} is counted by another unit"
    return ""


def _limits_agree(claim: frozenset[str], source: frozenset[str]) -> bool:
    mine, its = claim or frozenset({""}), source or frozenset({""})
    if mine & its:
        return True
    if claim == {"~"} and not source:
        return True
    if (claim == {"≥"} and source == {">"}) or (claim == {"≤"} and source == {"<"}):
        return True  # less is said
    return any(mine & pair and its & pair and ">" not in its for pair in _LOOSE if not pair <= {"<", "≤"})


def _rate_said(laid: Laid, word: Word, found: Word) -> bool:
    if word.rate and found.rate:
        return False
    rate = word.rate or found.rate
    other = laid.source.of_clause(found.clause) if word.rate else laid.claim.of_clause(word.clause)
    if any(rate == near.key for near in other):
        return True
    # A table's heading or the question may say what it is counted by.
    return bool(word.rate) and not found.rate and "|" in laid.source.text and rate in laid.source.keys


def _denials(laid: Laid) -> str:
    for index, clause in enumerate(laid.claim.clauses):
        words = [word for word in laid.claim.of_clause(index) if word.place in laid.pairs]
        reached = next((word.place for word in words if word.denied), None)
        predicate = [word for word in words if reached is not None and word.place >= reached] or words[
            -max(1, len(words) - _subject_length(laid.claim, index)) :
        ]
        # "During a sabbatical …" may stand before a "not" or behind it.
        predicate = [word for word in predicate if not _is_adjunct(laid.claim, word)] or predicate
        agreed = [word for word in predicate if word.denied and laid.pairs[word.place].denied]
        for word in predicate:
            found = laid.pairs[word.place]
            if word.denied == found.denied or (word.kind != "word" and not word.denied and clause.verb is not None):
                continue
            if not word.denied and _denied_elsewhere(laid, found):
                continue
            if word.denied and any(other.place == clause.verb for other in agreed):
                continue
            if word.denied and not word.closely and _denied_after(laid, word, found, agreed):
                continue
            return f"{word.text} is {'affirmed' if word.denied else 'denied'} by the page"
    return ""


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


def _subject_length(wording: Wording, clause: int) -> int:
    words = wording.of_clause(clause)
    verb = wording.clauses[clause].verb
    if verb is not None:
        return sum(word.place < verb for word in words)
    return 1 if len(words) > 1 else 0


def _modals(laid: Laid) -> str:
    for index, clause in enumerate(laid.claim.clauses):
        if index not in laid.main:
            continue
        source = laid.source.clauses[laid.main[index]]
        mine, its = dict(clause.modals), dict(source.modals or _modals_beside(laid, index))
        imperative = _is_imperative(laid.source, laid.main[index])
        if "must" in mine:
            if "must" in its and mine["must"] != its["must"]:
                return "the page obliges otherwise"
            if "must" not in its and not imperative and not source.marks:
                return "the page does not oblige"
            if "must" not in its and mine["must"]:
                return "the page does not free from it"
        if "may" in mine:
            if "may" in its and mine["may"] != its["may"]:
                return "the page allows otherwise"
            if "may" not in its and "must" in its and not (mine["may"] and not its["must"]):
                return "the page obliges, not allows"
        if "should" in mine and "may" in its and "should" not in its and "must" not in its:
            return "the page allows, not advises"
        if "should" in its and ("must" in mine) and "must" not in its:
            return "the page advises, not obliges"
    return ""


def _modals_beside(laid: Laid, clause: int) -> set[tuple[str, bool]]:
    """The modals of all source clauses that a clause of the claim takes words from."""
    used = {laid.pairs[word.place].clause for word in laid.claim.of_clause(clause) if word.place in laid.pairs}
    return {modal for index in sorted(used) for modal in laid.source.clauses[index].modals}


def _is_imperative(wording: Wording, clause: int) -> bool:
    """Whether a clause opens with its verb: "Book flights through …"."""
    text, words = wording.clauses[clause].text.strip(), wording.of_clause(clause)
    if re.match(r"(?:please|never|do not|always)\b", text, re.IGNORECASE):
        return True
    if not words or wording.clauses[clause].modals or re.search(r"\b(?:is|are|was|were|has|have|had|do|does)\b", text):
        return False
    first = words[0].text.lower()
    return text.lower().startswith(first) and words[0].kind == "word" and not first.endswith(("s", "ed", "ing"))


def _marks(laid: Laid) -> str:
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


def _hedges(laid: Laid) -> str:
    used = [laid.source.clauses[index].text for index in dict.fromkeys(found.clause for found in laid.pairs.values())]
    mine = {match.lower() for match in HEDGE.findall(laid.claim.text)}
    its = {match.lower() for text in used for match in HEDGE.findall(text)}
    if bool(mine) != bool(its):
        return "the page is more or less sure"
    if TOTAL.search(laid.claim.text) and not any(
        TOTAL.search(text) or any(word in f" {text.lower()} " for word in (" every ", " each ", " all ", " any "))
        for text in used
    ):
        return "the page does not say always"
    return ""


def _conditions(laid: Laid) -> str:
    """What the page says under a condition may not be said without it."""
    used = Counter(found.clause for found in laid.pairs.values())
    for index, clause in enumerate(laid.source.clauses):
        if not CONDITION.search(clause.text) or EXCEPT.search(clause.text):
            continue
        words = laid.source.of_clause(index)
        start = CONDITION.search(clause.text)
        inside = [word for word in words if start and clause.text.lower().find(word.text.lower()) >= start.start()]
        if not inside or not any(used.get(near) for near in (index - 1, index, index + 1)):
            continue
        said = {found.place for found in laid.pairs.values()}
        if not any(word.place in said or word.key in laid.question for word in inside):
            return f"the page says it {start.group().lower() if start else ''} {inside[0].text}"
    return ""


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


def _turns(laid: Laid) -> str:
    """ "Before", "after", "under" and "above" are the page's, too."""
    for index, clause in enumerate(laid.claim.clauses):
        near = range(max(0, laid.main.get(index, 0) - 1), min(len(laid.source.clauses), laid.main.get(index, 0) + 2))
        text = " ".join(laid.source.clauses[beside].text for beside in near) if index in laid.main else laid.source.text
        for told, borne in zip(_TOLD, _TURNS, strict=True):
            if (match := told.search(clause.text)) and not borne.search(text):
                return f"the page does not say {match.group()!r}"
    return ""


def _name_parts(laid: Laid) -> str:
    """A name of several words is one name in the page, not put together from several."""
    words = laid.claim.words
    for one, other in pairwise(words):
        if one.kind != "name" or other.kind != "name" or one.clause != other.clause or other.after not in ("", "of"):
            continue
        first, second = laid.pairs.get(one.place), laid.pairs.get(other.place)
        if first is None or second is None:
            continue
        near = [
            (mine, its)
            for mine in laid.options.get(one.place, ())
            for its in laid.options.get(other.place, ())
            if 0 < its.place - mine.place <= _NAME_GAP
        ]
        if not near:
            return f"{one.text} and {other.text} are no one name"
    return ""


def _replaced(laid: Laid) -> str:
    """No word or name may stand where the page has another between the same neighbours."""
    words, source = laid.claim.words, laid.source.words
    said = {found.place for found in laid.pairs.values()}
    for run in _runs(words):
        left = words[run[0].place - 1] if run[0].place else None
        right = words[run[-1].place + 1] if run[-1].place + 1 < len(words) else None
        before = laid.pairs.get(left.place) if left else None
        behind = laid.pairs.get(right.place) if right else None
        own = {name_key(word.text) for word in run}
        turned = left is not None and left.place == laid.claim.clauses[left.clause].verb and before is not None and (
            laid.claim.clauses[left.clause].passive != laid.source.clauses[before.clause].passive
        )  # fmt: skip
        if before and behind and not turned and 1 < behind.place - before.place <= 4:
            inside = source[before.place + 1 : behind.place]
            if run[0].kind == "name":
                if all(word.kind == "name" for word in inside) and not own & {name_key(word.text) for word in inside}:
                    return f"{run[0].text} stands for {inside[0].text}"
            elif (
                run[0].place not in laid.loose
                and len(inside) == 1
                and inside[0].place not in said
                and inside[0].figure is None
                and inside[0].key != run[0].key
            ):
                return f"{run[0].text} stands for {inside[0].text}"
        if run[0].kind != "name":
            continue
        if before and left and before.kind == left.kind and run[0].bound:
            beside = _names_from(source, before.place + 1, 1)
            apart = any(
                word.place in laid.pairs and is_bare(laid.source, laid.pairs[word.place].clause) for word in run
            )
            if (
                beside
                and not apart
                and beside[0].bound == run[0].bound
                and not own & {name_key(word.text) for word in beside}
            ):
                return f"{run[0].text} stands for {beside[0].text}"
        if behind and right and right.place == laid.claim.clauses[right.clause].verb and right.clause == run[0].clause:
            beside = _names_from(source, behind.place - 1, -1)
            same = laid.claim.clauses[right.clause].passive == laid.source.clauses[behind.clause].passive
            if (
                beside
                and same
                and beside[0].clause == behind.clause
                and not own & {name_key(word.text) for word in beside}
            ):
                return f"{run[0].text} stands for {beside[0].text}"
    return ""


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """The names of a claim, each with all its words, and its other words one by one."""
    runs: list[list[Word]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        if (
            last
            and word.kind == last.kind == "name"
            and word.clause == last.clause
            and word.after in ("", "of", "of the")
        ):
            runs[-1].append(word)
        elif word.figure is None:
            runs.append([word])
    return runs


def _names_from(words: Sequence[Word], place: int, step: int) -> list[Word]:
    """The names that stand side by side from a place on, forwards or backwards."""
    found: list[Word] = []
    while 0 <= place < len(words) and words[place].kind == "name" and len(found) < 6:
        if found and (
            words[place].clause != found[0].clause or (words[place] if step > 0 else found[-1]).bound in ("and", "or")
        ):
            break
        found.append(words[place])
        place += step
    return found


def _lines(laid: Laid) -> str:
    """Words side by side may not come from different lines of a list."""
    line = 0
    line_of: list[int] = []
    for clause in laid.source.clauses:
        line += clause.opener == "\n"
        line_of.append(line)
    if not line:
        return ""
    held: set[int] | None = None
    previous: Word | None = None
    for word in laid.claim.words:
        if previous is None or word.clause != previous.clause or word.after in ("and", "or"):
            held = None
        previous = word
        mine = {line_of[found.clause] for found in laid.options.get(word.place, ())}
        if not mine or 0 in mine:
            continue
        held = mine if held is None else held & mine
        if not held:
            return f"{word.text} stands in another line"
    return ""


def _other_figures(laid: Laid) -> str:
    """Beside the same word stands the same figure; two figures of a kind keep their order."""
    words, source = laid.claim.words, laid.source.words
    for word in words:
        if word.figure is None:
            continue
        for step in (-1, 1):
            near = words[word.place + step] if 0 <= word.place + step < len(words) else None
            if near is None or near.clause != word.clause or near.figure is not None:
                continue
            beside = [
                source[found.place - step]
                for found in laid.options.get(near.place, ())
                if 0 <= found.place - step < len(source) and source[found.place - step].clause == found.clause
            ]
            rivals = [other for other in beside if other.figure and other.figure.kind == word.figure.kind]
            rivals = [other for other in rivals if step == 1 or other.bound == word.bound]
            if rivals and not any(other.figure and word.figure.says(other.figure) for other in rivals):
                return f"{word.text} is {rivals[0].text} in the page"
    figures = [word for word in words if word.figure and word.place in laid.pairs]
    for one, other in pairwise(figures):
        first, second = laid.pairs[one.place], laid.pairs[other.place]
        if one.figure is None or other.figure is None or one.figure.kind != other.figure.kind:
            continue
        told_apart = bool(one.nouns and other.nouns and set(one.nouns) != set(other.nouns))
        if (
            first.place > second.place
            and not told_apart
            and (first.clause == second.clause or one.clause == other.clause)
        ):
            return f"{one.text} and {other.text} have changed places"
    return ""


def _crossed(laid: Laid) -> str:
    """Two names may not change places, unless the verb's voice, or the little words before them, change with them."""
    names = [word for word in laid.claim.words if word.kind == "name" and word.place in laid.pairs]
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            first, second = laid.pairs[one.place], laid.pairs[other.place]
            if first.place <= second.place or _voice_changes(laid, one, first) or _voice_changes(laid, other, second):
                continue
            if first.clause != second.clause and not any(
                found.bound in _ADJUNCT and is_bare(laid.source, found.clause) for found in (first, second)
            ):
                continue
            if any(_is_alike(word, found) for word, found in ((one, first), (other, second))):
                continue
            between = laid.source.words[second.place + 1 : first.place + 1]
            if all(word.kind == "name" and word.bound in ("", "and", "or", "of") for word in between):
                continue
            return f"{one.text} and {other.text} have changed places"
    return ""


def _voice_changes(laid: Laid, word: Word, found: Word) -> bool:
    """Whether one of the two clauses that hold a name is passive and the other is not."""
    mine, its = laid.claim.clauses[word.clause], laid.source.clauses[found.clause]
    return mine.verb is not None and its.verb is not None and mine.passive != its.passive


def _is_alike(word: Word, found: Word) -> bool:
    """Whether a name hangs on the same little word in both: "in the North"."""
    return word.bound in _ADJUNCT and word.bound == found.bound


def _mixing(laid: Laid) -> str:
    """A figure or name of one clause may not be put with the words of another that has its own."""
    for index in range(len(laid.claim.clauses)):
        words = [word for word in laid.claim.of_clause(index) if word.place in laid.pairs]
        said = {laid.pairs[word.place].place for word in laid.claim.words if word.place in laid.pairs}
        for word in words:
            found = laid.pairs[word.place]
            if word.kind not in ("figure", "name"):
                continue
            for other in words:
                beside = laid.pairs[other.place]
                if other is word or beside.clause == found.clause or other.kind == "figure":
                    continue
                if _is_shared_subject(laid.source, beside, found.clause):
                    continue
                if any(again.key == other.key for again in laid.source.of_clause(found.clause)):
                    continue
                if word.kind == "name" and other.place != laid.claim.clauses[index].verb:
                    continue
                if rival := _rival(laid, found, beside.clause, said):
                    return f"{other.text} goes with {rival}, not {word.text}"
    return ""


def _is_shared_subject(source: Wording, word: Word, clause: int) -> bool:
    """Whether a clause without a subject of its own ("… and sold it") goes on from one whose subject the word is in."""
    words = source.of_clause(clause)
    verb = source.clauses[word.clause].verb
    goes_on = (
        source.clauses[clause].opener in ("and", "or", "but")
        and words
        and words[0].place == source.clauses[clause].verb
    )
    return bool(goes_on) and word.clause < clause and verb is not None and word.place < verb


def _shares(laid: Laid) -> str:
    """What is said of a part ("of whom a third …") may not be said of the whole, nor of everyone what is said of some."""
    said = {found.place for found in laid.pairs.values()}
    for index in range(len(laid.claim.clauses)):
        used = {laid.pairs[word.place].clause for word in laid.claim.of_clause(index) if word.place in laid.pairs}
        for clause in used:
            source = laid.source.clauses[clause]
            figures = [word for word in laid.source.of_clause(clause) if word.figure]
            partial = source.opener in ("whom", "which", "whose") and any(word.place not in said for word in figures)
            if partial and len(used) > 1:
                return f"the page says it of {figures[0].text}"
        everyone = _EVERYONE.search(laid.claim.clauses[index].text)
        if everyone and index in laid.main:
            text = laid.source.clauses[laid.main[index]].text
            if not _ANYONE.search(text) or ("else" in text.split() and "else" not in laid.claim.clauses[index].text):
                return f"the page does not say it of {everyone.group()}"
    return ""


_EVERYONE = re.compile(r"\b(?:everyone|everybody|anyone|anybody)\b", re.IGNORECASE)
_ANYONE = re.compile(r"\b(?:everyone|everybody|anyone|anybody|all|every|each|any|you|your|whoever)\b", re.IGNORECASE)


def _rival(laid: Laid, found: Word, clause: int, said: set[int]) -> str:
    """What a clause has in the place of a figure or name of another clause, not said by the claim."""
    for word in laid.source.of_clause(clause):
        if word.place in said or word.kind != found.kind:
            continue
        if found.figure is None or word.figure is None:
            if found.kind == "name" and _same_part(laid, found, word):
                return word.text
        elif word.figure.kind == found.figure.kind and (
            found.figure.kind != "number" or not found.nouns or set(word.nouns) & set(found.nouns)
        ):
            return word.text
    return ""


def _same_part(laid: Laid, one: Word, other: Word) -> bool:
    """Whether two names play the same part in their clauses: both before or both behind the verb, with the same little word."""
    return (
        one.after == other.after or {one.after, other.after} <= {"", "the", "by", "and"}
    ) and one.clause != other.clause


def _antecedents(laid: Laid) -> str:
    """What "…, who now chairs it" says, it says of the words right before it."""
    for index, main in laid.main.items():
        clause, source = laid.claim.clauses[index], laid.source.clauses[main]
        if source.opener not in ("who", "which", "that") or clause.pronoun or clause.verb is None:
            continue
        subject = [
            word
            for word in laid.claim.of_clause(index)
            if word.place < clause.verb and not _is_adjunct(laid.claim, word)
        ]
        own = laid.source.of_clause(main)
        start = own[0].place if own else 0
        near = {word.key for word in laid.source.words[max(0, start - _ANTECEDENT) : start]} | {
            word.key for word in own
        }
        if subject and clause.passive == source.passive and not any(word.key in near for word in subject):
            return f"the page does not say it of {subject[0].text}"
    return ""


def _subjects(laid: Laid) -> str:
    """What one clause says of its own subject may not be said of another clause's."""
    for index, main in laid.main.items():
        clause, source = laid.claim.clauses[index], laid.source.clauses[main]
        words = laid.claim.of_clause(index)
        length = max(1, _subject_length(laid.claim, index))
        subject = [
            laid.pairs[word.place] for word in words[:length] if word.place in laid.pairs and word.after not in _ADJUNCT
        ]
        if not subject or clause.pronoun or any(found.clause == main for found in subject):
            continue
        if source.pronoun or source.opener in ("and", "or", "which", "who", "that") or clause.passive != source.passive:
            continue
        if all(is_bare(laid.source, found.clause) for found in subject):
            continue  # "UNICA, Universities in the Capitals of Europe, is …"
        own = laid.source.of_clause(main)[: max(1, _subject_length(laid.source, main))]
        said = {found.place for found in laid.pairs.values()}
        if (
            own
            and own[0].kind != "figure"
            and not any(word.place in said for word in own)
            and own[0].after not in _ADJUNCT
        ):
            return f"the page says it of {own[0].text}"
    return ""


def is_bare(wording: Wording, clause: int) -> bool:
    """Whether a clause has no verb that can be told: a name set apart by commas."""
    text = wording.clauses[clause].text
    return wording.clauses[clause].verb is None and not wording.clauses[clause].modals and not _FINITE.search(text)


_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|does|do|did|will|would|\w{2,}ed)\b")


def _sides(laid: Laid) -> str:
    """Who does it and to whom it is done may not change places around a verb."""
    for index, clause in enumerate(laid.claim.clauses):
        if clause.verb is None or clause.verb not in laid.pairs:
            continue
        verb = laid.pairs[clause.verb]
        source = laid.source.clauses[verb.clause]
        if source.verb != verb.place:
            continue
        words = [word for word in laid.claim.of_clause(index) if word.place in laid.pairs and word.figure is None]
        before = [word for word in words if word.place < clause.verb and not _is_adjunct(laid.claim, word)]
        found = [laid.pairs[word.place] for word in before if laid.pairs[word.place].clause == verb.clause]
        if found and len(found) == len(before):
            swapped = all(other.place > verb.place for other in found)
            straight = all(other.place < verb.place for other in found)
            if clause.passive == source.passive and swapped:
                return f"{before[0].text} is on the other side of {clause_verb(laid.claim, clause)}"
            if clause.passive != source.passive and straight and not _agent_is_free(laid.source, verb):
                return f"{before[0].text} is on the same side of {clause_verb(laid.claim, clause)}"
    return ""


def _agent_is_free(source: Wording, verb: Word) -> bool:
    """Whether the verb has nothing on its far side to be exchanged with."""
    return not any(word.place > verb.place for word in source.of_clause(verb.clause))


def clause_verb(wording: Wording, clause: Clause) -> str:
    """The clause's verb as written."""
    return wording.words[clause.verb].text if clause.verb is not None else ""


def _is_adjunct(wording: Wording, word: Word) -> bool:
    """Whether a word stands in a phrase such as "in 2014" or "at Marlowe"."""
    for earlier in reversed(wording.words[: word.place + 1]):
        if earlier.clause != word.clause:
            return False
        if earlier.after:
            return earlier.bound in _ADJUNCT
        if earlier.kind != word.kind:
            return False
    return False
