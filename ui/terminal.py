"""Answers and passages in a terminal: colours and links where there is one, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from assistant.types import Answer, Citation, Event, Finished, Said, Statement
from ui.schema import HitOut

_console = Console(highlight=False)


def print_answer(events: Iterable[Event]) -> Answer:
    """Print an answer as its statements come, then its footnotes; the answer."""
    for event in events:
        if isinstance(event, Said):
            _console.print(_statement(event.statement))
        elif isinstance(event, Finished):
            for citation in event.answer.citations:
                _console.print(_footnote(citation))
            if event.answer.closest:
                places = (_linked(place.title, place.link) for place in event.answer.closest)
                _console.print(Text("Places to look: ") + Text(", ").join(places))
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
        _console.print(Text(f"{place}. {hit.score:.3f}  ") + Text(hit.title, "bold") + Text(f"  {hit.url}", "dim"))
        _console.print(Text(hit.text), soft_wrap=False)
        _console.print()


def _statement(statement: Statement) -> Text:
    text = Text("- " if statement.kind in ("item", "row") else "")
    shift = len(text)
    text.append(statement.text, "dim" if statement.kind == "note" else "")
    if statement.fact:
        text.stylize("bold", shift + statement.fact[0], shift + statement.fact[1])
    for number in statement.citations:
        text.append(f" [{number}]", "cyan")
    return text


def _footnote(citation: Citation) -> Text:
    place = (
        f"{citation.title} › {citation.section}"
        if citation.section and citation.section != citation.title
        else citation.title
    )
    text = Text(f"[{citation.number}] ", "cyan") + _linked(place, citation.link)
    text += Text(f" ({citation.url}, fetched {citation.fetched_at:%Y-%m-%d})", "dim")
    if citation.also:
        text += Text("; the same words stand in ") + Text(", ").join(_linked(*place) for place in citation.also)
    return text


def _linked(title: str, link: str) -> Text:
    """A title that opens its page where that has a public address."""
    return Text(title, f"link {link}" if "://" in link else "")
