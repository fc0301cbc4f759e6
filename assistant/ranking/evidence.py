"""Whether the pages answer a question at all: from calibrated evidence to one of the outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from assistant.question.amounts import amounts_in, own_amounts
from assistant.question.kinds import as_asked, holds_kind
from assistant.question.question import Question
from assistant.question.topic import Rarity, content_terms, coverage, solid_terms, text_terms, with_parts
from index.conversation import is_short, points_back
from index.types import Hit
from ingest.types import Document

_KIN = 4  # letters that words of one root begin with: China and Chinese, France's and Frenchman


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the pages holding an answer.

    ``dense``: cosine of the nearest passage, with the last question or the whole conversation. ``covered``: share of
    the question's words, weighed by rarity, that the best passage holds with its headings. ``unseen``: share that no
    passage holds at all. ``empty``: addresses of pages with a heading for just this thing and nothing under it.
    ``stranger``: the question names something that no page does. ``short``: it leans on earlier questions for no other
    reason than that it says little itself.
    """

    dense: float
    covered: float
    unseen: float
    empty: frozenset[str]
    stranger: bool
    short: bool


def gather(
    question: Question, history: Sequence[str], hits: Sequence[Hit], documents: Mapping[str, Document], words: Rarity
) -> Evidence:
    """The evidence in the passages that were found.

    Where no page holds any of the question's own words, the earlier questions' speak for another topic than its own.
    """
    by_itself = bool(history) and _is_foreign(question, hits, words)
    if by_itself:
        history = ()
    covered = 0.0
    unseen = 1.0
    weighed: dict[str, dict[str, float]] = {}
    passages = [hit.chunk.text for hit in hits]
    gives = [holds_kind(question, hit.chunk.text, hit.language) for hit in hits]
    given = {
        term
        for hit, told in zip(hits, gives, strict=True)
        for term in as_asked(question, frozenset(), told, hit.language)
    }
    for hit, told in zip(hits, gives, strict=True):
        if hit.language not in weighed:
            weights = weighed[hit.language] = weigh_words(question.text, history, hit.language, words, passages)
            known = _known(weights, question, hit.language, words) | given
            unseen = min(unseen, coverage(weights, weights.keys() - known))
        held = with_parts(text_terms(hit.chunk.embedded, hit.language), question.text, hit.language)
        held = as_asked(question, held, told, hit.language)
        covered = max(covered, coverage(weighed[hit.language], held))
    return Evidence(
        dense=max((hit.dense if by_itself else max(hit.dense, hit.conversation) for hit in hits), default=0.0),
        covered=covered,
        unseen=unseen,
        empty=frozenset(url for url, document in documents.items() if names_empty_section(question, document)),
        stranger=names_a_stranger(question, hits, words),
        short=bool(history) and is_short(question.text) and not points_back(question.text),
    )


def _is_foreign(question: Question, hits: Sequence[Hit], words: Rarity) -> bool:
    """Whether the question has topic words of its own and no passage holds one, in any language that was found."""
    own = {language: content_terms(question.text, language) for language in {hit.language for hit in hits}}
    return any(own.values()) and not any(_known(terms, question, language, words) for language, terms in own.items())


def _known(terms: Iterable[str], question: Question, language: str, words: Rarity) -> Set[str]:
    """The words of the question that any passage holds, the parts of "e-mail" also where that is "email"."""
    known = words.known([*terms, *solid_terms(question.text, language)], language)
    return with_parts(known, question.text, language)


def weigh_words(
    text: str, history: Sequence[str], language: str, words: Rarity, passages: Sequence[str] = ()
) -> dict[str, float]:
    """The question's topic words with their rarity, floored so that common ones still count.

    A number counts twice: "the salary of 2025" is not that of 2024. An amount that no page holds is the asker's own and
    does not count: "a 6000 order"; nor does "a £6,000 order", of whose "6" and "000" pages are full, where there are
    ``passages`` and none gives that amount. Words of earlier questions count less than half.
    """
    own = content_terms(text, language)
    written = [(amount, content_terms(text[amount.start : amount.end], language)) for amount in own_amounts(text)]
    if written:
        amounts = {term for _, terms in written for term in terms}
        strange = amounts - words.known(amounts, language)
        parted = {amount.number: terms for amount, terms in written if sum(t[0].isdigit() for t in terms) > 1}
        if parted and passages:
            given = {amount.number for passage in passages for amount in amounts_in(passage, bare=True)}
            strange |= {t for number, terms in parted.items() if number not in given for t in terms if t[0].isdigit()}
        own = tuple(term for term in own if term not in strange)
    earlier = [term for term in content_terms(" ".join(history), language) if term not in own]
    rare = words.rarity([*own, *earlier], language)
    return {
        term: (0.5 + rare[term]) * (1.0 if term in own else 0.4) * (2.0 if term.isdigit() else 1.0)
        for term in [*own, *earlier]
    }


def names_empty_section(question: Question, document: Document) -> bool:
    """Whether the question names a heading of the page under which the page says nothing."""
    named = _named_terms(question, document.language)
    if not named:
        return False
    sections = document.sections
    for index, section in enumerate(sections):
        if not section.heading_path or document.text[section.start : section.end].strip() != section.heading_path[-1]:
            continue
        following = sections[index + 1].heading_path if index + 1 < len(sections) else ()
        has_children = len(following) > len(section.heading_path)
        terms = set(content_terms(section.heading_path[-1], document.language))
        if terms and terms <= named and not has_children and len(sections) > 1:
            return True
    return False


def names_a_stranger(question: Question, hits: Sequence[Hit], words: Rarity) -> bool:
    """Whether the question gives a name with a word that no passage holds in the language of any that was found.

    Acronyms may stand written out, and "Chinese" is no stranger where a passage speaks of China.
    """
    names = [name for name in question.names if not name.isupper()]
    if not names or not hits:
        return False
    languages = {hit.language for hit in hits}
    named = {language: {term for name in names for term in content_terms(name, language)} for language in languages}
    unknown = set.intersection(*(terms - _known(terms, question, language, words) for language, terms in named.items()))
    if not unknown:
        return False
    held = {term[:_KIN] for hit in hits for term in text_terms(hit.chunk.embedded, hit.language)}
    return any(term[:_KIN] not in held for term in unknown)


def is_of_another(question: Question, path: Sequence[str], document: Document) -> bool:
    """Whether a place belongs to a sibling of the heading that the question names: it is about another thing."""
    named = _named_terms(question, document.language)
    if not named or not path:
        return False
    for section in document.sections:
        asked = section.heading_path
        depth = len(asked)
        if not depth or len(path) < depth or tuple(path[: depth - 1]) != asked[:-1] or path[depth - 1] == asked[-1]:
            continue
        terms = set(content_terms(asked[-1], document.language))
        if terms and terms <= named and not set(content_terms(path[depth - 1], document.language)) <= named:
            return True
    return False


def is_of_the_named(question: Question, path: Sequence[str], document: Document) -> bool:
    """Whether a place stands under a heading that the question names; the page's own title does not count."""
    named = _named_terms(question, document.language)
    for heading in path:
        terms = set(content_terms(heading, document.language))
        if terms and terms <= named and heading != document.title:
            return True
    return False


def _named_terms(question: Question, language: str) -> set[str]:
    return {term for name in question.names for term in content_terms(name, language)}
