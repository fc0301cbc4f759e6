"""How near a page is to the one that somebody asks from."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SAME_PAGE, SAME_SECTION = 1.0, 0.5
_INDEX = re.compile(r"/(?:index|default)\.\w+$")


def nearness(address: str, here: str) -> float:
    """1 for the page at ``here`` itself, a half for one of its folder or of the folders in that, 0 for any other.

    Query and fragment do not count, nor does ``/index.html``.
    """
    page, place = _parts(address), _parts(here)
    if page is None or place is None or page[0] != place[0]:
        return 0.0
    if page[1] == place[1]:
        return SAME_PAGE
    # A page may have others below it: /leave/ and /leave has /leave/sick.
    section = place[1] if page[1].startswith(f"{place[1]}/") else place[1].rpartition("/")[0]
    return SAME_SECTION if section and page[1].startswith(f"{section}/") else 0.0


def _parts(address: str) -> tuple[str, str] | None:
    """Host and path of a web address, the path without a slash at its end; None where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return parts.netloc.lower(), _INDEX.sub("/", parts.path).rstrip("/")
