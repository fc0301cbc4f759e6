"""Whether a cited passage bears a sentence out. What cannot be shown to be borne out is not: silence is cheap, a lie is not.

A sentence is laid word by word over one stretch of the passage (a sentence, a list with its lead, a row, or two
sentences that follow each other). Every figure, name and address must stand there; nearly every other word must, in itself
or by its meaning; then the rules of `assistant.agreement` look at what the words are made to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.acronyms import acronyms_of
from assistant.agreement import disagreement, is_bare, lay
from assistant.figures import ORDINALS, WORDS
from assistant.lexicon import LIGHT, NEGATORS, are_opposite, meaning, name_key, stem
from assistant.question import Question
from assistant.reading import Passage, Reader
from assistant.scoring import text_terms
from assistant.units import Unit
from assistant.wording import Word, Wording, names_in, read_wording
from index.keywords import terms
from index.vectors import Encoder, Vectors
from ingest.blocks import read_blocks
from ingest.sentences import split_sentences

_NEAR = 0.55  # cosine of two words from which one may stand for the other; see docs/measurements.md
_LOOSE_SHARE = 0.25  # of a sentence's words may be of a like meaning only
_SUBJECT_WORDS = 4  # telling words that a subject has at most
_TOPIC_WORDS = 7  # telling words from a sentence's start among which what it is about is looked for
_MOST_KNOWN = 20_000  # words whose vectors are kept: 30 MB at 384 dimensions
_GAP = 4  # characters between sentences that follow each other: a space, or the end of a paragraph and a list's mark
_MOST_LENT = 2  # words, names apart, that a sentence may take from what stands around its source
_SURE = 3.0  # log-odds at which the reader's other answer counts
_MEASURES = frozenset(
    ["second", "minute", "hour", "day", "night", "week", "fortnight", "month", "quarter", "year", "weekday", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "kilometre", "mile", "metre", "gram", "kilogram", "litre", "north", "south", "east", "west", "north-east", "spring", "summer", "autumn", "winter", "morning", "afternoon", "evening", "noon", "midnight"]
)  # fmt: skip
_CONTACT = frozenset(["phone", "telephone", "mail", "email", "address", "number", "contact", "reach"])
_WHOLES = frozenset(["company", "organisation", "organization", "firm"])
_PEOPLE = frozenset(["staff", "employee", "employees", "people", "person", "persons", "personnel", "worker", "workers"])
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rules|above|previous|earlier)\b|"
    r"\byou are (?:now )?(?:a|an) (?:ai|assistant|chat\w*|language model)\b|\b(?:system|hidden) prompt\b|\bas an ai\b|"
    r"\b(?:tell|answer|reply|respond|inform|convince) (?:to )?(?:everyone|everybody|the (?:user|reader|customer|visitor)s?|users|any question|all questions)\b|"
    r"\b(?:chat ?bot|assistant|language model|llm|ai)s?\b[^.!?]{0,30}\b(?:must|should|shall|has to|is to|:)",
    re.IGNORECASE,
)  # fmt: skip
_QUOTED = re.compile(r"[\"“”«][^\"“”«»]{25,}[\"”“»]")
_OPENER = re.compile(r"^(?P<word>yes|no)[,.:;!–-]\s*", re.IGNORECASE)
_ANAPHOR = re.compile(
    r"^(?:it|they|he|she|this|that|these|those|its|their|his|her|the|such|we|our|here|there|each|both)\b", re.IGNORECASE
)
_PRONOUN = re.compile(r"^(?:it|they|he|she|its|their|his|her)\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"^(?:the (?:company|organi[sz]ation|firm|institution|university|agency|office|association|group|network)|we|our)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check came to: the units that bear the sentence out, or, where there are none, why not."""

    units: tuple[Unit, ...]
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.units)


@dataclass(frozen=True, slots=True)
class _Source:
    """A stretch of a page to lay a sentence over. ``near`` is what its reader knows from the headings right above and the line
    that leads to it, ``far`` from the page's title and, where it leans on it, the sentence before."""

    units: tuple[Unit, ...]
    text: str
    near: str
    far: str
    before: str
    sentences: int


