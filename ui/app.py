"""The web application: chat page, widget, HTTP API, source view."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from ui.access.gate import EMBED, OPEN, Admission, Gate
from ui.access.hosts import KnownHosts
from ui.access.rate import NO_RATES, RateLimit, Rates
from ui.chat.page import load_chat
from ui.chat.shell import ChatShell
from ui.face.brand import brand_router
from ui.face.options import PLAIN_FACE, FaceOptions
from ui.http.arrival import LateParts
from ui.http.headers import BodyLimit, SecurityHeaders
from ui.http.metrics import Metrics
from ui.http.reference import HEADER
from ui.ports import Workspace
from ui.questions.feedback import feedback_router
from ui.questions.question_log import QuestionLog
from ui.web.api import api_router, install_error_handlers
from ui.web.api_page import install_api_page
from ui.web.mcp_endpoint import PATH, McpEndpoint
from ui.web.request_log import RequestLog
from ui.web.source import source_router
from ui.web.widget import widget_router

STATIC = Path(__file__).parent / "static"


def create_app(
    workspace: Workspace,
    options: FaceOptions = PLAIN_FACE,
    routers: Sequence[APIRouter] = (),
    log: QuestionLog | None = None,
    gate: Gate = OPEN,
    metrics: Metrics | None = None,
    rates: Rates = NO_RATES,
    late: LateParts | None = None,
) -> FastAPI:
    """The application over a workspace, which may still be loading: every part then says so.

    ``routers`` are taken in before the chat page, which answers for every path that is left. Questions are noted in
    ``log``; without one no thumbs are shown or taken. ``gate`` tells who asks, ``rates`` how much; ``metrics`` counts.
    ``late`` loads the chat page and ``/mcp`` while the application runs.
    """
    late = late or LateParts()
    # No docs_url: FastAPI's documentation page loads its scripts from another site.
    app = FastAPI(
        title=options.name, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", lifespan=late.lifespan
    )
    app.add_middleware(RateLimit, rates=rates)
    app.add_middleware(Admission, gate=gate)
    if gate.signs_in:
        app.add_middleware(SessionMiddleware, **gate.session)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(options.origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=[HEADER, "Retry-After"],
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(KnownHosts, hosts=options.hosts)
    app.add_middleware(RequestLog, metrics=metrics or Metrics(), rates=rates, is_proxy=gate.came_by_proxy)
    app.add_middleware(SecurityHeaders, embed=EMBED)
    install_error_handlers(app)
    app.include_router(api_router(workspace, log, late))
    if log is not None and log.keeps:
        app.include_router(feedback_router(log))
    app.include_router(source_router(workspace, options.name))
    app.include_router(widget_router(options.name))
    app.include_router(brand_router(options.brand))
    for router in routers:
        app.include_router(router)
    chat = late.add("chat page", lambda: load_chat(workspace, options, log))
    mcp = McpEndpoint(workspace, options.name, options.hosts, options.origins, log)
    app.router.routes.append(Route(PATH, late.add("endpoint /mcp", mcp.load)))
    install_api_page(app)
    app.mount("/ui", StaticFiles(directory=STATIC))

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> FileResponse:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")

    # The last: it answers for every path that is left.
    app.mount("/", ChatShell(chat, options.name, options.origins, gate.signs_in))
    return app
