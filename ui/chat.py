"""The chat page: a Gradio app whose conversation, footnotes and states are our own HTML."""

from __future__ import annotations

import atexit
import importlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ui.api import readiness
from ui.conversation import Conversation, views, welcome_html
from ui.ports import Workspace
from ui.schema import MAX_QUESTION, ReadyOut

if TYPE_CHECKING:
    import gradio

EXAMPLES = 4
"""Example questions shown to someone who has not asked yet."""


@cache
def load_gradio() -> ModuleType:
    """Gradio, imported so that it reports to nobody and keeps its files in a folder that ends with the process."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    # Its own choice, /tmp/gradio, belongs to whoever on this machine made it first, and nobody else can start then.
    scratch = tempfile.TemporaryDirectory(prefix="footnoted-", ignore_cleanup_errors=True)
    atexit.register(scratch.cleanup)
    os.environ.setdefault("GRADIO_TEMP_DIR", scratch.name)
    return importlib.import_module("gradio")


def build_chat(workspace: Workspace, name: str, concurrency: int) -> gradio.Blocks:
    """The Gradio app. ``concurrency`` is how many questions are answered at the same time."""
    gr = load_gradio()

    def html(value: str = "", **options: Any) -> Any:
        return gr.HTML(value, apply_default_css=False, js_on_load=None, **options)

    page: gradio.Blocks = gr.Blocks(title=name, analytics_enabled=False, fill_width=True)
    with page:
        conversation = gr.State(Conversation(), time_to_live=12 * 3600)
        with gr.Row(elem_id="bar"):
            html(
                Markup('<a class="skip" href="#question">Skip to the question</a><h1 class="wordmark">{}</h1>').format(
                    name
                ),
                elem_id="brand",
            )
            fresh = gr.Button("New conversation", elem_id="fresh")
        with gr.Column(elem_id="welcome") as welcome:
            greeting = html(welcome_html(ReadyOut(status="ready"), name))  # how it is, each visit finds out
            with gr.Row(elem_id="examples"):
                examples = [gr.Button("", visible=False, elem_classes="example") for _ in range(EXAMPLES)]
        past = html(elem_id="past")
        turn = html(elem_id="turn")
        spoken = html(elem_id="spoken")
        with gr.Row(elem_id="composer"):
            box = gr.Textbox(
                label="Your question",
                show_label=False,
                placeholder="Ask a question",
                elem_id="question",
                lines=1,
                max_lines=6,
                container=False,
                autofocus=True,
                scale=1,
            )
            send = gr.Button("Ask", elem_id="send", variant="primary")
        clock = gr.Timer(2.0, active=False)

        def respond(question: str, known: Conversation) -> Iterator[dict[Any, Any]]:
            if not question.strip():
                yield {box: gr.skip()}
                return
            # In one step with the first view: the turn that was the latest must not stand on the page twice.
            update: dict[Any, Any] = {welcome: gr.Column(visible=False), past: Markup().join(known.turns)}
            if len(question.strip()) <= MAX_QUESTION:  # one that is too long stays in the box, to be shortened
                update[box] = ""
            for view in views(workspace, question, known):
                update |= {turn: view.turn, conversation: view.conversation}
                if view.spoken:
                    update[spoken] = Markup("<p>{}</p>").format(view.spoken)
                yield update
                update = {}

        def opened() -> Iterator[dict[Any, Any]]:
            ready = readiness(workspace)
            yield {greeting: welcome_html(ready, name), clock: gr.Timer(active=ready.status == "loading")}
            asked = workspace.assistant.examples()[:EXAMPLES] if ready.status == "ready" else []
            asked += [""] * (EXAMPLES - len(asked))
            yield {button: gr.Button(text, visible=bool(text)) for button, text in zip(examples, asked, strict=True)}

        def begun_anew() -> dict[Any, Any]:
            return {
                conversation: Conversation(),
                past: "",
                turn: "",
                box: "",
                spoken: "<p>A new conversation.</p>",
                welcome: gr.Column(visible=True),
            }

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        shown = [box, welcome, past, turn, spoken, conversation]
        asking = [
            trigger(
                respond,
                [words, conversation],
                shown,
                trigger_mode="always_last",  # one sent while another is answered waits its turn
                concurrency_limit=concurrency,
                concurrency_id="ask",
                **quiet,
            )
            for trigger, words in _triggers(box, send, examples)
        ]
        fresh.click(begun_anew, None, shown, cancels=asking, concurrency_limit=None, **quiet)
        for moment in (page.load, clock.tick):
            moment(opened, None, [greeting, clock, *examples], concurrency_limit=None, **quiet)
    page.queue(max_size=20 * concurrency, api_open=False)
    return page


def _triggers(box: Any, send: Any, examples: list[Any]) -> list[tuple[Callable[..., Any], Any]]:
    """What asks, and where its question stands."""
    return [(box.submit, box), (send.click, box), *((example.click, example) for example in examples)]
