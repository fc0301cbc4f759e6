"""Which words of a sentence a stretch of a page says, and what it may take from around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.checker.figures import ORDINALS, WORDS
from assistant.checker.laying import verb_groups
from assistant.checker.lexicon import LIGHT, NEGATORS, PEOPLE, meaning, name_key, stem
from assistant.checker.sources import ANAPHOR, Source
from assistant.checker.wording import Word, Wording, read_wording
from assistant.question.topic import text_terms
from assistant.ranking.acronyms import acronyms_of

_SUBJECT_WORDS = 4  # telling words that a subject has at most


_TOPIC_WORDS = 7  # telling words from a sentence's start among which what it is about is looked for


_MEASURES = """
    second minute hour day night week fortnight month quarter year weekday weekend monday tuesday wednesday
    thursday friday saturday sunday january february march april june july august september october november
    december kilometre mile metre gram kilogram litre north south east west north-east spring summer autumn
    winter morning afternoon evening noon midnight
"""


_DONE_TO = frozenset(["with", "by", "to", "from", "into"])


_CONTACT = frozenset(["phone", "telephone", "mail", "email", "address", "number", "contact", "reach"])


_WHOLES = frozenset(["company", "organisation", "organization", "firm", "office", "agency", "team", "department"])


_PRONOUN = re.compile(r"^(?:it|they|he|she|its|their|his|her)\b", re.IGNORECASE)


_WHOLE = re.compile(
    r"^(?:the (?:company|organi[sz]ation|firm|institution|university|agency|office|association|group|network)"
    r"|we|our)\b",
    re.IGNORECASE,
)


def align(
    claim: Wording, said: Wording, source: Source, names: frozenset[str]
) -> tuple[dict[int, list[Word]], list[Word], list[Word]]:
    """For each word of the claim those that say the same; the words that nothing says; those that the setting says."""
    around = read_wording("\n".join(part for part in (source.near, source.far) if part), names)
    document = source.units[0].page.document
    spelled: set[str] = set()
    for short, long in acronyms_of(document).items():
        if re.search(rf"\b{re.escape(short)}\b", f"{source.text}\n{source.near}"):
            spelled |= long
        if long <= text_terms(source.text, document.language):
            spelled.add(stem(short))
    options: dict[int, list[Word]] = {}
    missing: list[Word] = []
    lent: list[Word] = []
    for word in claim.words:
        options[word.place] = [other for other in said.words if same(word, other)]
        if options[word.place]:
            continue
        if any(same(word, other) for other in around.words) or (word.kind == "name" and stem(word.text) in spelled):
            lent.append(word)
        else:
            missing.append(word)
    return options, missing, lent


def same(word: Word, other: Word) -> bool:
    """Whether two words say the same: one figure, one name, one meaning."""
    if word.figure or other.figure:
        return bool(word.figure and other.figure and word.figure.says(other.figure))
    if word.kind == "code" or other.kind == "code":
        return word.key == other.key
    if word.kind == "name" or other.kind == "name":
        return name_key(word.text) == name_key(other.text)
    return word.key == other.key


def is_light(word: Word, claim: Wording, source: Source) -> bool:
    """Whether a word that nothing says adds nothing: "provide", "the company", "staff" for "you"."""
    low = word.text.lower()
    if low in LIGHT or (word.place == 0 and low == "first"):
        return True
    if low in _CONTACT:
        return any(other.kind == "code" for other in claim.words)
    if low in _WHOLES:
        return word.after in ("the", "our")
    return (
        low in PEOPLE
        and re.search(r"\b(?:everyone|everybody|anyone|you|your|we|our)\b", source.text, re.IGNORECASE) is not None
    )


def is_hard(word: Word) -> bool:
    """Whether a word must stand in the source itself: names, figures, measures."""
    low = word.text.lower()
    return (
        word.kind != "word"
        or low in ORDINALS
        or low in WORDS
        or low in ("next", "previous")
        or stem(low) in {stem(measure) for measure in _MEASURES.split()}
        or meaning(low) in NEGATORS
    )


def keep_within(claim: Wording, said: Wording, options: dict[int, list[Word]], sentences: int) -> str:
    """Hold each clause of the claim to one sentence of the source; a subject may come from the sentence before."""
    if sentences == 1:
        return ""
    sentence_of = said.lines
    openers = {sentence: clause for clause, sentence in reversed(list(zip(said.clauses, sentence_of, strict=True)))}
    for group in verb_groups(claim):
        words = [word for word in claim.words if word.clause in group and options.get(word.place)]
        if not words:
            continue
        votes = {
            sentence: sum(any(sentence_of[found.clause] == sentence for found in options[word.place]) for word in words)
            for sentence in openers
        }
        for sentence in sorted(votes, key=lambda sentence: (-votes[sentence], -sentence)):
            before = [word for word in said.words if sentence_of[word.clause] == sentence - 1][:_SUBJECT_WORDS]
            held = _held_to(words, sentence, sentence_of, options, before if openers[sentence].pronoun else [])
            if held:
                options.update(held)
                break
        else:
            return f"{words[0].text} and {words[-1].text} are not said in one sentence"
    return ""


def _held_to(
    words: Sequence[Word],
    sentence: int,
    sentence_of: Sequence[int],
    options: Mapping[int, Sequence[Word]],
    before: Sequence[Word],
) -> dict[int, list[Word]]:
    """The words' options in one sentence; a subject's in the one before, if that is about it. Empty if any has none."""
    held: dict[int, list[Word]] = {}
    borrowed: list[Word] = []
    for order, word in enumerate(words):
        held[word.place] = [found for found in options[word.place] if sentence_of[found.clause] == sentence]
        if not held[word.place]:
            held[word.place] = [found for found in before if found in options[word.place]]
            borrowed.append(word)
            hangs = word.bound in ("with", "of", "to", "by", "for", "from") and len(borrowed) <= order
            if not held[word.place] or order >= _SUBJECT_WORDS or hangs:
                return {}
    if borrowed and not any(same(word, other) for word in borrowed for other in _first_of(before)):
        return {}
    return held if len(borrowed) < len(words) else {}


def borrowed_wrongly(claim: Wording, said: Wording, source: Source, lent: Sequence[Word], names: frozenset[str]) -> str:
    """Why a name that the claim takes from the setting may not stand with what the unit says, or ``""``."""
    if not lent:
        return ""
    if reason := _not_what_it_stands_for(source, lent, names):
        return reason
    near = read_wording(source.near, names).keys
    if done_to := [word for word in lent if word.kind == "name" and word.bound in _DONE_TO and word.key not in near]:
        return f"{done_to[0].text} is not what the page says it of"
    before = read_wording(source.before, names) if source.before else None
    for word in lent:
        if word.figure is not None or word.key in near:
            continue
        if before is not None and any(same(word, other) for other in before.words):
            if not _goes_on(claim, said, source, lent, word, before):
                return f"{word.text} is not what the page says it of"
        elif word.kind == "word" and word.text.lower() not in LIGHT:
            return f"missing: {word.text}"
        # From the title or a heading further up: only where the unit speaks of the whole, or names nothing itself.
        elif word.kind == "name" and _opens(word) and before is not None and not _WHOLE.match(source.text):
            return f"{word.text} is not what the page says it of"
    return ""


def _not_what_it_stands_for(source: Source, lent: Sequence[Word], names: frozenset[str]) -> str:
    """Why what a claim puts in for "it" is not what the sentence before opens with, or ``""``."""
    if source.before and _PRONOUN.match(source.text) and (first := _first(read_wording(source.before, names))):
        taken = [word for word in lent if word.figure is None and word.key not in read_wording(source.near, names).keys]
        if taken and not any(same(word, other) for word in taken for other in first):
            return f"{taken[0].text} is not what the page says it of"
    return ""


def _opens(word: Word) -> bool:
    return word.place == 0 or (word.clause == 0 and not word.after)


def _goes_on(claim: Wording, said: Wording, source: Source, lent: Sequence[Word], word: Word, before: Wording) -> bool:
    """Whether the source goes on about a word of the sentence before it."""
    if source.units[0].kind != "sentence" or source.near.endswith(":"):
        return True
    leans = bool(ANAPHOR.match(source.text)) or source.text[:1].islower()
    if not leans or any(other.kind == "name" and other.place == 0 for other in said.words):
        return False
    leading = all(other in lent or other.place > word.place for other in claim.words)
    return _is_topic(word, before, source) and (word.kind == "name" or leading)


def _first(wording: Wording) -> list[Word]:
    """The name or word that a sentence opens with."""
    return _first_of(wording.words)


def _first_of(words: Sequence[Word]) -> list[Word]:
    found: list[Word] = []
    for word in words:
        if found and (
            word.kind != found[0].kind or word.clause != found[0].clause or word.after not in ("", "of", "the")
        ):
            break
        found.append(word)
    return found[:6]


def _is_topic(word: Word, before: Wording, source: Source) -> bool:
    """Whether the sentence before is about a word: what "it" stands for, or a name for "the network"."""
    found = [other for other in before.words if same(word, other)]
    if not _PRONOUN.match(source.text):
        return word.kind == "name"
    verb = next((clause.verb for clause in before.clauses if clause.verb is not None), None)
    end = min(verb if verb is not None else _TOPIC_WORDS, _TOPIC_WORDS)
    return any(other.place < max(end, 1) for other in found)
