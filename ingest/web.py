"""One page over HTTP: within a host list, a size and a time, and with what its server says of its version."""

from __future__ import annotations

import base64
import gzip
import io
import os
import ssl
import time
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from ingest.errors import PageError, SettingsError
from ingest.media import served_type
from ingest.types import Gone, NotModified, Validators
from ingest.urls import allowed_hosts, host_of, normalise

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

MAX_REDIRECTS = 10
_CONNECT_SECONDS = 10.0
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_OVERLOADED = frozenset((429, 500, 502, 503, 504))


class UnreachableError(PageError):
    """The server could not be reached, took too long or was out of order: trying again later may help."""


class WebOptions(BaseModel, frozen=True, extra="forbid"):
    """Pages of a web site: a list of addresses, sitemaps, or a crawl that follows links from them."""

    urls: tuple[str, ...] = Field((), description="Pages to read, and where following links starts.")
    sitemaps: tuple[str, ...] = Field((), description="Sitemaps (also indexes and gzip) whose pages are read.")
    follow: int = Field(0, ge=0, le=100, description="How many links away from those pages to go; 0 reads no others.")
    hosts: tuple[str, ...] = Field((), description="Other hosts (`host` or `host:port`) that may be asked, beside those of `urls` and `sitemaps`.")
    include: tuple[str, ...] = Field(("*",), description="Globs over addresses: which pages found in links and sitemaps are read.")
    exclude: tuple[str, ...] = Field((), description="Globs over addresses: which of those are left out.")
    max_pages: int = Field(10_000, gt=0, description="How many addresses one sync asks for at most.")
    max_bytes: int = Field(50_000_000, gt=0, description="A larger page is reported and left out.")
    page_seconds: float = Field(30.0, gt=0, description="How long one page may take, redirects included.")
    delay_seconds: float = Field(0.1, ge=0, description="Pause between two requests; a longer Crawl-delay in robots.txt wins.")
    robots: bool = Field(True, description="Obey robots.txt, noindex and nofollow.")
    canonical: bool = Field(True, description="Take a page that names another as its canonical address for that one.")
    confirmations: int = Field(3, gt=0, description="How many syncs in a row must miss a page before it leaves the index.")
    basic_env: str = Field("", description="Environment variable that holds `user:password`.")
    bearer_env: str = Field("", description="Environment variable that holds a bearer token.")
    cookie_env: str = Field("", description="Environment variable that holds a Cookie header.")
    ca_file: Path | None = Field(None, description="PEM file of the certificate authority that signed the site's certificate.")
    proxy: str = Field("", description="Address of the HTTP proxy to go through.")

    @field_validator("urls", "sitemaps")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        made = []
        for value in values:
            url = normalise(value)
            if url is None:
                raise ValueError(f"{value!r} is no http(s) address without a user name in it; name credentials with `basic_env`")
            made.append(url)
        return tuple(made)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.urls and not self.sitemaps:
            raise ValueError("a web source needs `urls` or `sitemaps`")
        if self.basic_env and self.bearer_env:
            raise ValueError("`basic_env` and `bearer_env` exclude each other")
        return self

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Every host that may be asked."""
        return allowed_hosts(self.hosts, (*self.urls, *self.sitemaps))


@dataclass(frozen=True, slots=True)
class Reply:
    """A page's bytes as served. ``url`` is where redirects ended; ``robots`` is the X-Robots-Tag header."""

    url: str
    body: bytes
    media_type: str
    etag: str | None = None
    last_modified: str | None = None
    robots: str = ""


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str


