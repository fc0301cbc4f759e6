"""Whether names and words stand in a sentence where they stand in its source: who does what to whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.checker.clauses import Clause
from assistant.checker.laying import ADJUNCT, Laid, clause_verb, is_adjunct, is_bare, subject_length, subject_of
from assistant.checker.lexicon import name_key
from assistant.checker.moving import stands_before
from assistant.checker.wording import Word, Wording

_NAME_GAP = 2
_WITHIN = 4  # places between two words that may be said to have the same thing between them


_ANTECEDENT = 3  # words before "who" among which the one it stands for is looked for


def check_name_parts(laid: Laid) -> str:
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


def check_replaced(laid: Laid) -> str:
    """No word or name may stand where the page has another between the same neighbours."""
    words = laid.claim.words
    for run in _runs(words):
        left = words[run[0].place - 1] if run[0].place else None
        right = words[run[-1].place + 1] if run[-1].place + 1 < len(words) else None
        other = _between(laid, run, left, right)
        if other is None and run[0].kind == "name":
            other = _behind(laid, run, left) or _ahead(laid, run, right)
        if other is not None:
            return f"{run[0].text} stands for {other.text}"
    return ""


def _between(laid: Laid, run: Sequence[Word], left: Word | None, right: Word | None) -> Word | None:
    """What the page has between the words that stand on both sides of a run, where that is something else."""
    before = laid.pairs.get(left.place) if left else None
    behind = laid.pairs.get(right.place) if right else None
    if left is None or before is None or behind is None or not 1 < behind.place - before.place <= _WITHIN:
        return None
    if left.place == laid.claim.clauses[left.clause].verb and _voice_changes(laid, left, before):
        return None
    inside = laid.source.words[before.place + 1 : behind.place]
    if run[0].kind == "name":
        return inside[0] if all(word.kind == "name" for word in inside) and _are_others(run, inside) else None
    said = {found.place for found in laid.pairs.values()}
    is_other = inside[0].place not in said and inside[0].figure is None and inside[0].key != run[0].key
    return inside[0] if len(inside) == 1 and is_other and run[0].place not in laid.loose else None


def _behind(laid: Laid, run: Sequence[Word], left: Word | None) -> Word | None:
    """The other name that the page has behind the word before a name, with the same little word between them."""
    before = laid.pairs.get(left.place) if left else None
    if left is None or before is None or before.kind != left.kind or not run[0].bound:
        return None
    beside = _names_from(laid.source.words, before.place + 1, 1)
    if any(word.place in laid.pairs and is_bare(laid.source, laid.pairs[word.place].clause) for word in run):
        return None  # "the HR manager, Anna Lindqvist": set apart by commas, they may change places
    return beside[0] if beside and beside[0].bound == run[0].bound and _are_others(run, beside) else None


def _ahead(laid: Laid, run: Sequence[Word], right: Word | None) -> Word | None:
    """The other name that the page has before the verb that follows a name."""
    behind = laid.pairs.get(right.place) if right else None
    if right is None or behind is None or right.clause != run[0].clause:
        return None
    clause, source = laid.claim.clauses[right.clause], laid.source.clauses[behind.clause]
    if right.place != clause.verb or clause.passive != source.passive:
        return None
    beside = _names_from(laid.source.words, behind.place - 1, -1)
    return beside[0] if beside and beside[0].clause == behind.clause and _are_others(run, beside) else None


def _are_others(run: Sequence[Word], beside: Sequence[Word]) -> bool:
    return not {name_key(word.text) for word in run} & {name_key(word.text) for word in beside}


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


def check_lines(laid: Laid) -> str:
    """Words side by side may not come from different lines of a list."""
    lines = laid.source.lines
    if not lines[-1]:
        return ""
    leads = laid.source.text.partition("\n")[0].rstrip().endswith(":")
    line_of = [line + (laid.listed and not leads) for line in lines]
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


def check_crossed(laid: Laid) -> str:
    """Two names may not change places, unless the verb's voice, or the little words before them, change with them."""
    names = [word for word in laid.claim.words if word.kind == "name" and word.place in laid.pairs]
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            first, second = laid.pairs[one.place], laid.pairs[other.place]
            if first.place <= second.place or _voice_changes(laid, one, first) or _voice_changes(laid, other, second):
                continue
            if first.clause != second.clause and not any(
                found.bound in ADJUNCT and is_bare(laid.source, found.clause) for found in (first, second)
            ):
                continue
            if any(_is_alike(word, found) for word, found in ((one, first), (other, second))):
                continue
            if (
                other.bound in ("in", "of", "at")
                and first.place - second.place <= _NAME_GAP
                and first.after in ("'s", "")
            ):
                continue  # "Magdalen Tower in Oxford" for "Oxford's Magdalen Tower"
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
    return word.bound in ADJUNCT and word.bound == found.bound


