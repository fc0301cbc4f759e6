"""Whether a cited passage bears a sentence out. In doubt it does not: silence is cheap, a lie is not.

A sentence is laid word by word over one stretch of the passage (a list with its lead, a row, or up to three sentences
that follow each other). Every figure, name and address must stand there; nearly every other word must, in itself or by
its meaning; then the rules of `assistant.checker.agreement` look at what the words are made to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.checker.agreement import disagreement
from assistant.checker.clauses import AUXILIARIES
from assistant.checker.laying import lay
from assistant.checker.lexicon import LIGHT, MODALS, are_opposite
from assistant.checker.matching import align, borrowed_wrongly, is_hard, is_light, keep_within
from assistant.checker.sources import Source, sources
from assistant.checker.wording import Word, Wording, names_in, read_wording
from assistant.question.question import Question
from assistant.reader.reading import Passage, Reader
from assistant.units.negation import turns
from assistant.units.units import Unit
from index.embedding.vectors import Encoder, Vectors
from index.keywords.stems import terms

_NEAR = 0.7  # cosine of two words from which one may stand for the other; at .55 a wrong sentence passed, no right one


_LEAST_WORDS = 4  # what is shorter is a fragment, unless it has a verb or a figure


_LOOSE_SHARE = 0.25  # of a sentence's words may be of a like meaning only


_MOST_KNOWN = 20_000  # words whose vectors are kept: 30 MB at 384 dimensions


_MOST_LENT = 2  # words, names apart, that a sentence may take from what stands around its source


_SURE = 3.0  # log-odds at which the reader's other answer counts


_YESNO = re.compile(r"\s*(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|had|am)\b", re.I)


_OPENER = re.compile(r"^(?P<word>yes|no)[,.:;!–-]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check came to: the units that bear the sentence out, or, where there are none, why not."""

    units: tuple[Unit, ...]
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.units)


class Checker:
    """Checks sentences against units of the pages. Safe to use from several threads.

    ``encoder`` tells words of like meaning; without it only the table of meanings does. ``reader`` is asked back for
    the sentence's figure; without it that check is left out.
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
        if text.endswith(("?", ":")) or "|" in text or _is_fragment(text):
            return Finding((), "it claims nothing")
        reasons = []
        names = names_in(unit.page.document.text for unit in {unit.page.document.url: unit for unit in units}.values())
        for source in sources(units):
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

    def _against(self, text: str, source: Source, question: Question, names: frozenset[str]) -> str:
        claim, said = read_wording(text, names), read_wording(source.text, names)
        if not claim.words:
            return "it says nothing"
        options, missing, lent = align(claim, said, source, names)
        if reason := _lacking(claim, said, source, options, missing, lent) or borrowed_wrongly(
            claim, said, source, lent, names
        ):
            return reason
        if reason := self._stand_in(claim, said, source, options, missing):
            return reason
        if reason := keep_within(claim, said, options, source.sentences):
            return reason
        asked = frozenset(read_wording(question.text).keys)
        laid = lay(claim, said, options, asked, frozenset(word.place for word in missing), source.near, source.listed)
        return disagreement(laid) or self._read_back(claim, source)

    def _stand_in(
        self, claim: Wording, said: Wording, source: Source, options: dict[int, list[Word]], missing: Sequence[Word]
    ) -> str:
        """Find words of like meaning for those that nothing says; the reason when there is none for one."""
        loose = [word for word in missing if not is_light(word, claim, source)]
        if len(loose) > max(1, round(_LOOSE_SHARE * len(claim.words))):
            return f"missing: {', '.join(word.text for word in loose)}"
        taken = {found.place for several in options.values() for found in several}
        free = [word for word in said.words if word.place not in taken and word.kind == "word"]
        for word in loose:
            match = self._nearest(word, free)
            if match is None:
                return f"missing: {word.text}"
            options[word.place] = [match]
        return ""

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

    def _read_back(self, claim: Wording, source: Source) -> str:
        """Ask the reader for the sentence's only figure; another one, surely found, speaks against it."""
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


