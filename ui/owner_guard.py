"""Who may see the owner's pages, and whose forms they take: the password ``server.owner_token`` and a seal."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time

from fastapi.responses import HTMLResponse, Response

from ui.headers import policy

_GUESS_SECONDS = 0.5  # how long a wrong password waits for its refusal


class OwnerGuard:
    """The guard of a password. ``seal`` goes into every form; ``headers`` onto every response."""

    def __init__(self, token: str) -> None:
        self._token = token
        # Bound to the password: another site's page cannot know it, and a form open over a restart still works.
        self.seal = hmac.new(token.encode(), b"footnoted operator's form", hashlib.sha256).hexdigest()
        self.headers = {
            "Content-Security-Policy": policy(
                "'none'", style_src="'self'", script_src="'self'", connect_src="'self'", font_src="'self'",
                img_src="'self'", form_action="'self'",
            ),
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
        }  # fmt: skip

    def refusal(self, authorization: str) -> Response | None:
        """What somebody without the password gets: as a bearer token, or as the password of any user."""
        if self._knows(authorization):
            return None
        time.sleep(_GUESS_SECONDS)
        challenge = {"WWW-Authenticate": 'Basic realm="Footnoted operator", charset="UTF-8"'}
        told = "<!doctype html><title>Sign in</title><p>Sign in with any name and the password server.owner_token.</p>"
        return HTMLResponse(told, status_code=401, headers=self.headers | challenge)

    def form_refusal(self, authorization: str, sec_fetch_site: str, seal: str) -> Response | None:
        """The same for a form, which must moreover be ours: a browser sends the password along with any site's."""
        refused = self.refusal(authorization)
        ours = sec_fetch_site in ("same-origin", "none")
        if refused or (ours and hmac.compare_digest(seal.encode("utf-8", "replace"), self.seal.encode())):
            return refused
        return HTMLResponse("This form is not the operator's page's own.", status_code=403, headers=self.headers)

    def _knows(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return False
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())