def check_antecedents(laid: Laid) -> str:
    """What "…, who now chairs it" says, it says of the words right before it."""
    for index, main in laid.main.items():
        clause, source = laid.claim.clauses[index], laid.source.clauses[main]
        if source.opener not in ("who", "which", "that") or clause.pronoun or clause.verb is None:
            continue
        subject = [
            word
            for word in laid.claim.of_clause(index)
            if word.place < clause.verb and not is_adjunct(laid.claim, word)
        ]
        own = laid.source.of_clause(main)
        start = own[0].place if own else 0
        near = {word.key for word in laid.source.words[max(0, start - _ANTECEDENT) : start]} | {
            word.key for word in own
        }
        if subject and clause.passive == source.passive and not any(word.key in near for word in subject):
            return f"the page does not say it of {subject[0].text}"
    return ""


def check_subjects(laid: Laid) -> str:
    """What one clause says of its own subject may not be said of another clause's."""
    for index, main in laid.main.items():
        clause, source = laid.claim.clauses[index], laid.source.clauses[main]
        words = laid.claim.of_clause(index)
        length = max(1, subject_length(laid.claim, index))
        subject = [
            laid.pairs[word.place] for word in words[:length] if word.place in laid.pairs and word.after not in ADJUNCT
        ]
        if not subject or clause.pronoun or any(found.clause == main for found in subject):
            continue
        if source.pronoun or _goes_on(source) or clause.passive != source.passive:
            continue
        reach = 1 if subject_of(source) else len(laid.source.clauses)
        if all(is_bare(laid.source, found.clause) and 0 < main - found.clause <= reach for found in subject):
            continue  # "UNICA, Universities in the Capitals of Europe, is …"
        own = laid.source.of_clause(main)[: max(1, subject_length(laid.source, main))]
        said = {found.place for found in laid.pairs.values()}
        if (
            own
            and own[0].kind != "figure"
            and not any(word.place in said for word in own)
            and own[0].after not in ADJUNCT
        ):
            return f"the page says it of {own[0].text}"
    return ""


def _goes_on(source: Clause) -> bool:
    """Whether a clause goes on about the one before, with no subject of its own: "and sold it", "which is"."""
    if source.opener in ("and", "or"):
        return re.fullmatch(r"\W*(?:and|or)?\W*", subject_of(source), re.IGNORECASE) is not None
    return source.opener in ("which", "who", "that")


def check_sides(laid: Laid) -> str:
    """Who does it and to whom it is done may not change places around a verb."""
    for index, clause in enumerate(laid.claim.clauses):
        if clause.verb is None or clause.verb not in laid.pairs:
            continue
        verb = laid.pairs[clause.verb]
        source = laid.source.clauses[verb.clause]
        if source.verb != verb.place:
            continue
        words = [word for word in laid.claim.of_clause(index) if word.place in laid.pairs and word.figure is None]
        before = [word for word in words if word.place < clause.verb and not is_adjunct(laid.claim, word)]
        found = [laid.pairs[word.place] for word in before if laid.pairs[word.place].clause == verb.clause]
        if found and len(found) == len(before):
            swapped = all(other.place > verb.place for other in found)
            straight = all(other.place < verb.place for other in found)
            if swapped and all(stands_before(verb, other) for other in found):
                continue  # "carried-over days"
            if clause.passive == source.passive and swapped:
                return f"{before[0].text} is on the other side of {clause_verb(laid.claim, clause)}"
            if clause.passive != source.passive and straight and not _agent_is_free(laid.source, verb):
                return f"{before[0].text} is on the same side of {clause_verb(laid.claim, clause)}"
    return ""


def _agent_is_free(source: Wording, verb: Word) -> bool:
    """Whether the verb has nothing on its far side to be exchanged with."""
    return not any(word.place > verb.place for word in source.of_clause(verb.clause))
