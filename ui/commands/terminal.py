"""Answers and passages in a terminal: colours, links and hanging indents where there is one, plain text in a pipe.

rich finds out what the terminal can do, and heeds ``NO_COLOR`` and ``TERM=dumb``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from assistant.types import Answer, Citation, Event, Finished, Said, Statement
from ui.answers.render import place_within, respelt_notes
from ui.schema import HitOut

_console = Console(highlight=False)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # with these a page's text could command the terminal


def print_answer(events: Iterable[Event], server: str = "") -> Answer:
    """Print an answer as its statements come, then its footnotes; the answer.

    ``server`` is the address of a server, where there is one: pages without an address of their own open there.
    """
    for event in events:
        if isinstance(event, Said):
            _print_statement(event.statement)
        elif isinstance(event, Finished):
            for note in respelt_notes(event.answer):
                _print(_text(note, "dim"))
            if event.answer.citations and _console.is_terminal:
                _console.print()
            for citation in event.answer.citations:
                _print_hung(Text(f"[{citation.number}]", "cyan"), _footnote(citation, server))
            if event.answer.closest:
                places = (_linked(place.title, place.link, server) for place in event.answer.closest)
                _print(Text("Places to look: ") + Text(", ").join(places))
            return event.answer
    raise ValueError("the events of an answer end with Finished")


def events_of(answer: Answer) -> Iterator[Event]:
    """The events of an answer that is whole already."""
    for statement in answer.statements:
        yield Said(statement, ())
    yield Finished(answer)


def print_hits(hits: Sequence[HitOut]) -> None:
    """Print passages with their scores and places."""
    for place, hit in enumerate(hits, 1):
        _print(Text(f"{place}. {hit.score:.3f}  ") + _text(hit.title, "bold") + _text(f"  {hit.url}", "dim"))
        _print(_text(hit.text))
        _console.print()


def _print(text: Text) -> None:
    # A pipe gets each paragraph as one line: what reads it knows its own width.
    _console.print(text, soft_wrap=not _console.is_terminal)


def _print_hung(mark: Text, text: Text) -> None:
    """Print a text beside a mark; its further lines stand under its first."""
    if not _console.is_terminal:
        _print(mark + Text(" ") + text)
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, text)
    _console.print(grid)


def _print_statement(statement: Statement) -> None:
    text = _text(statement.text, "dim" if statement.kind == "note" else "")
    if statement.fact and len(text) == len(statement.text):
        text.stylize("bold", *statement.fact)
    for number in statement.citations:
        text.append(f" [{number}]", "cyan")
    if statement.kind in ("item", "row"):
        _print_hung(Text(f"{'  ' * statement.depth}-"), text)
    else:
        _print(text)


def _footnote(citation: Citation, server: str) -> Text:
    place = " › ".join(filter(None, (citation.title, place_within(citation))))
    text = Text() + _linked(place, citation.link, server)  # a text's own style would hold for all that is added to it
    text += _text(f" ({citation.url}, fetched {citation.fetched_at:%Y-%m-%d})", "dim")
    if citation.also:
        same = (_linked(title, link, server) for title, link in citation.also)
        text += Text("; the same words stand in ") + Text(", ").join(same)
    return text


def _linked(title: str, link: str, server: str) -> Text:
    """A title that opens its page, where that has an address (OSC 8)."""
    link = _CONTROLS.sub("", f"{server}{link}" if server and link.startswith("/") else link)
    return _text(title, Style(link=link) if link.startswith(("https://", "http://")) else "")


def _text(text: str, style: str | Style = "") -> Text:
    return Text(_CONTROLS.sub("", text), style)
