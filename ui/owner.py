"""The operator's page ``/owner/sync``: how each source stands, and a button that syncs it now."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Annotated

from fastapi import APIRouter, Form, Header
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ui.headers import policy
from ui.owner_page import page_html
from ui.service import SyncService
from ui.syncing import Order

_PATH = "/owner/sync"
_GUESS_SECONDS = 0.5  # how long a wrong password waits for its refusal


def owner_router(service: SyncService) -> APIRouter:
    """The page and its button; no routes at all unless ``server.owner_token`` is set."""
    router = APIRouter(include_in_schema=False)
    settings = service.workspace.settings.server
    token = settings.owner_token.get_secret_value()
    if not token:
        return router
    # Bound to the password: another site's page cannot know it, and a form that was open over a restart still works.
    seal = hmac.new(token.encode(), b"footnoted operator's form", hashlib.sha256).hexdigest()
    headers = {
        "Content-Security-Policy": policy(
            "'none'", style_src="'self'", script_src="'self'", connect_src="'self'", font_src="'self'",
            img_src="'self'", form_action="'self'",
        ),
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }  # fmt: skip

    @router.get(_PATH)
    def page(authorization: Annotated[str, Header()] = "") -> Response:
        """The page."""
        if not _knows(authorization, token):
            return _refused(headers)
        return HTMLResponse(page_html(settings.name, service.status(), seal), headers=headers)

    @router.post(_PATH)
    def sync(
        authorization: Annotated[str, Header()] = "",
        sec_fetch_site: Annotated[str, Header()] = "same-origin",
        seal_given: Annotated[str, Form(alias="seal")] = "",
        source: Annotated[str, Form()] = "",
        allow_mass_delete: Annotated[bool, Form()] = False,
    ) -> Response:
        """Sync one source, or all, then show the page again."""
        if not _knows(authorization, token):
            return _refused(headers)
        # A browser sends the password along with any site's form, so the form itself must be ours.
        ours = sec_fetch_site in ("same-origin", "none")
        if not ours or not hmac.compare_digest(seal_given.encode("utf-8", "replace"), seal.encode()):
            return HTMLResponse("This form is not the operator's page's own.", status_code=403, headers=headers)
        scope = None if not source else {source: None}
        service.sync(Order("the operator's page", scope=scope, allow_mass_delete=allow_mass_delete))
        return RedirectResponse(_PATH, status_code=303, headers=headers)

    return router


def _knows(authorization: str, token: str) -> bool:
    """Whether the header carries the token: as a bearer token, or as the password of any user."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _refused(headers: dict[str, str]) -> HTMLResponse:
    time.sleep(_GUESS_SECONDS)
    challenge = {"WWW-Authenticate": 'Basic realm="Footnoted operator", charset="UTF-8"'}
    told = "<!doctype html><title>Sign in</title><p>Sign in with any name and the password server.owner_token.</p>"
    return HTMLResponse(told, status_code=401, headers=headers | challenge)