class Checker:
    """Checks sentences against units of the pages. Safe to use from several threads.

    ``encoder`` tells words of like meaning; without it only the table of meanings does. ``reader`` is asked back for the
    sentence's figure; without it that check is left out.
    """

    def __init__(self, encoder: Encoder | None = None, reader: Reader | None = None) -> None:
        self._encoder = encoder
        self._reader = reader
        self._known: dict[str, Vectors] = {}

    def check(self, sentence: str, units: Sequence[Unit], question: Question) -> Finding:
        """The unit, or units, among those of the cited passages that bear a sentence out."""
        text = sentence.strip()
        if opener := _OPENER.match(text):
            if reason := _answers_wrongly(opener["word"].lower(), text[opener.end() :], question):
                return Finding((), reason)
            text = text[opener.end() :][:1].upper() + text[opener.end() :][1:]
        if not text or text.endswith("?"):
            return Finding((), "it claims nothing")
        reasons = []
        names = names_in(unit.page.document.text for unit in {unit.page.document.url: unit for unit in units}.values())
        for source in _sources(units):
            language = source.units[0].page.document.language
            if language == "en":
                reason = self._against(text, source, question, names)
                if reason and (other := _turned(text)):
                    reason = self._against(other, source, question, names)
            else:
                reason = _verbatim(text, source, language)
            if not reason:
                return Finding(source.units)
            reasons.append(reason)
        return Finding((), min(reasons, key=_severity, default="no passage is cited"))

    def _against(self, text: str, source: _Source, question: Question, names: frozenset[str]) -> str:
        claim, said = read_wording(text, names), read_wording(source.text, names)
        if not claim.words:
            return "it says nothing"
        options, missing, lent = _align(claim, said, source, names)
        own = sum(bool(found) for found in options.values())
        own += any(clause.modals for clause in claim.clauses) and any(clause.modals for clause in said.clauses)
        telling = sum(word.text.lower() not in LIGHT for word in claim.words)
        borne = own + (len(lent) if source.units[0].kind != "sentence" or source.near.endswith(":") else 0)
        if own < min(2, telling) or borne * 2 < len(claim.words):
            return "missing: most of it"
        if source.units[0].kind == "sentence" and not source.near.endswith(":"):
            topics = [word for word in lent if word.kind == "word"]
            if len(topics) > _MOST_LENT:
                return f"missing: {', '.join(word.text for word in topics)}"
        hard = [word for word in missing if _is_hard(word) and not (word.place == 0 and word.text == "First")]
        if hard:
            return f"missing: {hard[0].text}"
        if reason := _borrowed(claim, said, source, lent, names):
            return reason
        loose = [word for word in missing if not _is_light(word, claim, source)]
        if loose:
            taken = {found.place for several in options.values() for found in several}
            free = [word for word in said.words if word.place not in taken and word.kind == "word"]
            if len(loose) > max(1, round(_LOOSE_SHARE * len(claim.words))):
                return f"missing: {', '.join(word.text for word in loose)}"
            for word in loose:
                match = self._nearest(word, free)
                if match is None:
                    return f"missing: {word.text}"
                options[word.place] = [match]
        if reason := _keep_within(claim, said, options, source.sentences):
            return reason
        laid = lay(
            claim, said, options, frozenset(read_wording(question.text).keys), frozenset(word.place for word in missing)
        )
        return disagreement(laid) or self._read_back(claim, source)

    def _nearest(self, word: Word, free: Sequence[Word]) -> Word | None:
        """The word that is likest, if it is like enough and no opposite."""
        if self._encoder is None or not free:
            return None
        if any(are_opposite(word.text, other.text) for other in free):
            return None
        mine, *others = self._vectors([word.text.lower(), *(other.text.lower() for other in free)])
        nearness, best = max(((float(mine @ its), place) for place, its in enumerate(others)))
        return free[best] if nearness >= _NEAR else None

    def _vectors(self, words: Sequence[str]) -> list[Vectors]:
        """The words' vectors; those met before are kept, as pages and replies share most of theirs."""
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        if new and self._encoder is not None:
            if len(self._known) > _MOST_KNOWN:
                self._known = {}
                new = list(dict.fromkeys(words))
            self._known = self._known | dict(zip(new, self._encoder.encode_documents(new), strict=True))
        known = self._known
        return [known[word] for word in words]

    def _read_back(self, claim: Wording, source: _Source) -> str:
        """Ask the reader for the sentence's only figure; a sure answer with another figure of its kind speaks against it."""
        figures = [word for word in claim.words if word.figure and word.figure.kind in ("number", "money", "share")]
        if self._reader is None or len(figures) != 1 or figures[0].figure is None or figures[0].text not in claim.text:
            return ""
        asked = (
            claim.text.rstrip(".").replace(
                figures[0].text, "how many" if figures[0].figure.kind == "number" else "how much", 1
            )
            + "?"
        )
        reading = self._reader.read(asked, [Passage(source.near or source.far, source.text)])[0]
        if reading.score < _SURE:
            return ""
        found = [word.figure for word in read_wording(source.text[reading.start : reading.end]).words if word.figure]
        if found and not any(figures[0].figure.says(figure) for figure in found if figure):
            return f"{figures[0].text} is {found[0].text} when asked back" if found[0] else ""
        return ""


