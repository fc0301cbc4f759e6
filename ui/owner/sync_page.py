"""The operator's page ``/owner/sync``: how each source stands, and a button that syncs it now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ui.owner.guard import owner_guard
from ui.owner.sync_view import page_html
from ui.sync.order import Order
from ui.sync.service import SyncService

_PATH = "/owner/sync"


def owner_router(service: SyncService) -> APIRouter:
    """The page and its button; no routes at all unless a password or group of the owner's is set."""
    router = APIRouter(include_in_schema=False)
    settings = service.workspace.settings.server
    guard = owner_guard(settings)
    if guard is None:
        return router

    @router.get(_PATH)
    def page(request: Request) -> Response:
        """The page."""
        refused = guard.refusal(request)
        return refused or HTMLResponse(page_html(settings.name, service.status(), guard.seal), headers=guard.headers)

    @router.post(_PATH)
    def sync(
        request: Request,
        sec_fetch_site: Annotated[str, Header()] = "same-origin",
        seal: Annotated[str, Form()] = "",
        source: Annotated[str, Form()] = "",
        allow_mass_delete: Annotated[bool, Form()] = False,
    ) -> Response:
        """Sync one source, or all, then show the page again."""
        refused = guard.form_refusal(request, sec_fetch_site, seal)
        if refused:
            return refused
        scope = None if not source else {source: None}
        service.sync(Order("the operator's page", scope=scope, allow_mass_delete=allow_mass_delete))
        return RedirectResponse(_PATH, status_code=303, headers=guard.headers)

    return router
