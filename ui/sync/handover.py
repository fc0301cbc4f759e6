"""Work handed from the command line to the server that holds the data folder, over loopback.

The server's address stands in ``holder.json``; a token that it makes at each start, readable by its user alone, stands
in ``handover.token``. Who can read it could as well write the folder.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from ingest.errors import FootnotedError
from ui.link import TOKEN_FILE
from ui.maintenance.backup import back_up
from ui.maintenance.restore import restore
from ui.memory.files import replace_file
from ui.status import Status
from ui.sync.order import Order
from ui.sync.service import Job, SyncService


class IndexOrder(BaseModel, extra="forbid"):
    """What ``footnoted index`` was asked to do. ``named`` are absolute paths."""

    named: tuple[str, ...] = ()
    rebuild: bool = False
    dry_run: bool = False
    allow_mass_delete: bool = False


class FileOrder(BaseModel, extra="forbid"):
    """The absolute path of a backup."""

    file: Path


def make_token(folder: Path) -> str:
    """A new token, kept in the folder for the commands of the same user."""
    token = secrets.token_urlsafe(32)
    replace_file(folder / TOKEN_FILE, token)
    return token


def handover_router(service: SyncService, token: str) -> APIRouter:
    """The routes that take over what commands would do, for callers of this machine that know the token."""
    router = APIRouter(prefix="/api/handover", include_in_schema=False)

    def admit(request: Request, given: str) -> None:
        # A reverse proxy's callers come from loopback too, but uvicorn puts their own address in its place.
        if not _is_near(request) or not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
            raise HTTPException(404, "Not found")

    @router.get("")
    def status(request: Request, x_footnoted_token: Annotated[str, Header()] = "") -> Status:
        """The server's status."""
        admit(request, x_footnoted_token)
        return service.status()

    @router.post("/index")
    def index(
        request: Request, order: IndexOrder, x_footnoted_token: Annotated[str, Header()] = ""
    ) -> StreamingResponse:
        """Sync, telling how far it is."""
        admit(request, x_footnoted_token)
        return _told(service.sync(Order("footnoted index", **order.model_dump())))

    @router.post("/backup")
    def backup(
        request: Request, order: FileOrder, x_footnoted_token: Annotated[str, Header()] = ""
    ) -> StreamingResponse:
        """Write a backup between syncs."""
        admit(request, x_footnoted_token)
        workspace = service.workspace
        return _told(service.do("footnoted backup", lambda _: back_up(workspace, order.file)))

    @router.post("/restore")
    def restored(
        request: Request, order: FileOrder, x_footnoted_token: Annotated[str, Header()] = ""
    ) -> StreamingResponse:
        """Restore a backup between syncs."""
        admit(request, x_footnoted_token)
        workspace = service.workspace
        return _told(service.do("footnoted restore", lambda tell: restore(workspace, order.file, tell)))

    return router


def _is_near(request: Request) -> bool:
    """Whether the caller is on this machine: it comes from loopback, or from the very address it called."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    server = request.scope.get("server") or ("", 0)
    try:
        return ipaddress.ip_address(request.client.host).is_loopback or request.client.host == server[0]
    except ValueError:
        return False


def _told(job: Job) -> StreamingResponse:
    return StreamingResponse(_lines(job), media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})


def _lines(job: Job) -> Iterator[str]:
    for progress in job.follow():
        told: dict[str, Any] = {"waiting": True, "for": job.waits_for}
        if progress is not None:
            told = {"pages": progress.pages, "embedded": progress.embedded, "chunks": progress.chunks}
        yield json.dumps({"progress": told}) + "\n"
    yield json.dumps({"error": _error(job.error)} if job.error else {"result": job.result}) + "\n"


def _error(error: FootnotedError) -> dict[str, Any]:
    return {"message": error.message, "hint": error.hint, "exit_code": error.exit_code}
