"""Whether the figures of a sentence are said of the same things as in its source."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.checker.laying import Laid
from assistant.checker.wording import Word, Wording, read_wording

_LOOSE = (frozenset({"by", "before"}), frozenset({"by", "until"}), frozenset({"since", "from"}), frozenset({"<", "≤"}))


_EVERYONE = re.compile(r"\b(?:everyone|everybody|anyone|anybody)\b", re.IGNORECASE)


_ANYONE = re.compile(r"\b(?:everyone|everybody|anyone|anybody|all|every|each|any|you|your|whoever)\b", re.IGNORECASE)


def check_cells(laid: Laid) -> str:
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


def check_figures(laid: Laid) -> str:
    """Each figure counts the same things, with the same limits, from the same side and by the same unit."""
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
    if any(rate == near.key and (not near.place or other_figure(other, near)) for near in other):
        return True
    # A table's heading or the question may say what it is counted by.
    return bool(word.rate) and not found.rate and "|" in laid.source.text and rate in laid.source.keys


def other_figure(words: list[Word], near: Word) -> bool:
    """Whether no figure stands right before a unit: "a year", but not "two years"."""
    return not any(word.place == near.place - 1 and word.figure is not None for word in words)


def check_other_figures(laid: Laid) -> str:
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
            own = laid.pairs.get(word.place)
            if own is not None and word.nouns and own.nouns and set(word.nouns[:2]) & set(own.nouns[:2]):
                continue  # it counts what it counts in the page
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


def check_mixing(laid: Laid) -> str:
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


def _rival(laid: Laid, found: Word, clause: int, said: set[int]) -> str:
    """What a clause has in the place of a figure or name of another clause, not said by the claim."""
    for word in laid.source.of_clause(clause):
        if word.place in said or word.kind != found.kind:
            continue
        if found.figure is None or word.figure is None:
            if found.kind == "name" and _same_part(found, word):
                return word.text
        elif word.figure.kind == found.figure.kind and (
            found.figure.kind != "number" or not found.nouns or set(word.nouns) & set(found.nouns)
        ):
            return word.text
    return ""


def _same_part(one: Word, other: Word) -> bool:
    """Whether two names of different clauses hang on the same little word, or on none that matters."""
    return (
        one.after == other.after or {one.after, other.after} <= {"", "the", "by", "and"}
    ) and one.clause != other.clause


def check_shares(laid: Laid) -> str:
    """What is said of a part ("of whom a third …") is not said of the whole, nor of everyone what is said of some."""
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