class WebClient:
    """Asks for pages, one at a time, within ``WebOptions``. Use it as a context manager.

    The requests run on an event loop in a thread of its own: only there can one limit cover a page's whole time, so
    that a server which sends a byte every few seconds ends too.
    """

    def __init__(self, options: WebOptions) -> None:
        self._options = options
        self._hosts = options.allowed_hosts
        self._headers = {
            "User-Agent": user_agent(),
            "Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
            "Accept-Encoding": "gzip",
        }
        self._secrets = _credentials(options)
        self._last_request = 0.0

    def __enter__(self) -> Self:
        import httpx
        from anyio.from_thread import start_blocking_portal

        context = _ssl_context(self._options.ca_file)
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal(name="footnoted-web"))
            self._client = httpx.AsyncClient(
                verify=context,
                trust_env=False,  # proxies and .netrc of the environment are not ours to use
                proxy=self._options.proxy or None,
                timeout=httpx.Timeout(self._options.page_seconds, connect=min(_CONNECT_SECONDS, self._options.page_seconds)),
            )
            stack.enter_context(self._portal.wrap_async_context_manager(self._client))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    def allows(self, url: str) -> bool:
        """Whether the address is on a host that may be asked."""
        return host_of(url) in self._hosts

    def get(
        self,
        url: str,
        known: Callable[[str], Validators | None] = lambda _: None,
        *,
        pause: float = 0.0,
        any_type: bool = False,
    ) -> Reply | NotModified | Gone:
        """What the server answers, redirects followed hop by hop within the host list.

        ``known`` gives the validators of an address to ask conditionally; ``pause`` is the least time since the last
        page, in seconds; ``any_type`` takes bodies that are no page too. Raises ``UnreachableError`` when the server
        is out of reach or order, ``PageError`` for everything else that keeps the page from being read.
        """
        time.sleep(max(0.0, self._last_request + pause - time.monotonic()))
        deadline = time.monotonic() + self._options.page_seconds
        visited = [url]
        try:
            while True:
                answer: Reply | _Redirect | NotModified | Gone = self._portal.call(
                    self._hop, visited[-1], known(visited[-1]), deadline, any_type
                )
                if not isinstance(answer, _Redirect):
                    return answer
                self._check_redirect(visited, answer.url)
                visited.append(answer.url)
        finally:
            self._last_request = time.monotonic()

    def _check_redirect(self, visited: list[str], target: str) -> None:
        if not self.allows(target):
            raise PageError(
                f"it redirects to {target!r}, which is on another host", hint=f"add {host_of(target)!r} to the source's `hosts` if it belongs to it"
            )
        if len(visited) > MAX_REDIRECTS:
            shape = "in a circle" if len(set(visited)) < len(visited) else f"more than {MAX_REDIRECTS} times"
            raise PageError(f"it redirects {shape}, lastly to {target!r}", hint="mend the site, or leave the page out with `exclude`")
        if self._secrets and visited[0].startswith("https:") and target.startswith("http:"):
            raise PageError(
                f"it redirects to {target!r}, which would send the credentials unencrypted", hint="let the site redirect to https"
            )

    async def _hop(self, url: str, known: Validators | None, deadline: float, any_type: bool) -> Reply | _Redirect | NotModified | Gone:
        import asyncio

        import httpx

        headers = self._headers | self._secrets
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        try:
            async with asyncio.timeout(deadline - time.monotonic()), self._client.stream("GET", url, headers=headers) as response:
                return await self._read(url, response, known is not None, any_type)
        except (httpx.TimeoutException, TimeoutError):
            raise UnreachableError(
                f"it took longer than {self._options.page_seconds:g} s", hint="raise the source's `page_seconds`, or look after the server"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _explained(error) from error

    async def _read(self, url: str, response: httpx.Response, conditional: bool, any_type: bool) -> Reply | _Redirect | NotModified | Gone:
        status = response.status_code
        location = response.headers.get("Location", "")
        if status in _REDIRECTS and location:
            target = normalise(location, url)
            if target is None:
                raise PageError(f"it redirects to {location[:200]!r}, which is no web address", hint="mend the site, or leave the page out with `exclude`")
            return _Redirect(target)
        if status == 304 and conditional:
            return NotModified(url)
        if status in (404, 410):
            return Gone(url)
        if status != 200:
            raise _refused(status, response.reason_phrase)
        content_type = response.headers.get("Content-Type", "")
        media_type = content_type if any_type else served_type(content_type, url)
        if media_type is None:
            raise PageError(f"it is served as {content_type!r}, which is not read", hint="leave it out with the source's `exclude`")
        body = await self._body(response)
        return Reply(
            url,
            body,
            media_type,
            response.headers.get("ETag"),
            response.headers.get("Last-Modified"),
            response.headers.get("X-Robots-Tag", "").lower(),
        )

    async def _body(self, response: httpx.Response) -> bytes:
        """The body, read and inflated no further than the limit, whatever the server sends or claims."""
        limit = self._options.max_bytes
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", "x-gzip", ""):
            raise PageError(f"it is sent in the encoding {encoding!r}, which was not asked for", hint="let the server honour Accept-Encoding")
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_raw():
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            parts.append(part)
        body = b"".join(parts)
        return gunzip(body, limit) if "gzip" in encoding else body


def gunzip(data: bytes, limit: int) -> bytes:
    """The inflated data, ``limit`` bytes at most. Raises ``PageError`` beyond it and for data that is cut short."""
    try:
        body = gzip.GzipFile(fileobj=io.BytesIO(data)).read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise PageError("its gzip data is damaged or cut short", hint="fetch it again, or mend the server") from None
    if len(body) > limit:
        raise _too_large(limit)
    return body


@cache
def user_agent() -> str:
    """What the product calls itself to web servers: ``Footnoted/<version>``."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"Footnoted/{version('footnoted')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "Footnoted/0"


def _credentials(options: WebOptions) -> dict[str, str]:
    headers: dict[str, str] = {}
    if options.basic_env:
        headers["Authorization"] = "Basic " + base64.b64encode(_secret("basic_env", options.basic_env).encode()).decode()
    if options.bearer_env:
        headers["Authorization"] = "Bearer " + _secret("bearer_env", options.bearer_env)
    if options.cookie_env:
        headers["Cookie"] = _secret("cookie_env", options.cookie_env)
    return headers


def _secret(setting: str, variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise SettingsError(f"{setting!r} names the environment variable {variable!r}, which is not set", hint=f"export {variable}=…")
    return value


def _ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    """The authorities that ship with httpx, those of the system, and the configured one."""
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"'ca_file' {str(ca_file)!r} cannot be read: {error}", hint="name a PEM file of certificates") from error
    return context


def _explained(error: Exception) -> PageError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnreachableError(
                f"its certificate is not trusted: {cause.verify_message}", hint="name the certificate's authority with the source's `ca_file`"
            )
        if isinstance(cause, ssl.SSLError):
            return UnreachableError(f"no safe connection came about: {cause.reason}", hint="look after the server's TLS settings")
        cause = cause.__cause__ or cause.__context__
    detail = str(error) or type(error).__name__
    return UnreachableError(f"the server could not be reached or broke off: {detail}", hint="look after the server, then run the sync again")


def _refused(status: int, phrase: str) -> PageError:
    said = f"the server answered {status} {phrase}".rstrip()
    if status in (401, 403):
        return PageError(said, hint="name credentials with the source's `basic_env`, `bearer_env` or `cookie_env`")
    if status == 407:
        return PageError(said, hint="give the source's `proxy` its user and password")
    if status in _OVERLOADED:
        return UnreachableError(said, hint="look after the server, then run the sync again; `delay_seconds` makes the sync gentler")
    return PageError(said, hint="open the page in a browser; leave it out with `exclude` if it is no page")


def _too_large(limit: int) -> PageError:
    return PageError(f"it is larger than {limit:,} bytes, or never ends", hint="raise the source's `max_bytes`, or leave it out with `exclude`")
