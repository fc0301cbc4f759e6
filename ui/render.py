"""An answer as HTML that is safe to show, and as text to take away.

Everything that comes from a page or a question goes through ``Markup.format``, which escapes it; only the tags written
here are tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from markupsafe import Markup, escape

from assistant.types import Answer, Citation, Outcome, Place, Statement

OPEN_FOOTNOTES = 2
"""Up to so many footnotes stand open under an answer; more would bury the next question."""

_EMPTY_LINES = re.compile(r"\n\s*\n")

_LABELS: dict[Outcome, str] = {
    "answered": "",
    "partial": "No direct answer",
    "abstained": "No answer",
    "failed": "Something is down",
}


def safe_link(link: str) -> str | None:
    """The link when it is a web address or a path on this server; None for anything else, such as ``javascript:``."""
    if link.startswith(("https://", "http://")) or (link.startswith("/") and not link.startswith(("//", "/\\"))):
        return link
    return None


def date_html(moment: datetime) -> Markup:
    """A date as people write it, e.g. 3 March 2025."""
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), written_date(moment))


def written_date(moment: datetime) -> str:
    """A date as people write it, e.g. 3 March 2025."""
    return f"{moment.day} {moment:%B %Y}"


def answer_html(turn: int, answer: Answer) -> Markup:
    """A whole answer with its footnotes. ``turn`` counts the questions of the conversation and keeps ids apart."""
    label = _LABELS[answer.outcome]
    return Markup('<div class="answer {}">{}{}{}{}{}</div>').format(
        answer.outcome,
        Markup('<p class="outcome">{}</p>').format(label) if label else "",
        statements_html(turn, answer.statements),
        _places_html(answer.closest),
        footnotes_html(turn, answer.citations),
        _copy_button(answer) if answer.outcome in ("answered", "partial") else "",
    )


def statements_html(turn: int, statements: Iterable[Statement]) -> Markup:
    """Statements as paragraphs and lists, each with the numbers of its footnotes.

    Sentences join in a paragraph, but under a note, which tells that they are no answer, each stands for itself.
    """
    statements = list(statements)
    apart = any(statement.kind == "note" for statement in statements)
    html = Markup()
    seen: set[int] = set()
    for as_list, group in groupby(statements, lambda statement: statement.kind in ("item", "row")):
        if as_list:
            items = (Markup("<li>{}</li>").format(_statement(turn, statement, seen)) for statement in group)
            html += Markup("<ul>{}</ul>").format(Markup().join(items))
            continue
        for kind, paragraph in groupby(group, lambda statement: statement.kind):
            said = [_statement(turn, statement, seen) for statement in paragraph]
            for text in said if apart else [Markup(" ").join(said)]:
                html += Markup('<p class="{}">{}</p>').format(kind, text)
    return html


def _statement(turn: int, statement: Statement, seen: set[int]) -> Markup:
    text = statement.text
    said: Markup = escape(text)
    if statement.fact:
        start, end = statement.fact
        said = Markup("{}<strong>{}</strong>{}").format(text[:start], text[start:end], text[end:])
    marks = Markup().join(_reference(turn, number, seen) for number in statement.citations)
    # The number clings to the last word: a line never begins with one.
    return Markup('<span class="said">{}{}</span>').format(said, Markup("\u2060") + marks if marks else "")


def _reference(turn: int, number: int, seen: set[int]) -> Markup:
    """A footnote's number in the text. The first of each is where its footnote leads back to."""
    identity = Markup() if number in seen else Markup(' id="ref-{}-{}"').format(turn, number)
    seen.add(number)
    return Markup('<sup><a class="ref"{0} href="#fn-{1}-{2}" aria-label="Footnote {2}">{2}</a></sup>').format(
        identity, turn, number
    )


