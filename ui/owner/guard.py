"""Who may see the owner's pages, and whose forms they take: a password or a group by setting, and a seal."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from ui.access.asker import asker_of
from ui.http.headers import policy
from ui.settings import ServerOptions

_GUESS_SECONDS = 0.5  # how long a wrong password waits for its refusal


def owner_guard(options: ServerOptions) -> OwnerGuard | None:
    """The guard of the owner's pages; None where there are none, as neither password nor group is set."""
    token = options.owner_token.get_secret_value()
    return OwnerGuard(token, options.owner_group) if token or options.owner_group else None


class OwnerGuard:
    """The guard of a password and of a group, of which either opens where it is not empty.

    ``seal`` goes into every form; ``headers`` onto every response.
    """

    def __init__(self, token: str, group: str = "") -> None:
        self._token = token
        self._group = group
        # Bound to the password: another site's page cannot know it, and a form open over a restart still works.
        self.seal = hmac.new(
            (token or secrets.token_urlsafe()).encode(), b"footnoted operator's form", hashlib.sha256
        ).hexdigest()
        self.headers = {
            "Content-Security-Policy": policy(
                "'none'", style_src="'self'", script_src="'self'", connect_src="'self'", font_src="'self'",
                img_src="'self'", form_action="'self'",
            ),
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
        }  # fmt: skip

    def refusal(self, request: Request) -> Response | None:
        """What somebody gets who is not in the group and has no password, as a bearer token or any user's."""
        if (self._group and self._group in asker_of(request.scope).groups) or self._knows(request):
            return None
        time.sleep(_GUESS_SECONDS)
        if not self._token:
            told = (
                "<!doctype html><title>Closed</title><p>This page is for the group that server.owner_group names.</p>"
            )
            return HTMLResponse(told, status_code=403, headers=self.headers)
        challenge = {"WWW-Authenticate": 'Basic realm="Footnoted operator", charset="UTF-8"'}
        told = "<!doctype html><title>Sign in</title><p>Sign in with any name and the password server.owner_token.</p>"
        return HTMLResponse(told, status_code=401, headers=self.headers | challenge)

    def form_refusal(self, request: Request, sec_fetch_site: str, seal: str) -> Response | None:
        """The same for a form, which must moreover be ours: a browser sends the password along with any site's."""
        refused = self.refusal(request)
        ours = sec_fetch_site in ("same-origin", "none")
        if refused or (ours and hmac.compare_digest(seal.encode("utf-8", "replace"), self.seal.encode())):
            return refused
        return HTMLResponse("This form is not the operator's page's own.", status_code=403, headers=self.headers)

    def _knows(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return False
        return bool(self._token) and hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())