def _is_fragment(text: str) -> bool:
    """Whether a text is a name or a number by itself: it says nothing of what was asked."""
    words = re.findall(r"[^\W_]+", text)
    says = any(word.lower() in AUXILIARIES or word.lower() in MODALS for word in words) or (
        len(words) > 1 and any(word.isdigit() for word in words)
    )
    return len(words) < _LEAST_WORDS and not says


def _lacking(
    claim: Wording, said: Wording, source: Source, options: Mapping[int, Sequence[Word]], missing: Sequence[Word],
    lent: Sequence[Word],
) -> str:  # fmt: skip
    """Why too little of a claim stands in the source itself, or ``""``."""
    by_itself = source.units[0].kind == "sentence" and not source.near.endswith(":")
    own = sum(bool(found) for found in options.values())
    own += any(clause.modals for clause in claim.clauses) and any(clause.modals for clause in said.clauses)
    telling = sum(word.text.lower() not in LIGHT for word in claim.words)
    if own < min(2, telling) or (own if by_itself else own + len(lent)) * 2 < len(claim.words):
        return "missing: most of it"
    topics = [word.text for word in lent if word.kind == "word"]
    if by_itself and len(topics) > _MOST_LENT:
        return f"missing: {', '.join(topics)}"
    hard = [word.text for word in missing if is_hard(word) and not (word.place == 0 and word.text == "First")]
    return f"missing: {hard[0]}" if hard else ""


def _turned(text: str) -> str:
    """ "Only … if" as "not … unless", which says the same; ``""`` for a sentence without it."""
    turned = re.sub(r"\bonly (?:need|needs|have|has) to\b(.*?)\b(?:if|when)\b", r"need not\1unless", text)
    turned = re.sub(r"\b(may|can|must|is|are) only\b(.*?)\bif\b", r"\1 not\2unless", turned)
    return turned if turned != text else ""


def _answers_wrongly(opener: str, rest: str, question: Question) -> str:
    """Whether "yes" or "no" before a sentence goes against what the sentence says."""
    if question.answer_type != "yesno" and not _YESNO.match(question.text):
        return "it answers yes or no to another question"
    claim, asked = read_wording(rest), read_wording(question.text)
    parts = {
        any(word.denied for word in claim.of_clause(index))
        for index in range(len(claim.clauses))
        if claim.of_clause(index)
    }
    questioned = any(word.denied for word in asked.words)
    limited = any("only" in clause.marks for clause in claim.clauses)
    turned = any(are_opposite(word.text, other.text) for word in claim.words for other in asked.words)
    if turned and opener == "no" and True not in parts:
        return ""
    if not limited and ((opener == "no") != questioned) not in parts:
        return f"{opener!r} does not go with it"
    return ""


def _verbatim(text: str, source: Source, language: str) -> str:
    """Why a sentence is not the source's own words, in their order; for languages whose grammar is not known here."""
    wanted = re.findall(r"[^\W_]+", text.lower())
    there = re.findall(r"[^\W_]+", source.text.lower())
    mine, held = ([terms(word, language) or [word] for word in words] for words in (wanted, there))
    for word, stems in zip(wanted, mine, strict=True):
        if stems not in held:
            return f"missing: {word}"
    if mine and len(mine) >= 0.7 * len(held):
        # Left out from the ends only, and nothing that turns the meaning.
        for first in range(len(held) - len(mine) + 1):
            last = first + len(mine)
            if held[first:last] == mine and not turns(" ".join([*there[:first], "|", *there[last:]])):
                return ""
    return "missing: part of the sentence"


def _severity(reason: str) -> int:
    """How far a source was from bearing the sentence out: the nearest one's reason is told."""
    return 1 + reason.startswith("missing") + (reason == "missing: most of it")
