"""The settings that say how it is known who asks: a proxy's headers, sign-in by OpenID Connect, or signed tokens."""

from __future__ import annotations

import ipaddress
import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

_HEADER = re.compile(r"[A-Za-z0-9-]*")
_LEAST_SECRET = 32  # bytes, as HS256 asks for (RFC 7518, section 3.2)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class OidcOptions(BaseModel, frozen=True, extra="forbid"):
    """Sign-in at an OpenID Connect provider, by authorization code with PKCE."""

    issuer: str = Field("", description="The provider's address, as it names itself; empty: no sign-in.")
    client_id: str = Field("", description="What the provider calls this server.")
    client_secret: SecretStr = Field(SecretStr(""), description="What this server proves to the provider that it is.")
    public_url: str = Field(
        "", description="Where people's browsers reach the chat, as https://chat.example.org; sign-in leads back there."
    )
    scope: str = Field("openid profile", description="What the provider is asked for, in words between spaces.")
    name_claim: str = Field("preferred_username", description="Claim that names the person; without it, `sub` does.")
    groups_claim: str = Field("groups", description="Claim that lists the person's groups.")

    @field_validator("issuer", "public_url")
    @classmethod
    def _safe_address(cls, value: str) -> str:
        address = urlsplit(value)
        near = address.hostname in _LOOPBACK
        if value and not (address.hostname and (address.scheme == "https" or (near and address.scheme == "http"))):
            raise ValueError("it must be an https address, or one of this machine")
        return value.rstrip("/") if value and not address.path.strip("/") else value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.issuer and not (self.client_id and self.public_url):
            raise ValueError("sign-in needs `client_id` and `public_url` beside `issuer`")
        if urlsplit(self.public_url).path or urlsplit(self.public_url).query:
            raise ValueError("`public_url` has no path: the addresses of the chat begin at the root")
        return self


class AccessOptions(BaseModel, frozen=True, extra="forbid"):
    """How it is known who asks. With none of them everyone is nobody, who sees the sources without groups."""

    user_header: str = Field(
        "", description="Request header in which a reverse proxy names the person it signed in, as Remote-User."
    )
    groups_header: str = Field(
        "", description="Request header in which it lists the person's groups, between commas or semicolons."
    )
    proxies: tuple[str, ...] = Field(
        (),
        description="Addresses or networks of the proxies whose headers are believed, as 10.0.0.0/24.",
    )
    token_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret of 32 bytes or more that a host site's server signs tokens with (HS256); empty: no tokens.",
    )
    session_hours: float = Field(
        8, gt=0, le=720, description="How long a sign-in, or a frame that was opened with a token, lasts."
    )
    oidc: OidcOptions = OidcOptions()

    @field_validator("user_header", "groups_header")
    @classmethod
    def _is_header(cls, value: str) -> str:
        if not _HEADER.fullmatch(value):
            raise ValueError("a header's name has letters, digits and hyphens")
        return value.lower()

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            if ipaddress.ip_network(network, strict=False).prefixlen == 0:
                raise ValueError(f"{network!r} would believe everyone; name the proxies")
        return value

    @field_validator("token_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value().encode()) < _LEAST_SECRET:
            raise ValueError(f"it must have {_LEAST_SECRET} bytes or more, for example of: openssl rand -hex 32")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.user_header or self.groups_header) and not self.proxies:
            raise ValueError("headers that anyone can send say nothing; name the proxies that set them in `proxies`")
        if self.groups_header and not self.user_header:
            raise ValueError("`groups_header` needs `user_header` beside it")
        return self

    @property
    def tells_apart(self) -> bool:
        """Whether any way is set by which askers are told apart."""
        return bool(self.user_header or self.token_secret.get_secret_value() or self.oidc.issuer)
