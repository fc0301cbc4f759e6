"""A conversation as the chat page shows it: each question's turn, from the first sign of work to its last footnote."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from assistant.types import Answer, Citation, Finished, Said, Searched, Statement
from ingest.errors import BusyError, FootnotedError
from ui.access.rate import TooManyError
from ui.answers.copying import copy_button
from ui.answers.render import answer_html, footnotes_html, in_words, noted_html, respelt_notes, statements_html
from ui.face.brand import PLAIN, BrandOptions
from ui.http.metrics import Door, Metrics
from ui.language import ENGLISH, Words
from ui.logs import event as log_event
from ui.ports import Seen
from ui.questions.feedback import thumbs_html
from ui.questions.hearing import heard
from ui.questions.question_log import QuestionLog, Thumb
from ui.schema import MAX_QUESTION, ReadyOut, checked_question, usable_history
from ui.web.api import readiness, require_ready

_NOTHING = Markup()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, its answer and what was said of that."""

    question: str
    answer: Answer
    thumb: Thumb = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person's conversation. It is kept in their browser alone and comes along with each question.

    ``id`` is given with the first turn.
    """

    id: str = ""
    turns: tuple[Turn, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions asked so far, the first one first."""
        return tuple(turn.question for turn in self.turns)

    def with_turn(self, question: str, answer: Answer) -> Conversation:
        """The conversation after one more turn, of which it keeps what is shown."""
        turn = Turn(question, replace(answer, hits=(), timings={}))
        return Conversation(self.id or secrets.token_hex(8), (*self.turns, turn))


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows at one moment of an answer: the turn in HTML, and what a screen reader is told."""

    turn: Markup
    spoken: str
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells conversations in one reader's words.

    ``contact`` says whom to ask when the pages don't say; ``old_days``, above 0, from what age on a page is told to be
    old. Questions are noted in ``log`` and counted in ``metrics``; an error is told with the request's ``reference``.
    """

    words: Words = ENGLISH
    contact: str = ""
    old_days: int = 0
    log: QuestionLog | None = None
    metrics: Metrics | None = None
    door: Door = "chat"
    reference: str = ""

    def turns_html(self, conversation: Conversation, first: int = 0, last: int | None = None) -> Markup:
        """Whole turns of a conversation, as a slice of them."""
        numbered = list(enumerate(conversation.turns, 1))[first:last]
        return Markup().join(self._whole(number, turn) for number, turn in numbered)

    def views(self, workspace: Seen, question: str, conversation: Conversation, here: str = "") -> Iterator[View]:
        """The page's successive views while a question is answered; the last has the turn in its conversation.

        A question that cannot be asked, and a part that fails, end in a view that says so; nothing is raised.
        """
        number = len(conversation.turns) + 1
        asked = " ".join(question.split())
        words = self.words

        def view(body: Markup, spoken: str) -> View:
            return View(turn_html(number, asked, body), spoken, conversation)

        def trouble(message: str, hint: str) -> View:
            return self._troubled(asked, conversation, message, hint)

        yield view(_working(words["searching"]), f"{words['searching']}.")
        try:
            if len(question.strip()) > MAX_QUESTION:
                length, most = f"{len(question.strip()):,}", f"{MAX_QUESTION:,}"
                yield trouble(words.say("too_long", length=length, most=most), words["too_long_hint"])
                return
            if readiness(workspace).status == "loading":
                yield trouble(words["getting_ready"], "")
                return
            asked = checked_question(question)
            require_ready(workspace)
            for seen in self._answering(workspace, asked, conversation, here):
                if isinstance(seen, Answer):
                    told = in_words(seen, words, self.contact)
                    turn, gone_on = Turn(asked, seen), conversation.with_turn(asked, seen)
                    whole = self._whole(number, turn, reference=self.reference)
                    yield View(whole, spoken_answer(told, words), gone_on)
                    if seen.outcome == "answered":
                        further = workspace.assistant.following(gone_on.questions, seen)
                        yield View(self._whole(number, turn, further), "", gone_on)
                else:
                    yield view(seen, "")
        except FootnotedError as error:
            yield self.refused(question, conversation, error)
        except Exception:  # noqa: BLE001 - whatever broke, the person is told and the page lives on; the log has the rest
            log_event(_log, logging.ERROR, "a question could not be answered", True, reference=self.reference)
            yield trouble(words["broke"], words["broke_hint"])

    def refused(self, question: str, conversation: Conversation, error: FootnotedError) -> View:
        """The view of a question that an error kept from being answered."""
        if self.metrics is not None:
            self.metrics.turned_away(error)
        return self._troubled(" ".join(question.split()), conversation, *_told(error, self.words))

    def _troubled(self, asked: str, conversation: Conversation, message: str, hint: str) -> View:
        body = _trouble(self.words, message, hint, self.reference)
        return View(turn_html(len(conversation.turns) + 1, asked, body), f"{message} {hint}", conversation)

    def _answering(
        self, workspace: Seen, asked: str, conversation: Conversation, here: str
    ) -> Iterator[Markup | Answer]:
        number = len(conversation.turns) + 1
        statements: list[Statement] = []
        citations: list[Citation] = []
        events = workspace.assistant.ask(asked, usable_history(list(conversation.questions)), here)
        for event in heard(self.log, asked, events, self.metrics, self.door):
            if isinstance(event, Searched):
                yield _working(self.words.say("reading", count=len(event.hits)))
            elif isinstance(event, Said):
                statements.append(event.statement)
                citations.extend(event.citations)
                # A note says that what follows is no answer: in whose words, the whole answer tells.
                if not any(statement.kind == "note" for statement in statements):
                    told = statements_html(number, statements, self.words)
                    notes = footnotes_html(number, citations, self.words)
                    yield noted_html("answered", told, notes) + _working("")
            elif isinstance(event, Finished):
                yield event.answer

    def _whole(self, number: int, turn: Turn, further: Sequence[str] = (), reference: str = "") -> Markup:
        told = in_words(turn.answer, self.words, self.contact)
        actions = _actions(self.words, copy_button(told, self.words))
        actions += thumbs_html(turn.answer.id, turn.thumb, number, self.words) + _further_html(self.words, further)
        if turn.answer.outcome == "failed":
            actions += _reference(self.words, reference)
        body = answer_html(number, told, self.words, self.old_days)
        return turn_html(number, turn.question, body, actions, kept=True)


