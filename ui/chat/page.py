"""The chat page: a Gradio app whose conversation, footnotes and states are our own HTML.

The server keeps no conversation: it comes from the browser with each question (``kept``) and goes back with the answer.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from markupsafe import Markup
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from ui.chat.conversation import welcome_html
from ui.chat.events import ChatEvents, Parts
from ui.chat.gradio_library import load_gradio
from ui.chat.shell import MARKS
from ui.face.brand import name_html
from ui.http.arrival import Arrived
from ui.ports import Workspace
from ui.questions.question_log import QuestionLog
from ui.schema import ReadyOut

if TYPE_CHECKING:
    import gradio

    from ui.face.options import FaceOptions

EXAMPLES = 4
"""Example questions shown to someone who has not asked yet."""
# Seconds between two looks of Gradio's queue for something to do; its own thousandth takes 2 % of a core, and all sleep
# from the processor, of a server that nobody asks.
_LOOK = 0.02
_BUILDING = threading.Lock()  # Gradio notes what is being built where all threads see it


def load_chat(workspace: Workspace, options: FaceOptions, log: QuestionLog | None) -> Arrived:
    """The Gradio app, to stand behind a ``ChatShell``; ``log`` notes the questions."""
    with _BUILDING:
        return _mounted(workspace, options, log)


def _mounted(workspace: Workspace, options: FaceOptions, log: QuestionLog | None) -> Arrived:
    page = _build(workspace, options, log)
    gr = load_gradio()
    # Plain names: a theme's own fonts would be loaded beside those of colours.css.
    theme = gr.themes.Base(font=["Plex", "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    # Gradio reflects any origin, with credentials, unless its parent has this very middleware; the real one stands
    # around the whole application.
    parent = FastAPI(middleware=[Middleware(CORSMiddleware)])
    gr.mount_gradio_app(
        parent,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        theme=theme,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
    mounted = parent.router.routes[-1]
    if not isinstance(mounted, Mount):
        raise TypeError(f"Gradio was expected to be mounted last, found {mounted!r}")
    return Arrived(mounted.app, parent.router.lifespan_context(parent))


def _build(workspace: Workspace, options: FaceOptions, log: QuestionLog | None) -> gradio.Blocks:
    name = options.name
    gr = load_gradio()

    def html(value: str = "", **options: Any) -> Any:
        return gr.HTML(value, apply_default_css=False, js_on_load=None, **options)

    page: gradio.Blocks = gr.Blocks(title=name, analytics_enabled=False, fill_width=True)
    with page:
        with gr.Row(elem_id="bar"):
            skip = Markup('<a class="skip" href="#question">{}</a>').format(MARKS["skip"])
            html(skip + name_html(options.brand, name), elem_id="brand")
            gr.Button(MARKS["conversations"], elem_id="shelf-button")
            fresh = gr.Button(MARKS["fresh"], elem_id="fresh")
        with gr.Column(elem_id="welcome") as welcome:
            # How it is, each visit finds out.
            greeting = html(welcome_html(ReadyOut(status="ready"), name, MARKS, options.brand))
            with gr.Row(elem_id="examples"):
                examples = [gr.Button("", visible=False, elem_classes="example") for _ in range(EXAMPLES)]
        past = html(elem_id="past")
        turn = html(elem_id="turn")
        spoken = html(elem_id="spoken")
        with gr.Row(elem_id="composer"):
            stop = gr.Button(MARKS["stop"], elem_id="stop")
            box = gr.Textbox(
                label=MARKS["question_label"],
                show_label=False,
                placeholder=MARKS["placeholder"],
                elem_id="question",
                lines=1,
                max_lines=6,
                container=False,
                scale=1,
            )
            send = gr.Button(MARKS["ask"], elem_id="send", variant="primary")
        if options.brand.footer:
            html(Markup("<p>{}</p>").format(options.brand.footer), elem_id="foot")
        kept = gr.Textbox(label="", elem_id="kept")
        resume = gr.Button("", elem_id="resume")
        clock = gr.Timer(2.0, active=False)

        parts = Parts(box, welcome, greeting, examples, past, turn, spoken, kept, clock)
        does = ChatEvents(gr, parts, workspace, options, log)
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # Gradio's own queue tells nobody that it is long: who may be answered and who must wait, ``web.turns`` decides.
        at_once: dict[str, Any] = {"concurrency_limit": None, **quiet}
        restoring = page.load(does.restored, kept, parts.shown, js="() => window.footnoted.resuming()", **at_once)
        # One event for all ways to ask: one sent while another is answered waits its turn.
        asking = gr.on(
            [box.submit, send.click],
            does.respond,
            [box, kept],
            parts.shown,
            js="(question, kept) => window.footnoted.asking(question, kept)",
            trigger_mode="always_last",
            **at_once,
        )
        # Before what follows from it: else more of the answer comes first, or the next question is cancelled instead.
        gr.on([stop.click, fresh.click, resume.click], None, cancels=asking)
        # By the page alone: what the server said of it could come after what was done next.
        told = [turn, spoken]
        stop.click(None, told, told, js="(turn, spoken) => window.footnoted.stopped(turn, spoken)", **quiet)
        turn.change(None, None, None, js="() => window.footnoted.taken()", **quiet)
        kept.change(None, kept, None, js="(kept) => window.footnoted.keep(kept)", **quiet)
        beginning = fresh.click(does.resumed, kept, parts.shown, js="() => window.footnoted.begin()", **at_once)
        # Of two that are taken up one soon after the other the second is meant.
        resuming = resume.click(
            does.resumed,
            kept,
            parts.shown,
            js="() => window.footnoted.resuming()",
            trigger_mode="multiple",
            **at_once,
        )
        for showing in (restoring, beginning, resuming):
            showing.then(None, None, None, js="() => window.footnoted.shown()", **quiet)
        for moment in (page.load, clock.tick):
            moment(does.opened, None, [greeting, clock, *examples], **at_once)
    page.queue(api_open=False)
    page._queue.sleep_when_free = _LOOK
    page._queue.progress_update_sleep_when_free = 5 * _LOOK  # our page shows no progress of Gradio's
    return page
