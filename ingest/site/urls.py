"""Web addresses in one form, so that a page is known by one name, and the hosts that may be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Added by mailings and advertisements; they never change what a page says.
_TRACKING = re.compile(r"(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id)$", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")  # a name in any script, or an address
_MAX_LENGTH = 2_000  # what servers and browsers take; longer ones come from a trap


def normalise(url: str, base: str = "") -> str | None:
    """The address in one form, without fragment or tracking parameters, or None where it is no http(s) address.

    ``base`` is the address that a relative one stands on.
    """
    try:
        return _normal(urljoin(base, url.strip()))
    except ValueError:  # a bracket or a port that is none
        return None


@lru_cache(maxsize=65_536)  # a site's navigation names the same pages on every page
def _normal(url: str) -> str | None:
    parts = urlsplit(url)
    host, port = (parts.hostname or "").lower(), parts.port
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host) or parts.username is not None:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = parts.query
    if any(_TRACKING.match(key) for key, _ in parse_qsl(query, keep_blank_values=True)):
        query = urlencode([(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not _TRACKING.match(k)])
    made = urlunsplit((parts.scheme, netloc, path, quote(query, safe="/%:@!$&'()*+,;=~?"), ""))
    return made if len(made) <= _MAX_LENGTH else None


@lru_cache(maxsize=65_536)
def host_of(url: str) -> str:
    """The address's host, with its port unless it is the scheme's own: what a host list names."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def origin_of(url: str) -> str:
    """The address's scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def allowed_hosts(hosts: Iterable[str], urls: Iterable[str]) -> frozenset[str]:
    """The hosts that may be asked: those named and those of the addresses named."""
    named = (re.sub(r":(?:80|443)$", "", host.strip().lower()) for host in hosts)
    return frozenset((*named, *map(host_of, urls)))
