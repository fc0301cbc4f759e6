"""What the chat page does when something happens on it: each function returns the parts of the page that change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ui.access.asker import asker_of
from ui.access.rate import TooManyError
from ui.chat.conversation import Teller, welcome_html
from ui.chat.kept import conversation_from, kept_json
from ui.http.patience import Tick, patiently
from ui.http.reference import set_reference
from ui.language import words_for
from ui.ports import Seen, Workspace
from ui.questions.question_log import QuestionLog
from ui.schema import MAX_ADDRESS
from ui.web.api import readiness
from ui.web.request_note import note_of

if TYPE_CHECKING:
    import gradio

    from ui.face.options import FaceOptions

STOP_SECONDS = 0.5
"""How soon a question that is stopped makes way for the next, whatever its answer waits for."""

Update = dict[Any, Any]
"""New values by component."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that change. ``kept`` holds the conversation as JSON; the browser fills and stores it."""

    box: Any
    welcome: Any
    greeting: Any
    examples: list[Any]
    past: Any
    turn: Any
    spoken: Any
    kept: Any
    clock: Any

    @property
    def shown(self) -> list[Any]:
        """What a question or another conversation changes."""
        return [self.box, self.welcome, self.past, self.turn, self.spoken, self.kept]


@dataclass(frozen=True, slots=True)
class ChatEvents:
    """The chat page's functions over a workspace. Questions are noted in ``log``."""

    gr: ModuleType
    parts: Parts
    workspace: Workspace
    options: FaceOptions
    log: QuestionLog | None = None

    def _teller(self, request: gradio.Request) -> Teller:
        query, note = dict(request.query_params), note_of(_scope(request))
        return Teller(
            words_for(query, request.headers), self.options.contact, self.options.old_days, self.log, note.metrics,
            "widget" if "origin" in query else "chat", note.reference,
        )  # fmt: skip

    def _seen(self, request: gradio.Request) -> Seen:
        """What the sender of an event may see: each event is an HTTP request of its own."""
        return self.workspace.seen_by(asker_of(_scope(request)))

    async def respond(self, question: str, known: str, request: gradio.Request) -> AsyncIterator[Update]:
        """Answer a question in its conversation, as that was kept."""
        parts = self.parts
        if not question.strip():
            yield {parts.box: self.gr.skip()}
            return
        telling, conversation = self._teller(request), conversation_from(known)
        # In one step with the first view: the turn that was the latest must not stand on the page twice.
        update: Update = {
            parts.welcome: self.gr.Column(visible=False),
            parts.past: telling.turns_html(conversation),
            parts.kept: kept_json(conversation),
        }
        seen, note = self._seen(request), note_of(_scope(request))
        set_reference(note.reference)
        try:
            note.rates.check(_scope(request))
            views = telling.views(seen, question, conversation, _here(request))
        except TooManyError as error:
            views = iter([telling.refused(question, conversation, error)])
        async for view in patiently(views, STOP_SECONDS):
            if isinstance(view, Tick):
                yield {parts.box: self.gr.skip()}
                continue
            update[parts.turn] = view.turn
            if view.conversation is not conversation:
                update[parts.kept] = kept_json(view.conversation)
            if view.spoken:
                update[parts.spoken] = _said(view.spoken)
            yield update
            update = {}

    def resumed(self, known: str, request: gradio.Request) -> Update:
        """Show a conversation as it was left; without a turn, the welcome."""
        parts, telling, conversation = self.parts, self._teller(request), conversation_from(known)
        return {
            parts.kept: kept_json(conversation),
            parts.past: telling.turns_html(conversation, last=-1),
            parts.turn: telling.turns_html(conversation, first=-1),
            parts.welcome: self.gr.Column(visible=not conversation.turns),
            parts.spoken: _said("" if conversation.turns else telling.words["fresh_told"]),
        }

    def restored(self, known: str, request: gradio.Request) -> Update:
        """Show the conversation that a reload goes on with; without one, leave alone what was perhaps asked already."""
        return self.resumed(known, request) if conversation_from(known).turns else {self.parts.box: self.gr.skip()}

    def opened(self, request: gradio.Request) -> Iterator[Update]:
        """Tell how the workspace is, and show examples once it can be asked."""
        parts, options, ready = self.parts, self.options, readiness(self.workspace)
        yield {
            parts.greeting: welcome_html(ready, options.name, self._teller(request).words, options.brand),
            parts.clock: self.gr.Timer(active=ready.status == "loading"),
        }
        count = len(parts.examples)
        asked = list(options.brand.examples)
        if not asked and ready.status == "ready":
            asked = self._seen(request).assistant.examples()[:count]
        asked += [""] * (count - len(asked))
        yield {
            button: self.gr.Button(text, visible=bool(text)) for button, text in zip(parts.examples, asked, strict=True)
        }

    def __post_init__(self) -> None:
        """Name the class of request for Gradio, which passes one where it is named; annotations here are text."""
        own = ChatEvents
        for function in (own.respond, own.resumed, own.restored, own.opened):
            function.__annotations__["request"] = self.gr.Request


def _said(text: str) -> Markup:
    """What a screen reader is told."""
    return Markup("<p>{}</p>").format(text)


def _scope(request: gradio.Request) -> Mapping[str, Any]:
    """The ASGI scope of the HTTP request that an event came with."""
    return request.request.scope if request.request else {}


def _here(request: gradio.Request) -> str:
    """The address of the page that the widget says it stands on."""
    return str(dict(request.query_params).get("here", ""))[:MAX_ADDRESS]