def turn_html(number: int, question: str, body: Markup, actions: Markup = _NOTHING, kept: bool = False) -> Markup:
    """A question and what stands under it; ``kept`` where the turn is part of the conversation."""
    return Markup(
        '<section class="turn" data-turn="{0}"{4} aria-labelledby="question-{0}">'
        '<h2 class="question" id="question-{0}">{1}</h2>{2}{3}</section>'
    ).format(number, question, body, actions, Markup(" data-kept") if kept else _NOTHING)


def stopped_html(words: Words) -> Markup:
    """What stands under a question whose answer is not waited for any more."""
    return Markup('<p class="working">{}</p>{}').format(words["stopped"], _actions(words))


def spoken_answer(answer: Answer, words: Words) -> str:
    """An answer as a screen reader is told it, without footnote numbers in the sentences."""
    said = [*respelt_notes(answer, words), *(statement.text for statement in answer.statements)]
    count = len(answer.citations)
    if count:
        said.append(words["one_footnote"] if count == 1 else words.say("many_footnotes", count=count))
    return " ".join(said)


def _actions(words: Words, copy: Markup = _NOTHING) -> Markup:
    """What can be done about an answer, and about the latest question."""
    return Markup(
        '<p class="actions">{}<button type="button" class="again">{}</button>'
        '<button type="button" class="edit">{}</button></p>'
    ).format(copy, words["again"], words["edit"])


def _further_html(words: Words, questions: Sequence[str]) -> Markup:
    """Questions to ask next, under the latest answer."""
    if not questions:
        return _NOTHING
    items = Markup().join(
        Markup('<li><button type="button" class="further">{}</button></li>').format(question) for question in questions
    )
    return Markup('<div class="furthers"><p id="furthers">{}</p><ul aria-labelledby="furthers">{}</ul></div>').format(
        words["further"], items
    )


def _working(what: str) -> Markup:
    return Markup('<p class="working"><span class="dots" aria-hidden="true"></span>{}</p>').format(what)


def _told(error: FootnotedError, words: Words) -> tuple[str, str]:
    """What went wrong and what mends it, in the reader's words where anybody may come to read it."""
    if isinstance(error, TooManyError):
        return words["too_many"], words.say("too_many_hint", seconds=str(error.retry_seconds))
    return (words["busy"], words["busy_hint"]) if isinstance(error, BusyError) else (error.message, error.hint)


def _reference(words: Words, reference: str) -> Markup:
    """By what the log of the server knows an error."""
    return (
        Markup('<p class="hint">{}</p>').format(words.say("reference", reference=reference)) if reference else _NOTHING
    )


def _trouble(words: Words, message: str, hint: str, reference: str = "") -> Markup:
    said = Markup('<p class="outcome">{}</p><p class="note">{}</p><p class="hint">{}</p>')
    return Markup('<div class="answer failed">{}</div>{}').format(
        said.format(words["label_abstained"], message, hint) + _reference(words, reference), _actions(words)
    )


def welcome_html(ready: ReadyOut, name: str, words: Words = ENGLISH, brand: BrandOptions = PLAIN) -> Markup:
    """What someone who has not asked yet reads: the greeting, and why questions have to wait if they do."""
    note = Markup()
    if ready.status == "loading":
        note = Markup('<p class="state" role="status"><span class="dots" aria-hidden="true"></span>{}</p>').format(
            words["getting_ready"]
        )
    elif ready.status == "broken":
        told = words.say("not_now", name=name, reason=ready.reason)
        note = Markup('<p class="state broken" role="alert">{}</p>').format(told)
    return Markup('<div class="greeting"><h2>{}</h2><p>{}</p>{}</div>').format(
        brand.greeting or words["greeting_title"], brand.about or words["greeting_text"], note
    )