def footnotes_html(turn: int, citations: Sequence[Citation]) -> Markup:
    """The footnotes of an answer, or nothing when it has none."""
    if not citations:
        return Markup()
    opened = len(citations) <= OPEN_FOOTNOTES
    notes = Markup().join(_footnote(turn, citation, opened) for citation in citations)
    return Markup('<ol class="footnotes" aria-label="Footnotes">{}</ol>').format(notes)


def _footnote(turn: int, citation: Citation, opened: bool) -> Markup:
    link = safe_link(citation.link)
    section = section_under(citation.title, citation.section)
    place = Markup('<span class="place">{}</span>').format(section) if section else ""
    return Markup(
        '<li><details id="fn-{turn}-{n}" class="footnote"{opened}>'
        '<summary><span class="number">{n}</span><span><span class="title">{title}</span> {place}</span></summary>'
        "<blockquote>{before}<mark>{quote}</mark>{after}</blockquote>"
        '<p class="about">{link}<span class="date">Fetched on {date}</span>'
        '<a class="back" href="#ref-{turn}-{n}" aria-label="Back to footnote {n} in the answer">↩</a></p>{also}'
        "</details></li>"
    ).format(
        turn=turn,
        n=citation.number,
        opened=Markup(" open") if opened else "",
        title=citation.title or citation.url,
        place=place,
        before=_context_before(citation.before),
        quote=citation.quote,
        after=_context_after(citation.after),
        date=date_html(citation.fetched_at),
        link=_passage_link(link, citation.number) if link else "",
        also=_also_html(citation.also),
    )


def _context_before(text: str) -> str:
    """The text before a quote without the torn word that it may begin with."""
    text = _EMPTY_LINES.sub("\n", text.lstrip())
    return f"… {text.partition(' ')[2].lstrip()}" if text[:1].islower() else text


def _context_after(text: str) -> str:
    """The text after a quote without the torn word that it may end with."""
    text = _EMPTY_LINES.sub("\n", text.rstrip())
    *_, last = text.rpartition("\n")
    # List items and table rows end without a full stop as a rule.
    torn = last[-1:].isalnum() and not last.lstrip().startswith(("- ", "| "))
    return f"{text.rpartition(' ')[0]} …" if torn else text


def section_under(title: str, section: str) -> str:
    """A heading path as it reads behind its page's title, which it often opens with."""
    path = section.split(" > ")
    return " › ".join(path[1:] if path[0] == title else path)


def _passage_link(link: str, number: int) -> Markup:
    return Markup(
        '<a class="open" href="{}" target="_blank" rel="noopener">Open the passage'
        '<span class="unseen"> of footnote {}, in a new tab</span></a>'
    ).format(link, number)


def _also_html(also: Iterable[tuple[str, str]]) -> Markup:
    links = [_new_tab(title, link) for title, link in also]
    if not links:
        return Markup()
    return Markup('<p class="also">The same words stand in {}.</p>').format(Markup(", ").join(links))


def _places_html(places: Sequence[Place]) -> Markup:
    if not places:
        return Markup()
    items = Markup().join(Markup("<li>{}</li>").format(_new_tab(place.title, place.link)) for place in places)
    return Markup('<div class="places"><p>Places to look:</p><ul>{}</ul></div>').format(items)


def _new_tab(title: str, link: str) -> Markup:
    target = safe_link(link)
    if target is None:
        return escape(title)
    return Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(target, title)


def _copy_button(answer: Answer) -> Markup:
    return Markup(
        '<p class="actions"><button type="button" class="copy" data-copy="{}">Copy with sources</button></p>'
    ).format(copy_text(answer))


def copy_text(answer: Answer) -> str:
    """An answer to paste elsewhere: its text, then each footnote with its quote and address."""
    notes = [
        f"[{citation.number}] {citation.title or citation.url}"
        f"\n“{citation.quote}”\n{citation.link}\nFetched on {written_date(citation.fetched_at)}"
        for citation in answer.citations
    ]
    return "\n\n".join([answer.text, *notes])
