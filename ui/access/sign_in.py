"""Sign-in by OpenID Connect: ``/login`` leads to the provider and back, ``/logout`` forgets who it was.

Authlib does the protocol: authorization code with PKCE, state, nonce, and the check of the id token.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from ingest.errors import AccessError, StoreError
from ui.access.gate import Gate
from ui.access.options import OidcOptions

_SIGNED = ("RS", "PS", "ES", "Ed")  # by the provider's own key: never "none", nor a secret that we know as well


def sign_in_router(options: OidcOptions, gate: Gate) -> APIRouter:
    """The routes of sign-in; none unless ``access.oidc.issuer`` is set. They need a session in the scope."""
    router = APIRouter(include_in_schema=False)
    if not options.issuer:
        return router
    client = _client(options)

    @router.get("/login")
    async def login(request: Request) -> Response:
        """Off to the provider."""
        await _load(client, options.issuer)
        request.session.clear()
        response: Response = await client.authorize_redirect(request, f"{options.public_url}/login/callback")
        return response

    @router.get("/login/callback")
    async def callback(request: Request) -> Response:
        """Back from the provider, with a code for who it is."""
        from authlib.integrations.base_client import OAuthError
        from joserfc.errors import JoseError

        await _load(client, options.issuer)
        wanted = {"iss": {"values": [client.server_metadata["issuer"]]}, "aud": {"values": [options.client_id]}}
        try:
            token = await client.authorize_access_token(request, claims_options=wanted)
            claims = dict(token.get("userinfo") or {})
            if not claims.get("sub"):
                raise AccessError(
                    "The provider did not say who you are.", hint="Ask for `openid` in access.oidc.scope."
                )
            if options.groups_claim not in claims and client.server_metadata.get("userinfo_endpoint"):
                # Without its end: one that holds for a minute counts as over for Authlib.
                bearer = {name: token[name] for name in ("access_token", "token_type")}
                more = dict(await client.userinfo(token=bearer))
                # It speaks of someone else where the subjects differ (OpenID Connect Core, section 5.3.2).
                claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        except (OAuthError, JoseError, ValueError, KeyError) as error:
            raise AccessError(f"The sign-in did not work: {error}", hint="Try it again: open /login.") from error
        except _network_errors() as error:
            raise _unreachable(options.issuer) from error
        request.session.clear()
        request.session["asker"] = gate.session_of(
            str(claims.get(options.name_claim) or claims["sub"]), _listed(claims.get(options.groups_claim))
        )
        return RedirectResponse("/", status_code=303)

    @router.get("/logout")
    def logout(request: Request) -> Response:
        """Forget who it was, in this browser: the session and the conversations kept here."""
        request.session.clear()
        return RedirectResponse("/", status_code=303, headers={"Clear-Site-Data": '"cache", "storage"'})

    return router


def _client(options: OidcOptions) -> Any:
    from authlib.integrations.starlette_client import OAuth

    return OAuth().register(
        "footnoted",
        client_id=options.client_id,
        client_secret=options.client_secret.get_secret_value() or None,
        server_metadata_url=f"{options.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": options.scope, "code_challenge_method": "S256", "timeout": 15},
    )


async def _load(client: Any, issuer: str) -> None:
    """Have the provider's metadata there, and see that they are its own. Raises ``StoreError`` when it is down."""
    try:
        metadata = await client.load_server_metadata()
    except _network_errors() as error:
        raise _unreachable(issuer) from error
    if str(metadata.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise StoreError(
            f"the provider calls itself {metadata.get('issuer')!r}, and not {issuer!r}",
            hint="correct access.oidc.issuer",
        )
    named = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in named if name.startswith(_SIGNED)]


def _network_errors() -> tuple[type[Exception], ...]:
    """What the HTTP library that Authlib uses raises, and what is no JSON."""
    found = (import_module(name).HTTPError for name in ("httpx2", "httpx") if find_spec(name))
    return (ValueError, *found)


def _unreachable(issuer: str) -> StoreError:
    return StoreError(f"the sign-in at {issuer!r} cannot be reached", hint="try again, or see whether it runs")


def _listed(claim: Any) -> list[str]:
    """A claim's groups: a list of names, or one name."""
    return [claim] if isinstance(claim, str) else [str(group) for group in claim] if isinstance(claim, list) else []