def _sources(units: Sequence[Unit]) -> Iterator[_Source]:
    """Lists, rows and single sentences first, then up to three sentences that follow each other."""
    lines: dict[tuple[str, int, int], Unit] = {}
    for unit in sorted(units, key=lambda unit: unit.end - unit.start):
        if unit.kind == "outline" or (unit.kind == "list" and " | " in unit.text) or _gives_orders(unit):
            continue  # a table bears out no more than its rows do, each for itself
        if unit.kind != "sentence":
            yield _source(unit, unit.text, "")
            continue
        for start, end in split_sentences(unit.text):
            lines.setdefault((unit.page.document.url, unit.start + start, unit.start + end), unit)
    ordered = sorted(lines)
    texts = [lines[key].page.document.text[key[1] : key[2]] for key in ordered]
    joined = [_follow(lines, one, other) for one, other in zip(ordered, ordered[1:], strict=False)]
    for length in (1, 2, 3):
        for first in range(len(ordered) - length + 1):
            if all(joined[first : first + length - 1]):
                above = texts[first - 1] if first and joined[first - 1] else _line_above(lines[ordered[first]])
                cited = tuple({id(lines[key]): lines[key] for key in ordered[first : first + length]}.values())
                source = _source(cited[0], "\n".join(texts[first : first + length]), above)
                yield replace(
                    source,
                    units=_without_nested(cited),
                    sentences=length,
                    far=source.far if length == 1 else source.far.partition("\n")[0],
                    before=source.before if length == 1 else "",
                )


