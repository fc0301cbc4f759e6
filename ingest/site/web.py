"""How a web site is asked: which pages and hosts, how fast, with what credentials."""

from __future__ import annotations

import base64
import os
import ssl
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, PrivateAttr, field_validator, model_validator

from ingest.errors import SettingsError
from ingest.site.urls import allowed_hosts, host_of, normalise, origin_of

_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class WebOptions(BaseModel, frozen=True, extra="forbid"):
    """Pages of a web site: a list of addresses, sitemaps, or a crawl that follows links from them."""

    urls: tuple[str, ...] = Field((), description="Pages to read, and where following links starts.")
    sitemaps: tuple[str, ...] = Field((), description="Sitemaps (also indexes and gzip) whose pages are read.")
    follow: int = Field(0, ge=0, le=100, description="How many links away from those pages to go; 0 reads no others.")
    hosts: tuple[str, ...] = Field(
        (),
        description="Other hosts (`host` or `host:port`) that may be asked, beside those of `urls` and `sitemaps` "
        "(with or without `www.`, as these redirect, unless another source names that one).",
    )
    include: tuple[str, ...] = Field(
        ("*",), description="Globs over addresses: which pages that links, sitemaps and redirects lead to are read."
    )
    exclude: tuple[str, ...] = Field((), description="Globs over addresses: which of those are left out.")
    max_pages: int = Field(
        10_000, gt=0, description="How many addresses one sync asks for at most, those in the index before new ones."
    )
    max_bytes: int = Field(50_000_000, gt=0, description="A larger page is reported and left out.")
    page_seconds: float = Field(30.0, gt=0, description="How long one page may take, redirects included.")
    delay_seconds: float = Field(
        0.1, ge=0, description="Pause between two requests; a longer Crawl-delay in robots.txt wins."
    )
    robots: bool = Field(True, description="Obey robots.txt, noindex and nofollow.")
    canonical: bool = Field(True, description="Take a page that names another as its canonical address for that one.")
    confirmations: int = Field(
        3, gt=0, description="How many syncs in a row must miss a page before it leaves the index."
    )
    basic_env: str = Field("", description="Environment variable that holds `user:password`.")
    bearer_env: str = Field("", description="Environment variable that holds a bearer token.")
    cookie_env: str = Field("", description="Environment variable that holds a Cookie header.")
    ca_file: Path | None = Field(
        None, description="PEM file of the certificate authority that signed the site's certificate."
    )
    proxy: str = Field("", description="Address of the HTTP proxy to go through.")

    # Addresses. Kept by ``model_copy``, so that a source cut down to some of its pages does not count them as named.
    _named: frozenset[str] = PrivateAttr(frozenset())
    _taken: frozenset[str] = PrivateAttr(frozenset())

    @field_validator("urls", "sitemaps")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        made = []
        for value in values:
            url = normalise(value)
            if url is None:
                raise ValueError(
                    f"{value!r} is no http(s) address without a user name in it; name credentials with `basic_env`"
                )
            made.append(url)
        return tuple(made)

    @field_validator("proxy")
    @classmethod
    def _proxy_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            good = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a bracket or a port that is none
            good = False
        if value and not good:  # not repeated in the message, as it may hold a password
            raise ValueError("it is no proxy's address; write it with its scheme, as http://proxy.example.org:3128")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.urls and not self.sitemaps:
            raise ValueError("a web source needs `urls` or `sitemaps`")
        if self.basic_env and self.bearer_env:
            raise ValueError("`basic_env` and `bearer_env` exclude each other")
        self._named = frozenset((*self.urls, *self.sitemaps))
        return self

    def names(self, url: str) -> bool:
        """Whether the settings name this very address."""
        return url in self._named

    def chooses(self, url: str) -> bool:
        """Whether ``include`` and ``exclude`` let an address be read that the settings do not name."""
        wanted = any(fnmatchcase(url, glob) for glob in self.include)
        return wanted and not any(fnmatchcase(url, glob) for glob in self.exclude)

    def trusts(self, url: str) -> bool:
        """Whether credentials may be sent to an address: unencrypted only where the settings name its origin."""
        return url.startswith("https:") or origin_of(url) in map(origin_of, self._named)

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Every host that may be asked."""
        return allowed_hosts(self.hosts, (*self.urls, *self.sitemaps))

    @property
    def twin_hosts(self) -> frozenset[str]:
        """The hosts of the addresses named, with ``www.`` where they have none and without it where they have.

        But for those that another source names: they are that one's alone.
        """
        hosts = map(host_of, self._named)
        twins = (host.removeprefix("www.") if host.startswith("www.") else f"www.{host}" for host in hosts)
        return frozenset(twins) - self._taken

    def beside(self, others: Iterable[WebOptions]) -> WebOptions:
        """The same source, told of the others there are."""
        made = self.model_copy()
        made._taken = frozenset().union(*(other.allowed_hosts for other in others))
        return made


@cache
def user_agent() -> str:
    """What the product calls itself to web servers: ``Footnoted/<version>``."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"Footnoted/{version('footnoted')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "Footnoted/0"


def credentials(options: WebOptions) -> dict[str, str]:
    """The request headers that carry the credentials. Raises ``SettingsError`` for a variable that is not set."""
    headers: dict[str, str] = {}
    if options.basic_env:
        headers["Authorization"] = (
            "Basic " + base64.b64encode(_secret("basic_env", options.basic_env).encode()).decode()
        )
    if options.bearer_env:
        headers["Authorization"] = "Bearer " + _secret("bearer_env", options.bearer_env)
    if options.cookie_env:
        headers["Cookie"] = _secret("cookie_env", options.cookie_env)
    return headers


def _secret(setting: str, variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise SettingsError(
            f"{setting!r} names the environment variable {variable!r}, which is not set", hint=f"export {variable}=…"
        )
    return value


def ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the authorities that ship with httpx, those of the system, and the configured one."""
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                f"'ca_file' {str(ca_file)!r} cannot be read: {error}", hint="name a PEM file of certificates"
            ) from error
    return context
