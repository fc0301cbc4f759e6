"""What a site's robots.txt lets us ask for, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import PageError
from ingest.site.client import Reply, WebClient
from ingest.site.trouble import UnreachableError
from ingest.site.urls import origin_of
from ingest.site.web import user_agent
from ingest.types import PageFailure

if TYPE_CHECKING:
    from protego import Protego

_MAX_BYTES = 512_000  # RFC 9309 asks for at least 500 KiB
_MAX_DELAY = 30.0  # seconds; a longer Crawl-delay is meant to keep crawlers out, for which Disallow is the word


class Robots:
    """The robots.txt files of the hosts asked, each fetched once."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._rules: dict[str, Protego | PageError] = {}

    def refusal(self, url: str) -> PageFailure | None:
        """Why the page must not be asked for, or None."""
        rules = self._of(url)
        if isinstance(rules, PageError):
            # RFC 9309: a robots.txt that the server fails to give forbids everything, one that is not there nothing.
            reason = f"the site's robots.txt could not be read ({rules.message}), so nothing may be asked for"
            return PageFailure(url, reason, "mend the site, or set the source's `robots = false` if the site is yours")
        if not rules.can_fetch(url, user_agent()):
            return PageFailure(
                url, "the site's robots.txt forbids it", "set the source's `robots = false` if the site is yours"
            )
        return None

    def is_out_of_reach(self, url: str) -> bool:
        """Whether nothing may be asked for only because the server does not give its robots.txt today."""
        return isinstance(self._of(url), PageError)

    def delay(self, url: str) -> float:
        """The least pause between two pages that the site asks for, in seconds."""
        rules = self._of(url)
        asked = None if isinstance(rules, PageError) else rules.crawl_delay(user_agent())
        return min(float(asked or 0.0), _MAX_DELAY)

    def _of(self, url: str) -> Protego | PageError:
        origin = origin_of(url)
        if origin not in self._rules:
            self._rules[origin] = self._fetch(origin)
        return self._rules[origin]

    def _fetch(self, origin: str) -> Protego | PageError:
        from protego import Protego

        try:
            reply = self._client.get(f"{origin}/robots.txt", any_type=True)
        except UnreachableError as error:
            return error
        except PageError:
            return Protego.parse("")
        body = reply.body[:_MAX_BYTES] if isinstance(reply, Reply) else b""
        return Protego.parse(body.decode("utf-8-sig", "replace"))
