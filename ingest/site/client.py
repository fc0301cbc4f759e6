"""One page over HTTP: within a host list, a size and a time, and with what its server says of its version."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from ingest.errors import PageError
from ingest.media import served_type
from ingest.site.inflate import gunzip
from ingest.site.trouble import UnreachableError, explained, leads_nowhere, refused, too_large
from ingest.site.urls import host_of, normalise
from ingest.site.web import WebOptions, credentials, ssl_context, user_agent
from ingest.types import Gone, NotModified, Validators

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

MAX_REDIRECTS = 10
_CONNECT_SECONDS = 10.0
_SETTLED = timedelta(seconds=2)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


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
        self._hosts = set(options.allowed_hosts)
        self._twins = options.twin_hosts
        self._headers = {
            "User-Agent": user_agent(),
            "Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
            "Accept-Encoding": "gzip",
        }
        self._secrets = credentials(options)
        self._last_request = 0.0

    def __enter__(self) -> Self:
        import httpx
        from anyio.from_thread import start_blocking_portal

        context = ssl_context(self._options.ca_file)
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal(name="footnoted-web"))
            self._client = httpx.AsyncClient(
                verify=context,
                trust_env=False,  # proxies and .netrc of the environment are not ours to use
                proxy=self._options.proxy or None,
                timeout=httpx.Timeout(
                    self._options.page_seconds, connect=min(_CONNECT_SECONDS, self._options.page_seconds)
                ),
            )
            stack.enter_context(self._portal.wrap_async_context_manager(self._client))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def allows(self, url: str) -> bool:
        """Whether the address is on a host that may be asked."""
        return host_of(url) in self._hosts

    def admit(self, url: str) -> None:
        """Let an address's host be asked too if it is that of a named address, but for ``www.`` in front."""
        if host_of(url) in self._twins:
            self._hosts.add(host_of(url))

    def get(
        self,
        url: str,
        known: Callable[[str], Validators | None] = lambda _: None,
        *,
        pause: float = 0.0,
        any_type: bool = False,
        check: Callable[[str], None] = lambda _: None,
    ) -> Reply | NotModified | Gone:
        """What the server answers, redirects followed hop by hop within the host list.

        ``known`` gives the validators of an address to ask conditionally; ``pause`` is the least time since the last
        page, in seconds; ``any_type`` takes bodies that are no page too; ``check`` raises for an address that may not
        be asked, of those that the page redirects to. A server that asks to come back within half a minute is asked
        once more. Raises ``UnreachableError`` when the server is out of reach or order, ``PageError`` for all else.
        """
        time.sleep(max(0.0, self._last_request + pause - time.monotonic()))
        try:
            return self._follow(url, known, any_type, check)
        except UnreachableError as error:
            if error.retry_after is None:
                raise
            time.sleep(error.retry_after)
            return self._follow(url, known, any_type, check)
        finally:
            self._last_request = time.monotonic()

    def _follow(
        self, url: str, known: Callable[[str], Validators | None], any_type: bool, check: Callable[[str], None]
    ) -> Reply | NotModified | Gone:
        deadline = time.monotonic() + self._options.page_seconds
        visited = [url]
        while True:
            answer: Reply | _Redirect | NotModified | Gone = self._portal.call(
                self._hop, visited[-1], known(visited[-1]), deadline, any_type
            )
            if not isinstance(answer, _Redirect):
                return answer
            self._check_redirect(visited, answer.url)
            check(answer.url)
            visited.append(answer.url)

    def _check_redirect(self, visited: list[str], target: str) -> None:
        if self._options.names(visited[0]):
            self.admit(target)
        if not self.allows(target):
            raise PageError(
                f"it redirects to {target!r}, which is on another host",
                hint=f"add {host_of(target)!r} to the source's `hosts` if it belongs to it",
            )
        if len(visited) > MAX_REDIRECTS:
            shape = "in a circle" if len(set(visited)) < len(visited) else f"more than {MAX_REDIRECTS} times"
            raise PageError(
                f"it redirects {shape}, lastly to {target!r}",
                hint="mend the site, or leave the page out with `exclude`",
            )
        if self._secrets and visited[0].startswith("https:") and target.startswith("http:"):
            raise PageError(
                f"it redirects to {target!r}, which would send the credentials unencrypted",
                hint="let the site redirect to https",
            )

    async def _hop(
        self, url: str, known: Validators | None, deadline: float, any_type: bool
    ) -> Reply | _Redirect | NotModified | Gone:
        import asyncio

        import httpx

        headers = self._headers | (self._secrets if self._options.trusts(url) else {})
        plain = len(headers)
        # A server may send what is not ASCII; it cannot be sent back.
        if known and known.etag and known.etag.isascii():
            headers["If-None-Match"] = known.etag
        if known and known.last_modified and known.last_modified.isascii():
            headers["If-Modified-Since"] = known.last_modified
        try:
            async with (
                asyncio.timeout(deadline - time.monotonic()),
                self._client.stream("GET", url, headers=headers) as response,
            ):
                return await self._read(url, response, len(headers) > plain, any_type)
        except (httpx.TimeoutException, TimeoutError):
            raise UnreachableError(
                f"it took longer than {self._options.page_seconds:g} s",
                hint="raise the source's `page_seconds`, or look after the server",
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise explained(error) from error

    async def _read(
        self, url: str, response: httpx.Response, conditional: bool, any_type: bool
    ) -> Reply | _Redirect | NotModified | Gone:
        status = response.status_code
        location = response.headers.get("Location", "")
        if status in _REDIRECTS and location:
            target = normalise(location, url)
            if target is None:
                raise leads_nowhere(location)
            return _Redirect(target)
        if status == 304 and conditional:
            await response.aread()  # empty by definition; unread, it would cost the connection
            return NotModified(url)
        if status in (404, 410):
            return Gone(url)
        if status != 200:
            raise refused(status, response.reason_phrase, response.headers.get("Retry-After", ""))
        content_type = response.headers.get("Content-Type", "")
        media_type = content_type if any_type else served_type(content_type, url)
        if media_type is None:
            raise PageError(
                f"it is served as {content_type!r}, which is not read", hint="leave it out with the source's `exclude`"
            )
        body = await self._body(response)
        return Reply(
            url,
            body,
            media_type,
            response.headers.get("ETag"),
            _settled(response.headers.get("Last-Modified"), response.headers.get("Date")),
            response.headers.get("X-Robots-Tag", "").lower(),
        )

    async def _body(self, response: httpx.Response) -> bytes:
        """The body, read and inflated no further than the limit, whatever the server sends or claims."""
        limit = self._options.max_bytes
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", "x-gzip", ""):
            raise PageError(
                f"it is sent in the encoding {encoding!r}, which was not asked for",
                hint="let the server honour Accept-Encoding",
            )
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_raw():
            size += len(part)
            if size > limit:
                raise too_large(limit)
            parts.append(part)
        body = b"".join(parts)
        return gunzip(body, limit) if "gzip" in encoding else body


def _settled(last_modified: str | None, date: str | None) -> str | None:
    """The Last-Modified date, unless it is so fresh that another change may bear it too: it counts whole seconds."""
    try:
        age = parsedate_to_datetime(date or "") - parsedate_to_datetime(last_modified or "")
    except (ValueError, TypeError):  # no date, or one with a time zone and one without
        return last_modified
    return last_modified if age >= _SETTLED else None
