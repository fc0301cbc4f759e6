"""A small OpenID Connect provider on loopback: real codes, PKCE and signed id tokens, and every way to spoil them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "footnoted", "the client's secret, of which the tests know"


@dataclass(slots=True)
class Provider:
    """Signs in whoever ``claims`` names, without asking. ``spoiled`` names what is wrong with what it hands out."""

    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "u1", "preferred_username": "maija", "groups": ["B"]}
    )
    told_by_userinfo: dict[str, Any] = field(default_factory=dict)
    spoiled: str = ""
    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": "https://elsewhere.example" if self.spoiled == "metadata" else self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "response_types_supported": ["code"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent with a code."""
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code, once, to the client that can show who it is and that it began this."""
        asked = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {known}" or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if _written(digest) != asked["code_challenge"]:
            return None
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": "https://elsewhere.example" if self.spoiled == "issuer" else self.url,
            "aud": ["another", CLIENT]
            if self.spoiled == "azp"
            else "another"
            if self.spoiled == "audience"
            else CLIENT,
            **({"azp": "another"} if self.spoiled == "azp" else {}),
            "iat": now - (7_200 if self.spoiled == "expired" else 0),
            "exp": now + (-3_600 if self.spoiled == "expired" else 300),
            "nonce": "x" if self.spoiled == "nonce" else asked["nonce"],
            **self.claims,
        }
        if self.spoiled in ("none", "public key as secret"):
            algorithm = "none" if self.spoiled == "none" else "HS256"
            said = ".".join(_written(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": "one"}, claims))
            sealed = hmac.digest(self.key.as_pem(private=False), said.encode(), "sha256")
            return f"{said}.{_written(sealed) if algorithm == 'HS256' else ''}"
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.spoiled == "key" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider while the block runs."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            provider.seen.append(address.path)
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(dict(parse_qsl(address.query))))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif address.path == "/jwks":
                self._json(KeySet([provider.key]).as_dict(private=False))
            elif address.path == "/userinfo":
                self._json(provider.told_by_userinfo)
            else:
                self._json(provider.metadata())

        def do_POST(self) -> None:
            provider.seen.append(self.path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            given = provider.token(form, self.headers.get("Authorization", ""))
            self._json(given or {"error": "invalid_grant"}, 200 if given else 400)

        def _json(self, value: object, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
