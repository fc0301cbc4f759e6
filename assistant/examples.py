"""Questions to offer to people: drawn from the pages, and kept only if the pages answer them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, repeat

from assistant.answer import Assistant
from assistant.question.question import is_grammar
from assistant.types import Answer
from index.conversation import leans
from index.ledger.ledger import Ledger
from ingest.blocks import read_blocks
from ingest.sentences import split_sentences
from ingest.types import Document

_WANTED = 4
_TRIED = 24  # candidates asked at most: answering each takes a moment at start-up
_PER_PAGE = 3
_NEXT = 3
_NEXT_TRIED = 6  # candidates asked at most after an answer: each takes about a tenth of a second
_NAME = r"(?:The )?[A-Z][\w’'&-]*(?: (?:(?:of|the|for|and|in) )*[A-Z0-9][\w’'&-]*){0,6}"
_DEFINITION = re.compile(
    rf"^(?P<name>{_NAME})(?: \((?P<short>[A-Z][\w&-]{{1,9}})\)|, [^,]{{3,70}},?| - [^,.]{{3,50}})?"
    r" (?:is|are) (?:an?|the)\b"
)
_THING = _NAME.replace("(?:The )?", "(?:the )?")
_JOINED = re.compile(
    rf"\b(?:On|In) [\w ]*\d{{4}},? (?P<who>{_THING}) (?P<did>joined|became a member (?:of|in)) (?P<what>{_THING})"
)
_NUMBERED = re.compile(r"^(?:\d+\.)+(?:\d+\.?)?\s+")  # "5.14.4.2. How …": where a heading stands is not asked
_HEADING = re.compile(r"(?=.{8,70}$)[A-ZÅÄÖ][\w’'&/-]*(?: [\w’'&,()/-]+){1,8}\??")
_LEAD = re.compile(r"^(?P<what>The (?!following\b)[\w’' -]{4,60}?) (?P<verb>are|is)(?: as follows)?:$")


def example_questions(ledger: Ledger, assistant: Assistant, make_way: Callable[[], object] = lambda: None) -> list[str]:
    """Up to four questions of different pages that the assistant answers with a footnote to the page they came from.

    ``make_way`` is called before each that is tried: others may have something to ask.
    """
    kept: list[str] = []
    for url, question in islice(_candidates(ledger), _TRIED):
        make_way()
        answer = assistant.answer(question)
        if answer.outcome == "answered" and any(citation.url == url for citation in answer.citations):
            kept.append(question)
            if len(kept) == _WANTED:
                break
    return kept


def next_questions(ledger: Ledger, assistant: Assistant, asked: Sequence[str], answer: Answer) -> list[str]:
    """Up to three questions, or headings, of the pages that an answer rests on, which those pages answer with more.

    ``asked`` are the questions of the conversation. What would be answered in the same words is left out.
    """
    known = {_by_words(question) for question in asked}
    told = {statement.text for statement in answer.statements}
    kept: list[str] = []
    for url, question in islice(_further(ledger, answer), _NEXT_TRIED):
        if _by_words(question) in known:
            continue
        known.add(_by_words(question))
        found = assistant.answer(question)
        new = [statement for statement in found.statements if statement.text not in told]
        if found.outcome == "answered" and new and any(citation.url == url for citation in found.citations):
            told.update(statement.text for statement in new)
            kept.append(question)
            if len(kept) == _NEXT:
                break
    return kept


def _by_words(question: str) -> str:
    """A question by its words alone."""
    return " ".join(re.findall(r"\w+", question.casefold()))


def _further(ledger: Ledger, answer: Answer) -> Iterator[tuple[str, str]]:
    """Questions and headings of the cited pages, those nearest to the first quote first."""
    pages = ledger.pages({citation.url for citation in answer.citations})
    for citation in {c.url: c for c in reversed(answer.citations)}.values():
        if (page := pages.get(citation.url)) is None:
            continue
        document = page.document
        for question in _draw(document):
            yield citation.url, question
        headings = [
            (abs(section.start - citation.start), _NUMBERED.sub("", section.heading_path[-1]))
            for section in document.sections
            if section.heading_path and not section.start <= citation.start < section.end
        ]
        for _, heading in sorted(headings):
            if _HEADING.fullmatch(heading) and heading != document.title:
                yield citation.url, heading


def _candidates(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Questions with the pages they were drawn from, taking one page after another in turn."""
    urls = sorted(ledger.states(ledger.collection))
    step = max(1, len(urls) // _TRIED)
    drawn: list[Iterator[tuple[str, str]]] = []
    for url in urls[::step]:
        page = ledger.page(url)
        if page and page.document.language in ("en", ""):
            drawn.append(zip(repeat(url), islice(_draw(page.document), _PER_PAGE), strict=False))
    seen: set[str] = set()
    while drawn:
        for questions in list(drawn):
            found = next(questions, None)
            if found is None:
                drawn.remove(questions)
            elif found[1] not in seen:
                seen.add(found[1])
                yield found


def _draw(document: Document) -> Iterator[str]:
    for block in read_blocks(document):
        text = document.text[block.start : block.end]
        if block.kind == "heading":
            text = _NUMBERED.sub("", text)
        if block.kind == "heading" and text.endswith("?") and 20 <= len(text) <= 90 and not leans(text):
            yield text
        if block.kind != "paragraph":
            continue
        if lead := _LEAD.match(text):
            yield f"What {lead['verb']} {lead['what'][0].lower()}{lead['what'][1:]}?"
        for start, end in split_sentences(text):
            sentence = text[start:end]
            definition = _DEFINITION.match(sentence)
            if definition and _is_name(definition["name"]) and len(sentence) < 400:
                name = definition["name"]
                named = definition["short"] or (f"the {name[4:]}" if name.startswith("The ") else name)
                yield f"What is {named}?"
            if joined := _JOINED.search(sentence):
                did = "join" if joined["did"] == "joined" else joined["did"].replace("became", "become")
                yield f"When did {joined['who']} {did} {joined['what']}?"


def _is_name(words: str) -> bool:
    """Whether the words that open a sentence name a thing: several capitalised words, or an acronym."""
    first = words.removeprefix("The ").split()[0]
    return not is_grammar(first.lower()) and (len(words.split()) > 1 or words.isupper())
