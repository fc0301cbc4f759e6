"""The web application: chat page, widget, HTTP API, source view."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from ingest.errors import SettingsError
from ui.api import api_router, install_error_handlers
from ui.api_page import install_api_page
from ui.arrival import LateParts
from ui.brand import PLAIN, BrandOptions, brand_router
from ui.chat import load_chat
from ui.feedback import feedback_router
from ui.gate import EMBED, OPEN, Admission, Gate
from ui.headers import BodyLimit, SecurityHeaders
from ui.hosts import KnownHosts
from ui.mcp_endpoint import PATH, McpEndpoint
from ui.metrics import Metrics
from ui.ports import Workspace
from ui.question_log import QuestionLog
from ui.rate import NO_RATES, RateLimit, Rates
from ui.reference import HEADER
from ui.request_log import RequestLog
from ui.shell import ChatShell
from ui.source import source_router
from ui.widget import widget_router

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d+)?")
STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class FaceOptions:
    """How the web face looks and whom it lets in.

    ``name`` is shown as the product's name. ``origins`` are the sites whose pages may call the API, frame the chat
    (``/embed``) and exchange messages with it, such as ``https://intranet.example.org``; by default none but our own.
    ``contact`` says whom to ask when the pages don't say; ``old_days`` is how many days after its last change a page is
    told to be old, 0 for never. ``hosts`` are names of this server, as ``chat.example.org``: under others it does not
    answer, and without any ``/mcp`` answers on this machine alone.
    """

    name: str = "Footnoted"
    origins: Sequence[str] = ()
    contact: str = ""
    old_days: int = 0
    brand: BrandOptions = PLAIN
    hosts: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse an origin that browsers would not match, or that says more than an origin in a policy."""
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise SettingsError(
                    f"{origin!r} is no origin", hint="write server.origins as https://host or https://host:port"
                )


def create_app(
    workspace: Workspace,
    options: FaceOptions = FaceOptions(),
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
