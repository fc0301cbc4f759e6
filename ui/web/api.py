"""The HTTP API for programs, and the two probes for whatever watches over the server."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, assert_never

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.types import Event, Finished, Said, Searched, Started
from ingest.errors import FootnotedError, StoreError
from ui.access.asker import asker_of
from ui.http.arrival import LateParts
from ui.http.patience import Tick, aside, patiently
from ui.http.reference import reference, refusal, refusal_of, retry_of
from ui.ports import Stated, Workspace
from ui.questions.hearing import heard
from ui.questions.question_log import QuestionLog
from ui.schema import (
    AnswerOut,
    AskRequest,
    CitationOut,
    ErrorOut,
    HitOut,
    ReadyOut,
    Refusal,
    SearchOut,
    StatementOut,
    checked_question,
)
from ui.web.plain_page import is_a_persons, refusal_page
from ui.web.request_note import note_of

MAX_HITS = 100
"""Passages that one search may ask for."""

_QUIET = 15.0  # seconds
_log = logging.getLogger(__name__)


def api_router(workspace: Workspace, log: QuestionLog | None, late: LateParts) -> APIRouter:
    """The routes ``/api/ask``, ``/api/search``, ``/healthz`` and ``/readyz`` over a workspace.

    Questions are noted in ``log``, but for those sent with the header ``X-Footnoted-Log: off``. What is ``late`` is
    told of.
    """
    router = APIRouter(responses={422: {"model": Refusal}, 503: {"model": Refusal}})

    # An answer computes or waits for a while: in a thread of its own, as the server's few are for what is quick.
    @router.post("/api/ask", response_model=AnswerOut)
    async def ask(
        request: Request,
        body: AskRequest,
        accept: Annotated[str, Header()] = "",
        x_footnoted_log: Annotated[str, Header()] = "",
    ) -> Response | AnswerOut:
        """Answer a question; as a stream of server-sent events where ``Accept`` asks for ``text/event-stream``."""
        question = checked_question(body.question)
        require_ready(workspace)
        seen = workspace.seen_by(asker_of(request.scope))
        noting = None if x_footnoted_log == "off" else log
        found = seen.assistant.ask(question, body.earlier(), body.here)
        events = heard(noting, question, found, note_of(request.scope).metrics, "api")
        if "text/event-stream" in accept:
            # A proxy that gathers a response before passing it on would make the stream pointless.
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(_streamed(events), media_type="text/event-stream", headers=headers)
        return await aside(lambda: AnswerOut.of(last_of(events)))

    @router.get("/api/search")
    async def search(request: Request, q: str, k: Annotated[int, Query(ge=1, le=MAX_HITS)] = 10) -> SearchOut:
        """The ``k`` passages that fit a query best."""
        query = checked_question(q)
        require_ready(workspace)
        seen = workspace.seen_by(asker_of(request.scope))
        return await aside(lambda: SearchOut(hits=[HitOut.of(hit) for hit in seen.search(query, (), k)]))

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process runs and answers; it may not be ready yet."""
        return {"status": "ok"}

    @router.get("/readyz", response_model=ReadyOut, responses={503: {"model": ReadyOut}})
    async def readyz() -> Response:
        """Whether questions can be asked now: 200, or 503 with ``loading`` or ``broken`` and why.

        Parts ``to_come`` are not there yet when questions can be asked; a request for one waits for it.
        """
        ready = readiness(workspace).model_copy(update={"to_come": late.loading})
        if ready.status == "ready" and late.trouble:
            ready = ready.model_copy(update={"status": "broken", "reason": late.trouble})
        status = 200 if ready.status == "ready" else 503
        headers = {"Retry-After": "2"} if ready.status == "loading" else {}
        return JSONResponse(ready.model_dump(), status_code=status, headers=headers)

    return router


def readiness(workspace: Stated) -> ReadyOut:
    """The workspace's state as the probes and the chat page tell it."""
    state = workspace.state
    if state == "ready":
        return ReadyOut(status="ready")
    if state == "loading":
        return ReadyOut(status="loading", reason="The index and its models are being loaded.")
    return ReadyOut(status="broken", reason=state.partition(":")[2].strip())


def require_ready(workspace: Stated) -> None:
    """Raise ``StoreError`` unless questions can be asked now; with a server away they can, and may be answered."""
    if workspace.state.startswith("down:"):
        return
    ready = readiness(workspace)
    if ready.status == "loading":
        raise StoreError(ready.reason, hint="Ask again in a moment.")
    if ready.status == "broken":
        raise StoreError(ready.reason, hint="`footnoted doctor` on the server finds what to mend.")


def last_of(events: Iterator[Event]) -> Any:
    """The answer that a stream of events ends with."""
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise RuntimeError("the stream of events ended without an answer")


async def _streamed(events: Iterator[Event]) -> AsyncIterator[str]:
    try:
        async for message in patiently(map(_server_sent, events), _QUIET):
            # A comment, as of the standard: a proxy closes a connection on which nothing is said for a minute.
            yield ":\n\n" if isinstance(message, Tick) else message
    except FootnotedError as error:
        # The status line has gone out already, so the stream itself must tell.
        yield _broken(error.message, error.hint)
    except Exception:  # noqa: BLE001 - the same for what nobody foresaw
        _log.exception("an answer broke off")
        yield _broken("Something broke.", "Tell whoever runs this server the reference.")


def _broken(message: str, hint: str) -> str:
    return _message("error", ErrorOut(message=message, hint=hint, reference=reference()).model_dump_json())


def _server_sent(event: Event) -> str:
    match event:
        case Started():
            return _message("started", json.dumps({"question": event.question}, ensure_ascii=False))
        case Searched():
            return _message("searched", SearchOut(hits=[HitOut.of(hit) for hit in event.hits]).model_dump_json())
        case Said():
            said = _Said(
                statement=StatementOut.of(event.statement),
                citations=[CitationOut.of(citation) for citation in event.citations],
            )
            return _message("said", said.model_dump_json())
        case Finished():
            return _message("finished", AnswerOut.of(event.answer).model_dump_json())
        case _:
            assert_never(event)


class _Said(BaseModel):
    """A statement with the footnotes that it is the first to use."""

    statement: StatementOut
    citations: list[CitationOut]


def _message(name: str, data: str) -> str:
    # JSON holds no bare line break, so one ``data:`` line carries it.
    return f"event: {name}\ndata: {data}\n\n"


def install_error_handlers(app: FastAPI) -> None:
    """Make every error a ``Refusal``: what went wrong, and what mends it; for who opens an address, as a page."""

    @app.exception_handler(FootnotedError)
    def footnoted(request: Request, error: FootnotedError) -> Response:
        note_of(request.scope).metrics.turned_away(error)
        if is_a_persons(request):
            told = (error.http_status, error.message, error.hint, retry_of(error))
            return refusal_page(request, app.title, *told)
        return refusal_of(error)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        told = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        return refusal(422, "; ".join(told), 'Send {"question": "…", "history": ["…"]} as application/json.')

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        if is_a_persons(request):
            return refusal_page(request, app.title, error.status_code, str(error.detail), headers=error.headers)
        return refusal(error.status_code, str(error.detail), headers=error.headers)
