"""An answer as HTML that is safe to show.

Everything that comes from a page or a question goes through ``Markup.format``, which escapes it; only the tags written
here are tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from markupsafe import Markup, escape

from assistant.question.small_talk import GREETING_NOTE
from assistant.types import Answer, Citation, Outcome, Place, Statement
from ui.language import ENGLISH, Words

OPEN_FOOTNOTES = 2
"""Up to so many footnotes stand open under an answer; more would bury the next question."""

_EMPTY_LINES = re.compile(r"\n\s*\n")


def safe_link(link: str) -> str | None:
    """The link when it is a web address or a path on this server; None for anything else, such as ``javascript:``."""
    if link.startswith(("https://", "http://")) or (link.startswith("/") and not link.startswith(("//", "/\\"))):
        return link
    return None


def date_html(moment: datetime, words: Words) -> Markup:
    """A date as people write it, e.g. 3 March 2025."""
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), words.date(moment))


def in_words(answer: Answer, words: Words, contact: str = "") -> Answer:
    """The answer with the assistant's own note in the reader's language. What failed is told as it was reported.

    ``contact`` says whom to ask when the pages don't say.
    """
    if answer.outcome not in ("partial", "abstained"):
        return answer
    note = words[f"note_{answer.outcome}"]
    if answer.outcome == "abstained" and contact:
        note = f"{note} {contact}"
    if _is_greeting(answer, words):
        note = words["note_greeting"]
    said = (replace(each, text=note) if each.kind == "note" else each for each in answer.statements)
    return replace(answer, statements=tuple(said))


def _is_greeting(answer: Answer, words: Words) -> bool:
    """Whether it only says what can be asked, as to a "thanks"."""
    return any(each.text in (GREETING_NOTE, words["note_greeting"]) for each in answer.statements)


def respelt_notes(answer: Answer, words: Words = ENGLISH) -> list[str]:
    """Which words of the question were read as others, a sentence each."""
    return [words.say("respelt", asked=word.asked, read=word.read) for word in answer.respelt]


def answer_html(turn: int, answer: Answer, words: Words = ENGLISH, old_days: int = 0) -> Markup:
    """A whole answer with its footnotes. ``turn`` counts the questions of the conversation and keeps ids apart.

    A page whose last change lies ``old_days`` back or more is told to be old; 0: none is.
    """
    plain = answer.outcome == "answered" or _is_greeting(answer, words)
    label = "" if plain else words[f"label_{answer.outcome}"]
    told = Markup("{}{}{}{}{}").format(
        Markup('<p class="outcome">{}</p>').format(label) if label else "",
        Markup().join(Markup('<p class="respelt">{}</p>').format(note) for note in respelt_notes(answer, words)),
        statements_html(turn, answer.statements, words),
        _old_html(answer.citations, words, old_days),
        _places_html(answer.closest, words),
    )
    return noted_html(answer.outcome, told, footnotes_html(turn, answer.citations, words))


def _old_html(citations: Sequence[Citation], words: Words, old_days: int) -> Markup:
    """A note for each page that an answer rests on and that has not changed for a long time."""
    limit = datetime.now(UTC) - timedelta(days=old_days)
    old = {c.url: c for c in citations if old_days and c.changed_at < limit}
    notes = (
        escape(words["old_page"]).format(title=c.title or c.url, date=date_html(c.changed_at, words))
        for c in old.values()
    )
    return Markup().join(Markup('<p class="old">{}</p>').format(note) for note in notes)


def noted_html(outcome: Outcome, told: Markup, footnotes: Markup) -> Markup:
    """What is told and its footnotes, which a wide page sets beside it."""
    return Markup('<div class="answer {}"><div class="told">{}</div>{}</div>').format(outcome, told, footnotes)


def statements_html(turn: int, statements: Iterable[Statement], words: Words = ENGLISH) -> Markup:
    """Statements as paragraphs and lists, each with the numbers of its footnotes.

    Sentences join in a paragraph, but under a note, which tells that they are no answer, each stands for itself.
    """
    statements = list(statements)
    apart = any(statement.kind == "note" for statement in statements)
    html = Markup()
    seen: set[int] = set()
    for as_list, group in groupby(statements, lambda statement: statement.kind in ("item", "row")):
        if as_list:
            html += _list((each.depth, _statement(turn, each, seen, words)) for each in group)
            continue
        for kind, paragraph in groupby(group, lambda statement: statement.kind):
            said = [_statement(turn, statement, seen, words) for statement in paragraph]
            for text in said if apart else [Markup(" ").join(said)]:
                html += Markup('<p class="{}">{}</p>').format(kind, text)
    return html


def _list(lines: Iterable[tuple[int, Markup]]) -> Markup:
    """Lines with their depths as a list; one that lies deeper than the line before it opens a list inside that."""
    html = Markup()
    level = -1
    for depth, line in lines:
        if depth > level:
            html += Markup("<ul>")
            level += 1
        else:
            html += Markup("</li>") + Markup("</ul></li>") * (level - depth)
            level = depth
        html += Markup("<li>{}").format(line)
    return html + Markup("</li></ul>") * (level + 1)


def _statement(turn: int, statement: Statement, seen: set[int], words: Words) -> Markup:
    text = statement.text
    said: Markup = escape(text)
    if statement.fact:
        start, end = statement.fact
        said = Markup("{}<strong>{}</strong>{}").format(text[:start], text[start:end], text[end:])
    marks = Markup().join(_reference(turn, number, seen, words) for number in statement.citations)
    # The number clings to the last word: a line never begins with one.
    return Markup('<span class="said">{}{}</span>').format(said, Markup("\u2060") + marks if marks else "")


def _reference(turn: int, number: int, seen: set[int], words: Words) -> Markup:
    """A footnote's number in the text. The first of each is where its footnote leads back to."""
    identity = Markup() if number in seen else Markup(' id="ref-{}-{}"').format(turn, number)
    seen.add(number)
    return Markup('<sup><a class="ref"{0} href="#fn-{1}-{2}" aria-label="{3}">{2}</a></sup>').format(
        identity, turn, number, words.say("footnote", number=number)
    )


