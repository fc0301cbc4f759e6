"""A conversation as the chat page shows it: each question's turn, from the first sign of work to its last footnote."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from assistant.types import Answer, Citation, Finished, Said, Searched, Statement
from ingest.errors import FootnotedError
from ui.api import require_ready
from ui.ports import Workspace
from ui.render import answer_html, footnotes_html, statements_html
from ui.schema import ReadyOut, checked_question, usable_history

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person's conversation: its questions, and each turn as it was shown. Kept on the server for the session."""

    questions: tuple[str, ...] = ()
    turns: tuple[Markup, ...] = ()

    def with_turn(self, question: str, turn: Markup) -> Conversation:
        """The conversation after one more turn."""
        return Conversation((*self.questions, question), (*self.turns, turn))


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows at one moment of an answer: the turn in HTML, and what a screen reader is told."""

    turn: Markup
    spoken: str
    conversation: Conversation


def views(workspace: Workspace, question: str, conversation: Conversation) -> Iterator[View]:
    """The page's successive views while a question is answered; the last has the turn in its conversation.

    A question that cannot be asked, and a part that fails, end in a view that says so; nothing is raised.
    """
    number = len(conversation.turns) + 1
    asked = " ".join(question.split())

    def view(body: Markup, spoken: str) -> View:
        return View(turn_html(number, asked, body), spoken, conversation)

    yield view(_working("Searching the pages"), "Searching the pages.")
    try:
        asked = checked_question(question)
        require_ready(workspace)
        statements: list[Statement] = []
        citations: list[Citation] = []
        for event in workspace.assistant.ask(asked, usable_history(list(conversation.questions))):
            if isinstance(event, Searched):
                yield view(_working(f"Reading {len(event.hits)} passages"), "")
            elif isinstance(event, Said):
                statements.append(event.statement)
                citations.extend(event.citations)
                body = Markup('<div class="answer">{}{}</div>{}').format(
                    statements_html(number, statements), footnotes_html(number, citations), _working("")
                )
                yield view(body, "")
            elif isinstance(event, Finished):
                turn = turn_html(number, asked, answer_html(number, event.answer))
                yield View(turn, spoken_answer(event.answer), conversation.with_turn(asked, turn))
    except FootnotedError as error:
        yield view(_trouble(error.message, error.hint), f"{error.message} {error.hint}")
    except Exception:  # noqa: BLE001 - whatever broke, the person is told and the page lives on; the log has the rest
        _log.exception("a question could not be answered")
        message, hint = (
            "The answer could not be made.",
            "Ask again; if it keeps happening, tell whoever runs this page.",
        )
        yield view(_trouble(message, hint), f"{message} {hint}")


def turn_html(number: int, question: str, body: Markup) -> Markup:
    """A question and what stands under it."""
    return Markup(
        '<section class="turn" data-turn="{0}" aria-labelledby="question-{0}">'
        '<h2 class="question" id="question-{0}">{1}</h2>{2}</section>'
    ).format(number, question, body)


def spoken_answer(answer: Answer) -> str:
    """An answer as a screen reader is told it, without footnote numbers in the sentences."""
    said = " ".join(statement.text for statement in answer.statements)
    count = len(answer.citations)
    notes = f" {count} footnote{'s' if count != 1 else ''}." if count else ""
    return f"{said}{notes}"


def _working(what: str) -> Markup:
    return Markup('<p class="working"><span class="dots" aria-hidden="true"></span>{}</p>').format(what)


def _trouble(message: str, hint: str) -> Markup:
    return Markup(
        '<div class="answer failed"><p class="outcome">No answer</p><p class="note">{}</p><p class="hint">{}</p></div>'
    ).format(message, hint)


def welcome_html(ready: ReadyOut, name: str) -> Markup:
    """What someone who has not asked yet reads: the greeting, and why questions have to wait if they do."""
    if ready.status == "loading":
        note = Markup('<p class="state" role="status"><span class="dots" aria-hidden="true"></span>{}</p>').format(
            "Getting ready: the pages are being loaded."
        )
    elif ready.status == "broken":
        note = Markup('<p class="state broken" role="alert">{} can’t answer now: {}</p>').format(name, ready.reason)
    else:
        note = Markup()
    return Markup(
        '<div class="greeting"><h2>Ask the pages</h2><p>Every sentence of an answer comes from a page and carries a '
        "footnote to the place it stands. When the pages don’t say, you are told so.</p>{}</div>"
    ).format(note)