def _follow(lines: Mapping[tuple[str, int, int], Unit], one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """Whether one line comes right behind the other under the same heading."""
    return one[0] == other[0] and other[1] - one[2] < _GAP and lines[one].path == lines[other].path


def _without_nested(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    return tuple(
        unit
        for unit in units
        if not any(other is not unit and other.start <= unit.start and unit.end <= other.end for other in units)
    )


def _source(unit: Unit, text: str, above: str) -> _Source:
    path, _, lead = unit.setting.partition("\n")
    listed = unit.kind != "sentence" or not text.endswith((".", ":", "!", "?"))
    leans = listed or bool(_ANAPHOR.match(text)) or text[:1].islower()
    before = (lead if listed and lead.endswith(":") else above or lead) if leans else ""
    near = "\n".join([*unit.path[-1:], *([lead] if listed and lead.endswith(":") else [])])
    return _Source((unit,), _unquoted(text), near, "\n".join(part for part in (path, before) if part), before, 1)


def _line_above(unit: Unit) -> str:
    """The last sentence of the paragraph above, if one stands right above."""
    blocks = read_blocks(unit.page.document)
    above = None
    for block in blocks:
        if block.start >= unit.start:
            break
        if block.end <= unit.start:
            above = block
    if above is None or above.kind not in ("paragraph", "item") or above.path != unit.path:
        return ""
    return unit.page.document.text[above.start : above.end]


def _gives_orders(unit: Unit) -> bool:
    """Whether the paragraph of a unit talks to the assistant or has others told something: it bears nothing out."""
    text = unit.page.document.text
    start = text.rfind("\n", 0, unit.start) + 1
    end = text.find("\n", unit.end)
    return (
        _ORDER.search(text[start : end if end >= 0 else len(text)]) is not None and _ORDER.search(unit.text) is not None
    )


def _unquoted(text: str) -> str:
    """The text without longer quotations: what a page says that others said is no claim of its own."""
    return _QUOTED.sub(" ", text)


def _align(
    claim: Wording, said: Wording, source: _Source, names: frozenset[str]
) -> tuple[dict[int, list[Word]], list[Word], list[Word]]:
    """For each word of the claim the words that say the same; the words that nothing says; those said by the setting only."""
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
        options[word.place] = [other for other in said.words if _same(word, other)]
        if options[word.place]:
            continue
        if any(_same(word, other) for other in around.words) or (word.kind == "name" and stem(word.text) in spelled):
            lent.append(word)
        else:
            missing.append(word)
    return options, missing, lent


def _keep_within(claim: Wording, said: Wording, options: dict[int, list[Word]], sentences: int) -> str:
    """Hold each clause of the claim to one sentence of the source; a subject may come from the sentence before."""
    if sentences == 1:
        return ""
    sentence_of: list[int] = []
    for clause in said.clauses:
        sentence_of.append((sentence_of[-1] if sentence_of else 0) + (clause.opener == "\n"))
    openers = {sentence: clause for clause, sentence in reversed(list(zip(said.clauses, sentence_of, strict=True)))}
    for group in _verb_groups(claim):
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
    """The words' options in one sentence; a subject's in the sentence before, if that is about it. Empty if others remain."""
    held: dict[int, list[Word]] = {}
    borrowed: list[Word] = []
    for order, word in enumerate(words):
        held[word.place] = [found for found in options[word.place] if sentence_of[found.clause] == sentence]
        if not held[word.place]:
            held[word.place] = [found for found in before if found in options[word.place]]
            borrowed.append(word)
            if not held[word.place] or order >= _SUBJECT_WORDS:
                return {}
    if borrowed and not any(_same(word, other) for word in borrowed for other in _first_of(before)):
        return {}
    return held if len(borrowed) < len(words) else {}


def _verb_groups(claim: Wording) -> list[range]:
    """The clauses of a claim, each with those without a verb before it ("In 2013, …") and, at the end, behind it."""
    groups: list[range] = []
    start = 0
    for index in range(len(claim.clauses)):
        if not is_bare(claim, index):
            groups.append(range(start, index + 1))
            start = index + 1
    if start < len(claim.clauses) and groups:
        groups[-1] = range(groups[-1].start, len(claim.clauses))
    return groups or [range(len(claim.clauses))]


def _same(word: Word, other: Word) -> bool:
    if word.figure or other.figure:
        return bool(word.figure and other.figure and word.figure.says(other.figure))
    if word.kind == "code" or other.kind == "code":
        return word.key == other.key
    if word.kind == "name" or other.kind == "name":
        return name_key(word.text) == name_key(other.text)
    return word.key == other.key


def _is_light(word: Word, claim: Wording, source: _Source) -> bool:
    """Whether a word that nothing says adds nothing: "provide", "the company" of a page about one, "staff" for "you"."""
    low = word.text.lower()
    if low in LIGHT or (word.place == 0 and low == "first"):
        return True
    if low in _CONTACT:
        return any(other.kind == "code" for other in claim.words)
    if low in _WHOLES:
        return word.after in ("the", "our")
    return (
        low in _PEOPLE
        and re.search(r"\b(?:everyone|everybody|anyone|you|your|we|our)\b", source.text, re.IGNORECASE) is not None
    )


def _is_hard(word: Word) -> bool:
    low = word.text.lower()
    return (
        word.kind != "word"
        or low in ORDINALS
        or low in WORDS
        or low in ("last", "next", "previous")
        or stem(low) in {stem(measure) for measure in _MEASURES}
        or meaning(low) in NEGATORS
    )


def _borrowed(claim: Wording, said: Wording, source: _Source, lent: Sequence[Word], names: frozenset[str]) -> str:
    """Why a name that the claim takes from the setting may not stand with what the unit says, or ``""``."""
    if not lent:
        return ""
    if source.before and _PRONOUN.match(source.text) and (first := _first(read_wording(source.before, names))):
        taken = [word for word in lent if word.figure is None and word.key not in read_wording(source.near, names).keys]
        if taken and not any(_same(word, other) for word in taken for other in first):
            return f"{taken[0].text} is not what the page says it of"
    near = read_wording(source.near, names).keys
    before = read_wording(source.before, names) if source.before else None
    anaphoric = bool(_ANAPHOR.match(source.text)) or source.text[:1].islower() or source.units[0].kind != "sentence"
    subject = {word.place for word in claim.words if (word.clause == 0 and not word.after.strip()) or word.place == 0}
    for word in lent:
        if word.figure is not None:
            continue
        if word.key in near:
            continue
        if before is not None and any(_same(word, other) for other in before.words):
            rival = [other for other in said.words if other.kind == "name" and other.place == 0]
            leading = all(other in lent or other.place > word.place for other in claim.words)
            if source.units[0].kind != "sentence" or source.near.endswith(":"):
                continue
            if anaphoric and not rival and _is_topic(word, before, source) and (word.kind == "name" or leading):
                continue
            return f"{word.text} is not what the page says it of"
        if word.kind == "word" and word.text.lower() not in LIGHT:
            return f"missing: {word.text}"
        # From the title or a heading further up: only where the unit speaks of the whole, or names nothing itself.
        if word.kind == "name" and word.place in subject and before is not None and not _WHOLE.match(source.text):
            return f"{word.text} is not what the page says it of"
    return ""


def _turned(text: str) -> str:
    """ "Only … if" as "not … unless", which says the same; ``""`` for a sentence without it."""
    turned = re.sub(r"\bonly (?:need|needs|have|has) to\b(.*?)\b(?:if|when)\b", r"need not\1unless", text)
    turned = re.sub(r"\b(may|can|must|is|are) only\b(.*?)\bif\b", r"\1 not\2unless", turned)
    return turned if turned != text else ""


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


def _is_topic(word: Word, before: Wording, source: _Source) -> bool:
    """Whether the sentence before is about a word: what "it" stands for, or the name beside the noun of "the network"."""
    found = [other for other in before.words if _same(word, other)]
    if not _PRONOUN.match(source.text):
        return word.kind == "name"
    verb = next((clause.verb for clause in before.clauses if clause.verb is not None), None)
    end = min(verb if verb is not None else _TOPIC_WORDS, _TOPIC_WORDS)
    return any(other.place < max(end, 1) for other in found)


def _answers_wrongly(opener: str, rest: str, question: Question) -> str:
    """Whether "yes" or "no" before a sentence goes against what the sentence says."""
    if question.answer_type != "yesno":
        return "it answers yes or no to another question"
    claim, asked = read_wording(rest), read_wording(question.text)
    parts = {
        any(word.denied for word in claim.of_clause(index))
        for index in range(len(claim.clauses))
        if claim.of_clause(index)
    }
    questioned = any(word.denied for word in asked.words)
    limited = any("only" in clause.marks for clause in claim.clauses)
    if not limited and ((opener == "no") != questioned) not in parts:
        return f"{opener!r} does not go with it"
    return ""


def _verbatim(text: str, source: _Source, language: str) -> str:
    """Why a sentence is not the source's own words, in their order; for languages whose grammar is not known here."""
    wanted = re.findall(r"[^\W_]+", text.lower())
    held = [terms(word, language) or [word] for word in re.findall(r"[^\W_]+", source.text.lower())]
    place = 0
    for word in wanted:
        mine = terms(word, language) or [word]
        place = next((index + 1 for index in range(place, len(held)) if held[index] == mine), -1)
        if place < 0:
            return f"missing: {word}"
    # What is left out must not be what turns the meaning: leave out from the ends only.
    return "" if place and len(wanted) >= 0.7 * len(held) else "missing: part of the sentence"


def _severity(reason: str) -> int:
    """How far a source was from bearing the sentence out: the nearest one's reason is told."""
    return 1 + reason.startswith("missing") + (reason == "missing: most of it")