def footnotes_html(turn: int, citations: Sequence[Citation], words: Words = ENGLISH) -> Markup:
    """The footnotes of an answer, or nothing when it has none."""
    if not citations:
        return Markup()
    opened = len(citations) <= OPEN_FOOTNOTES
    notes = Markup().join(_footnote(turn, citation, opened, words) for citation in citations)
    return Markup('<ol class="footnotes" aria-label="{}" aria-keyshortcuts="Alt+ArrowDown Alt+ArrowUp">{}</ol>').format(
        words["footnotes"], notes
    )


def _footnote(turn: int, citation: Citation, opened: bool, words: Words) -> Markup:
    link = safe_link(citation.link)
    within = place_within(citation, words)
    place = Markup('<span class="place">{}</span>').format(within) if within else ""
    return Markup(
        '<li><details id="fn-{turn}-{n}" class="footnote"{opened}>'
        '<summary><span class="number">{n}</span><span><span class="title">{title}</span> {place}</span></summary>'
        "<blockquote>{before}<mark>{quote}</mark>{after}</blockquote>"
        '<p class="about">{link}<span class="date">{fetched}</span>'
        '<a class="back" href="#ref-{turn}-{n}" aria-label="{back}">↩</a></p>{also}'
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
        fetched=escape(words["fetched"]).format(date=date_html(citation.fetched_at, words)),
        back=words.say("back", number=citation.number),
        link=_passage_link(link, citation.number, words) if link else "",
        also=_also_html(citation.also, words),
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


def place_within(citation: Citation, words: Words = ENGLISH) -> str:
    """Where a quote stands on its page, to read behind the page's title, which the heading path often opens with."""
    path = citation.section.split(" > ")
    section = " › ".join(path[1:] if path[0] == citation.title else path)
    return ", ".join(filter(None, (section, page_number(citation, words))))


def page_number(citation: Citation, words: Words) -> str:
    """On which page of a document a quote stands, where it has pages: "p. 3"."""
    return words.say("page_number", number=citation.page_number) if citation.page_number else ""


def _passage_link(link: str, number: int, words: Words) -> Markup:
    return Markup(
        '<a class="open" href="{}" target="_blank" rel="noopener">{}<span class="unseen"> {}</span></a>'
    ).format(link, words["open_passage"], words.say("of_footnote", number=number))


def _also_html(also: Iterable[tuple[str, str]], words: Words) -> Markup:
    links = [_new_tab(title, link) for title, link in also]
    if not links:
        return Markup()
    return Markup('<p class="also">{}</p>').format(escape(words["also"]).format(pages=Markup(", ").join(links)))


def _places_html(places: Sequence[Place], words: Words) -> Markup:
    if not places:
        return Markup()
    items = Markup().join(Markup("<li>{}</li>").format(_new_tab(place.title, place.link)) for place in places)
    return Markup('<div class="places"><p>{}</p><ul>{}</ul></div>').format(words["places"], items)


def _new_tab(title: str, link: str) -> Markup:
    target = safe_link(link)
    if target is None:
        return escape(title)
    return Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(target, title)
