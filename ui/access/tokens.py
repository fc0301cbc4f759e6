"""Signed words on who asks: a host site's short-lived tokens, and the pass that a frame is given for one."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any

from index.ledger.notes import Notes
from ingest.errors import AccessError
from ui.access.asker import Asker

TOKEN_SECONDS = 600
"""How far ahead a token may expire."""

_LEEWAY = 30  # seconds that two servers' clocks may differ
_HINT = "Sign it by HS256 with access.token_secret; claims: sub, groups (a list), exp at most 10 minutes ahead."
_KEY_FILE = "sessions.key"


def read_token(token: str, secret: str) -> tuple[str, list[str]]:
    """The name and groups that a host site's token (a JWT, RFC 7519) gives. Raises ``AccessError``."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import OctKey

    try:
        claims = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims
    except (JoseError, ValueError, TypeError) as error:
        raise AccessError("The token is not one that this server can trust.", hint=_HINT) from error
    _check_times(claims)
    name, groups = claims.get("sub"), claims.get("groups", [])
    if not isinstance(name, str) or not name:
        raise AccessError("The token does not say whose it is.", hint=_HINT)
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise AccessError("The token's groups are no list of names.", hint=_HINT)
    return name, groups


def _check_times(claims: Mapping[str, Any]) -> None:
    now = time.time()
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if "exp" not in times or not all(type(moment) in (int, float) for moment in times.values()):
        raise AccessError("The token does not say until when it holds.", hint=_HINT)
    # Written so that NaN, which JSON readers take, is refused.
    if not times["exp"] > now - _LEEWAY:
        raise AccessError(
            "The token has expired.", hint="Have the host site make a new one for each page that it shows."
        )
    if not times["exp"] <= now + TOKEN_SECONDS + _LEEWAY:
        raise AccessError("The token would hold for too long.", hint=_HINT)
    if not all(times.get(name, 0) <= now + _LEEWAY for name in ("nbf", "iat")):
        raise AccessError("The token does not hold yet.", hint="Set the clocks of both servers right.")


class Passes:
    """Passes of this server's own: who asks, signed, for as long as a session lasts. Made anew they all end."""

    def __init__(self, key: str, hours: float) -> None:
        from itsdangerous import URLSafeTimedSerializer

        self._serializer = URLSafeTimedSerializer(key, salt="footnoted pass")
        self._seconds = int(hours * 3600)

    def give(self, asker: Asker) -> str:
        """A pass for an asker."""
        return str(self._serializer.dumps([asker.name, sorted(asker.groups)]))

    def read(self, given: str) -> tuple[str, Iterable[str]]:
        """The name and groups that a pass was given for. Raises ``AccessError`` for one that is over or not ours."""
        from itsdangerous import BadData

        try:
            name, groups = self._serializer.loads(given, max_age=self._seconds)
        except (BadData, ValueError) as error:
            raise AccessError("The session is over.", hint="Reload the page that the chat stands on.") from error
        return str(name), map(str, groups)


def session_key(notes: Notes) -> str:
    """The key that sessions and passes are signed with, kept as a note. Without it they all end."""
    kept: list[str] = []

    def made(written: str | None) -> str | None:
        key = (written or "").strip()
        kept[:] = [key or secrets.token_urlsafe(32)]
        return None if key else kept[0]

    notes.update(_KEY_FILE, made)
    return kept[0]
